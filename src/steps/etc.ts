// Templates of /etc: Woven's own and the project's, placed by the rules below, tested before anything reads them anew.
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { listPackageFiles } from "../package-files.ts";
import { type PlacedFile, type PlacedLink, placeFiles } from "./place-file.ts";
import { isExecutable, templateNames } from "./project-templates.ts";
import { guarded } from "./ssh-guard.ts";
import type { Templates, View } from "./templates.ts";

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
}

/** nginx names one of two that clash; the reader needs both. */
export const testNginx: Shell = sh`nginx -t -q >"$run/tested" 2>&1 || {
  cat "$run/tested"
  what=$(sed -n 's/.*"\([a-z_]*\)" directive is duplicate.*/\1/p; s/.*a duplicate default server.*/default_server/p' "$run/tested" | head -n 1)
  [ -z "$what" ] || grep -rnE "^[^#]*\b$what\b" /etc/nginx/nginx.conf /etc/nginx/conf.d/*.conf /etc/nginx/sites-enabled/* 2>/dev/null | cut -d: -f1,2 | sed "s/^/$what stands in /"
  exit 1
}`;

/** How what reads a folder of /etc proves that it can, and takes it over. */
const services: Readonly<Record<string, Service>> = {
  nginx: { test: testNginx, reload: sh`systemctl try-reload-or-restart nginx` },
  apache2: {
    test: sh`apache2ctl configtest 2>&1`,
    reload: sh`for unit in $(systemctl list-units --plain --no-legend 'woven-*@*.service' | cut -d' ' -f1); do systemctl reload "$unit"; done`,
  },
  ssh: { test: sh`mkdir -p /run/sshd; sshd -t`, reload: sh`systemctl try-reload-or-restart ssh` },
  sudoers: { test: sh`visudo -cq`, reload: sh`:` },
  "sudoers.d": { test: sh`visudo -cq`, reload: sh`:` },
  postgresql: { reload: sh`systemctl try-reload-or-restart postgresql` },
  fail2ban: { test: sh`fail2ban-client -t >/dev/null`, reload: sh`systemctl try-reload-or-restart fail2ban` },
  systemd: { reload: sh`systemctl daemon-reload` },
  "sysctl.d": { reload: sh`sysctl -q --system` },
};

export interface EtcTemplates {
  /** Of the project, on the runner. */
  readonly workingDirectory: string;
  /** What the node is to have installed. */
  readonly packages: readonly string[];
  readonly templates: Templates;
  readonly view: View;
  /** Those of the SSH server are a change of access, and proved as such. */
  readonly part: "ssh" | "others";
}

/**
 * One step a top folder: its files are placed together, tested, taken over, or as they were. A file under a package's own
 * folder goes where that folder is; elsewhere only over a file that is there, or for a wanted package of its name.
 */
export function etcTemplates({ workingDirectory, packages, templates, view, part }: EtcTemplates): readonly Step[] {
  const own = listPackageFiles("templates/woven/etc").filter((name) => !isOfUnwanted(name, packages));
  const theirs = templateNames(workingDirectory, "etc");
  const names = [...new Set([...own, ...theirs])].sort();
  const groups = Map.groupBy(names, (name) => name.split("/")[0] ?? "");
  const wanted = [...groups].filter(([folder]) => (folder === "ssh") === (part === "ssh"));
  return wanted.map(([folder, members]) => {
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
    const step = tested(folder, [...files, ...linksOf(folder, members, packages)]);
    const paths = files.map(({ path }) => path);
    return part === "ssh" ? guarded(step, paths) : step;
  });
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

function tested(folder: string, files: readonly (PlacedFile | PlacedLink)[]): Step {
  const id = `etc-${folder.replaceAll(/[^a-z0-9]/g, "-")}`;
  const step = placeFiles({ id, title: `/etc/${folder}` }, files);
  const { test, reload } = services[folder] ?? { reload: sh`:` };
  return {
    ...step,
    // What was placed but not read, by a run that was cut in between, is read now.
    check: sh`[ ! -e ${due(folder)} ]
${step.check ?? sh`:`}`,
    apply: sh`${test ? trial(folder, id, test) : sh`:`}
mkdir -p /var/local/woven; touch ${due(folder)}
${step.apply}
${test ?? sh`:`}
${reload}
rm -f ${due(folder)}`,
    undo: sh`${step.undo ?? sh`:`}
rm -rf "$run/trial"; rm -f ${due(folder)}`,
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
