// Templates of /etc: Woven's own and the project's, placed by the rules below, tested before anything reads them anew.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { listPackageFiles } from "../package-files.ts";
import { type PlacedFile, placeFiles } from "./place-file.ts";
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
  /** Exits other than 0 where the configuration cannot be read. */
  readonly test: Shell;
  readonly reload: Shell;
}

/** How what reads a folder of /etc proves that it can, and takes it over. */
const services: Readonly<Record<string, Service>> = {
  nginx: { test: sh`nginx -t -q`, reload: sh`systemctl try-reload-or-restart nginx` },
  apache2: {
    test: sh`apache2ctl configtest 2>&1`,
    reload: sh`for unit in $(systemctl list-units --plain --no-legend 'woven-*@*.service' | cut -d' ' -f1); do systemctl reload "$unit"; done`,
  },
  ssh: { test: sh`mkdir -p /run/sshd; sshd -t`, reload: sh`systemctl try-reload-or-restart ssh` },
  sudoers: { test: sh`visudo -cq`, reload: sh`:` },
  "sudoers.d": { test: sh`visudo -cq`, reload: sh`:` },
  postgresql: { test: sh`:`, reload: sh`systemctl try-reload-or-restart postgresql` },
  fail2ban: { test: sh`fail2ban-client -t >/dev/null`, reload: sh`systemctl try-reload-or-restart fail2ban` },
  systemd: { test: sh`:`, reload: sh`systemctl daemon-reload` },
  "sysctl.d": { test: sh`:`, reload: sh`sysctl -q --system` },
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
  const names = [...new Set([...own, ...projectFiles(workingDirectory)])].sort();
  const groups = Map.groupBy(names, (name) => name.split("/")[0] ?? "");
  const wanted = [...groups].filter(([folder]) => (folder === "ssh") === (part === "ssh"));
  return wanted.map(([folder, members]) => {
    const files = members.map((name): PlacedFile => {
      return {
        path: `/etc/${name}`,
        content: templates.render(`etc/${name}`, view),
        mode: modeOf(name),
        when: whenOf(name, packages),
      };
    });
    const step = tested(folder, files);
    const paths = files.map(({ path }) => path);
    return part === "ssh" ? guarded(step, paths) : step;
  });
}

/** A web server that the settings do not ask for is somebody else's: Woven brings no configuration of its own to it. */
function isOfUnwanted(name: string, packages: readonly string[]): boolean {
  return ["nginx", "apache2"].some((server) => name.startsWith(`${server}/`) && !packages.includes(server));
}

function tested(folder: string, files: readonly PlacedFile[]): Step {
  const step = placeFiles({ id: `etc-${folder.replaceAll(/[^a-z0-9]/g, "-")}`, title: `/etc/${folder}` }, files);
  const { test, reload } = services[folder] ?? { test: sh`:`, reload: sh`:` };
  return {
    ...step,
    // What was placed but not read, by a run that was cut in between, is read now.
    check: sh`[ ! -e ${due(folder)} ]
${step.check ?? sh`:`}`,
    apply: sh`mkdir -p /var/local/woven; touch ${due(folder)}
${step.apply}
${test}
${reload}
rm -f ${due(folder)}`,
    undo: sh`${step.undo ?? sh`:`}
rm -f ${due(folder)}`,
    next: `The files in /etc/${folder} are as they were before. What could not be read is above; a template in templates/woven/etc/${folder} of the project is the usual reason.`,
  };
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

function modeOf(name: string): string {
  if (name.startsWith("sudoers")) return "440";
  return name.startsWith("init.d/") ? "755" : "644";
}

function projectFiles(workingDirectory: string): readonly string[] {
  const folder = join(workingDirectory, "templates/woven/etc");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}
