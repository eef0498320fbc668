// Templates of /etc: Woven's own and the project's, placed by the rules below, tested before anything reads them anew.
import { WovenError } from "../errors.ts";
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { listPackageFiles } from "../package-files.ts";
import { type PlacedFile, type PlacedLink, placeFiles } from "./place-file.ts";
import { isExecutable, templateNames } from "./project-templates.ts";
import { guarded } from "./ssh-guard.ts";
import { sudoersFile, sudoWorks } from "./sudo.ts";
import type { Templates, View } from "./templates.ts";
import { firewallFiles } from "./ufw.ts";

/** Folders that belong to no one package: a file goes there only over one that is there, or where its package is wanted. */
const shared = [
  "",
  "init.d",
  "init",
  "cron.d",
  "default",
  "logrotate.d",
  "profile.d",
  "rsyslog.d",
  "sudoers.d",
  "sysctl.d",
  "systemd/system",
];

interface Service {
  /** Exits other than 0 where the configuration cannot be read. Run before the files are in force, too: in a view of its own of /etc. */
  readonly test?: Shell;
  readonly reload: Shell;
  /** Where taking it over may fail: after the files are as they were. */
  readonly afterUndo?: Shell;
}

/** What lies here says who gets in, and becomes root: placed like Woven's own changes of access, proved by a login, or taken back. */
const access = [
  "hosts.allow",
  "hosts.deny",
  "nsswitch.conf",
  "pam.d",
  "security",
  "ssh",
  "sudoers",
  "sudoers.d",
  "ufw",
] as const;
type Access = (typeof access)[number];

/** nginx names one of two that clash; the reader needs both. */
export const testNginx: Shell = sh`nginx -t -q >"$run/tested" 2>&1 || {
  cat "$run/tested"
  what=$(sed -n 's/.*"\([a-z_]*\)" directive is duplicate.*/\1/p; s/.*a duplicate default server.*/default_server/p' "$run/tested" | head -n 1)
  [ -z "$what" ] || grep -rnE "^[^#]*\b$what\b" /etc/nginx/nginx.conf /etc/nginx/conf.d/*.conf /etc/nginx/sites-enabled/* 2>/dev/null | cut -d: -f1,2 | sed "s/^/$what stands in /"
  exit 1
}`;

/** How what reads a folder of /etc proves that it can, and takes it over. */
const others: Readonly<Record<string, Service>> = {
  nginx: { test: testNginx, reload: sh`systemctl try-reload-or-restart nginx` },
  apache2: {
    test: sh`apache2ctl configtest 2>&1`,
    reload: sh`for unit in $(systemctl list-units --plain --no-legend 'woven-*@*.service' | cut -d' ' -f1); do systemctl reload "$unit"; done`,
  },
  postgresql: { reload: sh`systemctl try-reload-or-restart postgresql` },
  fail2ban: { test: sh`fail2ban-client -t >/dev/null`, reload: sh`systemctl try-reload-or-restart fail2ban` },
  systemd: { reload: sh`systemctl daemon-reload` },
  "sysctl.d": { reload: sh`sysctl -q --system` },
};

/** ufw has no test, and turns itself off where it cannot load its rules. What is on can be asked for: its chains are there. */
const testFirewall: Shell = sh`if grep -q '^ENABLED=yes' /etc/ufw/ufw.conf; then
  for name in before after user; do
    iptables-restore -n --test </etc/ufw/$name.rules || { echo "/etc/ufw/$name.rules cannot be loaded"; exit 1; }
    [ ! -e /proc/net/if_inet6 ] || ip6tables-restore -n --test </etc/ufw/\${name}6.rules || { echo "/etc/ufw/\${name}6.rules cannot be loaded"; exit 1; }
  done
fi`;

const reloadFirewall = {
  reload: sh`if grep -q '^ENABLED=yes' /etc/ufw/ufw.conf; then touch "$run/firewall-on"; ufw reload 2>&1; fi`,
  afterUndo: sh`if [ -e "$run/firewall-on" ]; then ufw --force enable 2>&1; fi`,
};

function accessService(folder: Access, user: string): Service {
  const becomesRoot: Service = { test: sudoWorks(user), reload: sh`:` };
  switch (folder) {
    case "ssh":
      return { test: sh`mkdir -p /run/sshd; sshd -t`, reload: sh`systemctl try-reload-or-restart ssh` };
    case "sudoers":
    case "sudoers.d":
      return {
        ...becomesRoot,
        test: sh`visudo -cq
${sudoWorks(user)}`,
      };
    case "nsswitch.conf":
    case "pam.d":
    case "security":
      return becomesRoot;
    case "ufw":
      return { test: testFirewall, ...reloadFirewall };
    case "hosts.allow":
    case "hosts.deny":
      return { reload: sh`:` };
  }
}

export interface EtcTemplates {
  /** Of the project, on the runner. */
  readonly workingDirectory: string;
  /** What the node is to have installed. */
  readonly packages: readonly string[];
  readonly templates: Templates;
  readonly view: View;
  /** The account that deploys. */
  readonly user: string;
  readonly firewall: "managed" | "left alone";
  /** Those that say who gets in are a change of access, and proved as such. */
  readonly part: "access" | "others";
}

/**
 * One step a top folder: its files are placed together, tested, taken over, or as they were. A file under a package's own
 * folder goes where that folder is; elsewhere only over a file that is there, or for a wanted package of its name.
 */
export function etcTemplates({ workingDirectory, ...given }: EtcTemplates): readonly Step[] {
  const { packages, templates, user, firewall, view, part } = given;
  const own = listPackageFiles("templates/woven/etc").filter((name) => !isOfUnwanted(name, packages));
  const theirs = templateNames(workingDirectory, "etc");
  checkNotWovens(theirs, user);
  const groups = Map.groupBy([...new Set([...own, ...theirs])].sort(), folderOf);
  const wanted = [...groups].filter(([folder]) => isAccess(folder) === (part === "access"));
  return wanted.map(([folder, members]) => {
    if (folder === "ufw" && firewall === "left alone") return notPlaced(folder, members);
    const files = members.map((name): PlacedFile => {
      return {
        path: `/etc/${name}`,
        content: templates.render(`etc/${name}`, view),
        mode: modeOf(name, workingDirectory),
        rights: "kept",
        when: whenOf(name, packages),
        ...(theirs.includes(name) ? { tell: true } : {}),
      };
    });
    const service = isAccess(folder) ? accessService(folder, user) : (others[folder] ?? { reload: sh`:` });
    const step = tested(folder, [...files, ...linksOf(folder, members, packages)], service);
    const paths = [...files.map(({ path }) => path), ...(folder === "ufw" ? firewallFiles : [])];
    return isAccess(folder) ? guarded(step, paths) : step;
  });
}

/** The top folder; what ufw reads of another one goes with ufw's. */
function folderOf(name: string): string {
  return name === "default/ufw" ? "ufw" : (name.split("/")[0] ?? "");
}

function isAccess(folder: string): folder is Access {
  return access.some((one) => one === folder);
}

/** Throws where a template would lie in the place of a file that a step of access writes and proves. */
function checkNotWovens(names: readonly string[], user: string): void {
  const wovens = [sudoersFile(user), "/etc/ssh/sshd_config.d/00-woven.conf", "/etc/ufw/applications.d/woven"];
  const name = names.find((one) => wovens.includes(`/etc/${one}`));
  if (name === undefined) return;
  throw new WovenError({
    code: "template",
    message: `the template templates/woven/etc/${name} would replace a file by which Woven keeps its way in`,
    next: "Give it another name. Of sudo's rules the last one read counts, of most settings of sshd the first.",
    file: `templates/woven/etc/${name}`,
  });
}

function notPlaced(folder: string, members: readonly string[]): Step {
  return {
    id: idOf(folder),
    title: `/etc/${folder}`,
    plan: "runs",
    apply: sh`touch "$run/unchanged"
for name in ${members}; do detail "/etc/$name: not placed, for enable-ufw is false"; done`,
  };
}

/** The default host is in force together with all else, or not at all. */
function linksOf(folder: string, members: readonly string[], packages: readonly string[]): readonly PlacedLink[] {
  const enabled = "nginx/sites-enabled/default";
  if (folder !== "nginx" || !packages.includes("nginx") || members.includes(enabled)) return [];
  return [{ path: `/etc/${enabled}`, link: "/etc/nginx/sites-available/default", when: "folder" }];
}

/** A web server that the settings do not ask for is somebody else's: Woven brings no configuration of its own to it. */
function isOfUnwanted(name: string, packages: readonly string[]): boolean {
  return ["nginx", "apache2"].some((server) => name.startsWith(`${server}/`) && !packages.includes(server));
}

function idOf(folder: string): string {
  return `etc-${folder.replaceAll(/[^a-z0-9]/g, "-")}`;
}

function tested(folder: string, files: readonly (PlacedFile | PlacedLink)[], service: Service): Step {
  const id = idOf(folder);
  const step = placeFiles({ id, title: `/etc/${folder}` }, files);
  const { test, reload, afterUndo } = service;
  return {
    ...step,
    // What was placed but not read, by a run that was cut in between, is read now.
    check: sh`[ ! -e ${due(folder)} ]
${step.check ?? sh`:`}`,
    apply: sh`${test ? trial(folder, id, test) : sh`:`}
(umask 077; touch ${due(folder)})
${step.apply}
${test ?? sh`:`}
${reload}
rm -f ${due(folder)}`,
    undo: sh`${step.undo ?? sh`:`}
rm -rf "$run/trial"; rm -f ${due(folder)}
${afterUndo ?? sh`:`}`,
    next: `The files in /etc/${folder} are as they were before. What could not be read is above: a template in templates/woven/etc/${folder} of the project is the usual reason, or a file of the node's own that it does not go together with.`,
  };
}

/**
 * The test, before anything is in force, in a namespace where a copy with the new files is /etc/<folder>: a node that loses power
 * between the files and their test must come up again. Where the node does not allow that, the test after it has to do.
 */
function trial(folder: string, id: string, test: Shell): Shell {
  const there = `/etc/${folder}`;
  return sh`if [ -e ${there} ] && unshare --mount true 2>/dev/null; then
  mkdir -p "$run/trial/etc"
  cp -a ${there} "$run/trial/etc/"
  tool files try "$files"/${id}.json "$run"
  code=0
  run=$run unshare --mount sh -euc ${`mount --bind "$run/trial$1" "$1" 2>/dev/null || exit 77
${test.text}`} trial ${there} 2>&1 || code=$?
  rm -rf "$run/trial"
  case $code in 0 | 77) ;; *) exit "$code" ;; esac
fi`;
}

function due(folder: string): string {
  return `/var/local/woven/reload-due-${folder.replaceAll("/", "-")}`;
}

function whenOf(name: string, packages: readonly string[]): "always" | "file" | "folder" {
  const folder = name.includes("/") ? name.slice(0, name.lastIndexOf("/")) : "";
  const stem = name.slice(name.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
  if (!shared.includes(folder)) return "folder";
  return stem === "woven" || packages.includes(stem) ? "folder" : "file";
}

function modeOf(name: string, workingDirectory: string): string {
  if (name.startsWith("sudoers")) return "440";
  return name.startsWith("init.d/") || isExecutable(workingDirectory, `etc/${name}`) ? "755" : "644";
}
