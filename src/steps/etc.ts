// Templates of /etc, Woven's own and the project's. They are tested before the service that reads them is reloaded.
import { WovenError } from "../errors.ts";
import { inTurn } from "../node/pieces.ts";
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { listPackageFiles } from "../package-files.ts";
import type { EtcService } from "../servers/server.ts";
import { allServers } from "../servers/servers.ts";
import { type PlacedFile, type PlacedLink, placeFiles } from "./place-file.ts";
import { isExecutable, templateNames } from "./project-templates.ts";
import { guarded } from "./ssh-guard.ts";
import { checkSudo, sudoersFile } from "./sudo.ts";
import type { Templates, View } from "./templates.ts";
import { firewallFiles } from "./ufw.ts";

/** Folders that many packages use. A template is placed there only over an existing file, or for a listed package of its name. */
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

/** These files decide who can log in and become root. A change of them must be proved by a login, or the node undoes it. */
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

/** For a duplicate directive, nginx names one of the two places; this prints both. */
export const testNginx: Shell = sh`nginx -t -q >"$run/tested" 2>&1 || {
  cat "$run/tested"
  what=$(sed -n 's/.*"\([a-z_]*\)" directive is duplicate.*/\1/p; s/.*a duplicate default server.*/default_server/p' "$run/tested" | head -n 1)
  [ -z "$what" ] || grep -rnE "^[^#]*\b$what\b" /etc/nginx/nginx.conf /etc/nginx/conf.d/*.conf /etc/nginx/sites-enabled/* 2>/dev/null | cut -d: -f1,2 | sed "s/^/$what is in /"
  exit 1
}`;

/** How to test and reload the services whose folder has nothing to do with access. */
const others: Readonly<Record<string, EtcService>> = {
  nginx: { test: testNginx, reload: sh`systemctl try-reload-or-restart nginx` },
  ...Object.assign({}, ...allServers.map(({ etc }) => etc)),
  postgresql: { reload: sh`systemctl try-reload-or-restart postgresql` },
  fail2ban: { test: sh`fail2ban-client -t >/dev/null`, reload: sh`systemctl try-reload-or-restart fail2ban` },
  systemd: { reload: sh`systemctl daemon-reload` },
  "sysctl.d": { reload: sh`sysctl -q --system` },
};

/** ufw has no test of its own, and turns itself off if it cannot load its rules. While it is on, iptables-restore can test them. */
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

function accessService(folder: Access, user: string): EtcService {
  const becomesRoot: EtcService = { test: checkSudo(user), reload: sh`:` };
  switch (folder) {
    case "ssh":
      return { test: sh`mkdir -p /run/sshd; sshd -t`, reload: sh`systemctl try-reload-or-restart ssh` };
    case "sudoers":
    case "sudoers.d":
      return {
        ...becomesRoot,
        test: sh`visudo -cq
${checkSudo(user)}`,
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
  /** The packages that the settings list for the node. */
  readonly packages: readonly string[];
  readonly templates: Templates;
  readonly view: View;
  /** The deploy user. */
  readonly user: string;
  readonly firewall: "managed" | "left alone";
  /** `access`: the templates that decide who can log in. A login must prove them. */
  readonly part: "access" | "others";
}

/**
 * One step per top folder of /etc: all its files are placed, tested and in use afterwards, or none. A file in a package's own folder
 * is placed if that folder exists; in a shared folder, only over an existing file or for a listed package of its name.
 */
export function etcTemplates({ workingDirectory, ...given }: EtcTemplates): readonly Step[] {
  const { packages, templates, user, firewall, view, part } = given;
  const ofWoven = listPackageFiles("templates/woven/etc").filter((name) => !isOfUnlistedServer(name, packages));
  const ofProject = templateNames(workingDirectory, "etc");
  checkNotReserved(ofProject, user);
  const groups = Map.groupBy([...new Set([...ofWoven, ...ofProject])].sort(), folderOf);
  const selected = [...groups].filter(([folder]) => isAccess(folder) === (part === "access"));
  return selected.map(([folder, members]) => {
    if (folder === "ufw" && firewall === "left alone") return reportNotPlaced(folder, members);
    const files = members.map((name): PlacedFile => {
      return {
        path: `/etc/${name}`,
        content: templates.render(`etc/${name}`, { ...view, ...others[folder]?.view }),
        mode: modeOf(name, workingDirectory),
        rights: "kept",
        when: whenOf(name, packages),
        ...(ofProject.includes(name) ? { reportSkipped: true } : {}),
      };
    });
    const service = isAccess(folder) ? accessService(folder, user) : (others[folder] ?? { reload: sh`:` });
    const step = placeAndTest(folder, [...files, ...linksOf(folder, members, packages)], service);
    const paths = [...files.map(({ path }) => path), ...(folder === "ufw" ? firewallFiles : [])];
    return isAccess(folder) ? guarded(step, paths) : step;
  });
}

/** The top folder. ufw also reads default/ufw, so that file belongs to its folder. */
function folderOf(name: string): string {
  return name === "default/ufw" ? "ufw" : (name.split("/")[0] ?? "");
}

function isAccess(folder: string): folder is Access {
  return access.some((one) => one === folder);
}

/** Throws if a template would replace a file that Woven writes itself for SSH, sudo or the firewall. */
function checkNotReserved(names: readonly string[], user: string): void {
  const reserved = [sudoersFile(user), "/etc/ssh/sshd_config.d/00-woven.conf", "/etc/ufw/applications.d/woven"];
  const name = names.find((one) => reserved.includes(`/etc/${one}`));
  if (name === undefined) return;
  throw new WovenError({
    code: "template",
    message: `the template templates/woven/etc/${name} would replace a file that gives Woven access to the server`,
    next: "Give it another name. For sudo the last rule counts. For most settings of sshd the first value counts.",
    file: `templates/woven/etc/${name}`,
  });
}

function reportNotPlaced(folder: string, members: readonly string[]): Step {
  return {
    id: idOf(folder),
    title: `Skip /etc/${folder}`,
    plan: "runs",
    apply: sh`touch "$run/unchanged"
for name in ${members}; do detail "/etc/$name: not placed, because enable-ufw is false"; done`,
  };
}

/** The link that enables the default host is placed in the same step as nginx's files: all of them, or none. */
function linksOf(folder: string, members: readonly string[], packages: readonly string[]): readonly PlacedLink[] {
  const enabled = "nginx/sites-enabled/default";
  if (folder !== "nginx" || !packages.includes("nginx") || members.includes(enabled)) return [];
  return [{ path: `/etc/${enabled}`, link: "/etc/nginx/sites-available/default", when: "folder" }];
}

/** A web server that the settings do not list belongs to somebody else. Woven does not configure it. */
function isOfUnlistedServer(name: string, packages: readonly string[]): boolean {
  const folders = ["nginx", ...allServers.flatMap(({ etc }) => Object.keys(etc))];
  return folders.some((folder) => name.startsWith(`${folder}/`) && !packages.includes(folder));
}

function idOf(folder: string): string {
  return `etc-${folder.replaceAll(/[^a-z0-9]/g, "-")}`;
}

function placeAndTest(folder: string, files: readonly (PlacedFile | PlacedLink)[], service: EtcService): Step {
  const id = idOf(folder);
  const step = placeFiles({ id, title: `Place files in /etc/${folder}` }, files);
  const { test, reload, afterUndo } = service;
  return {
    ...step,
    // An interrupted run may have placed the files without reloading the service.
    check: inTurn(sh`[ ! -e ${reloadDueFile(folder)} ]`, step.check ?? sh`:`),
    apply: sh`${test ? testOnCopy(folder, id, test) : sh`:`}
(umask 077; touch ${reloadDueFile(folder)})
${step.apply}
${test ?? sh`:`}
${reload}
rm -f ${reloadDueFile(folder)}`,
    undo: sh`${step.undo ?? sh`:`}
rm -rf "$run/trial"; rm -f ${reloadDueFile(folder)}
${afterUndo ?? sh`:`}`,
    next: `The files in /etc/${folder} are as they were before. The error is above. Usually it is in a template in templates/woven/etc/${folder} of the project, or a file on the server contradicts that template.`,
  };
}

/**
 * Tests the new files before they are placed, in a mount namespace where a copy with them is /etc/<folder>: if the power fails between
 * placing and testing, the node must still boot. If the node does not allow mount namespaces, only the test afterwards runs.
 */
function testOnCopy(folder: string, id: string, test: Shell): Shell {
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

function reloadDueFile(folder: string): string {
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
