// The inputs of single commands: version, parts, migrations, a management command, the environment.
import type { ConfigFile } from "./config-file.ts";
import { defaults } from "./defaults.ts";
import { suggestion } from "./did-you-mean.ts";
import { type EnvEntry, parseEnvLines } from "./env-lines.ts";
import { fits, misfit } from "./grammar.ts";
import type { Inputs } from "./inputs.ts";
import { quoted, type Report } from "./problems.ts";
import type { ProjectFiles } from "./project-files.ts";
import { type CommandName, type Migrate, type PatchPart, patchParts } from "./settings.ts";
import { splitShellWords } from "./shell-words.ts";
import { migrateProblem, migrateSlip, parseMigrate } from "./value-problems.ts";

/** The `version` input, if the command takes one. */
export function readVersion(inputs: Inputs, command: CommandName, report: Report): string | undefined {
  const where = "input version";
  const given = inputs.text("version");
  if (given === undefined && command === "activate")
    report({
      where,
      what: "is empty, but activate needs the version of the release to switch to",
      next: "Write version: with a version that the status command lists.",
    });
  if (given === undefined && command === "remove")
    report({
      where,
      what: "is empty, and remove has to know what to remove",
      next: "Write version: with one that the status command lists, or the name of the distribution to remove all of it.",
    });
  if (given !== undefined && command === "rollback")
    report({
      where,
      what: "is set, but rollback always switches to the previous healthy release",
      next: "Remove version. To switch to a release of your choice, use command: activate.",
    });
  // The other commands check the version together with the project's own.
  if (
    given !== undefined &&
    (command === "activate" || command === "remove" || command === "node") &&
    !fits("version", given)
  )
    report({ where, what: `${quoted(given)} ${misfit("version")}` });
  return given;
}

/** The parts to patch, in the order of the patch. All if none is named. */
export function readParts(inputs: Inputs, report: Report): readonly PatchPart[] {
  const wanted = inputs.list("parts");
  for (const part of wanted) {
    if (!patchParts.some((known) => known === part))
      report({ where: "input parts", what: `there is no part ${quoted(part)}`, next: suggestion(part, patchParts) });
  }
  return wanted.length === 0 ? patchParts : patchParts.filter((part) => wanted.includes(part));
}

/** The `migrate` input overrides the configuration. */
export function readMigrate(
  inputs: Inputs,
  { files, config: file }: { readonly files: ProjectFiles; readonly config: ConfigFile },
  report: Report,
): Migrate {
  const given = inputs.text("migrate");
  const problem = given === undefined ? undefined : migrateProblem(given);
  if (given !== undefined && problem !== undefined)
    report({ where: "input migrate", what: `${quoted(given)} ${problem}` });
  const migrate = parseMigrate(given ?? file.config.migrate ?? defaults.migrate) ?? { kind: "auto" };
  const slip = slipOf(migrate, files);
  if (slip !== undefined) {
    const what = `${quoted(slip.app)} is not an app of this project`;
    const next = `Did you mean ${slip.meant}? If it is an app of an installed package, name a migration too: ${slip.app} 0001`;
    report(given === undefined ? file.problem(["migrate"], what, next) : { where: "input migrate", what, next });
  }
  return migrate;
}

/** Apps of Django itself that have migrations. */
const djangoApps = ["admin", "auth", "contenttypes", "flatpages", "redirects", "sessions", "sites"];

function slipOf(migrate: Migrate, files: ProjectFiles): { readonly app: string; readonly meant: string } | undefined {
  if (migrate.kind !== "target" || migrate.migration !== undefined) return undefined;
  const { app } = migrate;
  const meant = migrateSlip(app);
  const isApp = (path: string) =>
    `/${path}`.endsWith(`/${app}/__init__.py`) ||
    (path.endsWith("apps.py") && new RegExp(`\\blabel\\s*=\\s*["']${app}["']`).test(files.read(path) ?? ""));
  return meant === undefined || djangoApps.includes(app) || files.paths.some(isApp) ? undefined : { app, meant };
}

/** `management-command` and `options` of the node command. */
export function readManagementCommand(
  inputs: Inputs,
  command: CommandName,
  report: Report,
): { readonly managementCommand?: string; readonly options: readonly string[] } {
  const where = "input management-command";
  const given = inputs.text("management-command");
  const split = splitShellWords(inputs.text("options") ?? "");
  if (split.kind === "unfinished") report({ where: "input options", what: `has ${split.what}` });
  if (given === undefined && command === "node")
    report({
      where,
      what: "is empty, but the command node needs it",
      next: "For example: management-command: clearsessions",
    });
  if (given?.includes(" "))
    report({
      where,
      what: `${quoted(given)} is more than one word`,
      next: `Write management-command: ${given.split(" ")[0]} and put the rest into the options input.`,
    });
  else if (given !== undefined && !fits("managementCommand", given))
    report({ where, what: `${quoted(given)} ${misfit("managementCommand")}` });
  return {
    ...(given === undefined ? {} : { managementCommand: given }),
    options: split.kind === "words" ? split.words : [],
  };
}

/** `site` of node and logs: a SITE_ID. Whether a release has that site, its record says. */
export function readSite(inputs: Inputs, report: Report): number | undefined {
  const given = inputs.text("site");
  if (given === undefined || fits("siteId", given)) return given === undefined ? undefined : Number(given);
  report({ where: "input site", what: `${quoted(given)} ${misfit("siteId")}` });
  return undefined;
}

/** `KEY=value` lines whose values are secrets. */
export function readEnvInput(
  inputs: Inputs,
  name: "env" | "hook-env" | "preview-env",
  report: Report,
): readonly EnvEntry[] {
  const entries = parseEnvLines(inputs.text(name) ?? "", `input ${name}`, report);
  if (name !== "env" && entries.some(({ site }) => site !== undefined))
    report({
      where: `input ${name}`,
      what: `a line is for one site, but ${name === "hook-env" ? "hooks run" : "the environment of a preview is"} for all of them`,
      next: "Remove the number and the colon before the name.",
    });
  return entries;
}
