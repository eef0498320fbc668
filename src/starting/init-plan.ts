// What `init` is going to write: the configuration, checked as a deployment will read it, and the secrets that are still needed.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unsetVariables } from "../rollout/required-variables.ts";
import { readToml, table } from "../settings/config-file.ts";
import { projectFiles } from "../settings/project-files.ts";
import { readSettings } from "../settings/read.ts";
import type { Settings } from "../settings/settings.ts";
import type { ProjectFindings } from "./found-in-project.ts";
import { type NeededValues, sortVariables } from "./needed-values.ts";
import { type Proposed, propose, tomlText } from "./proposal.ts";
import type { GitRepository } from "./repository.ts";
import type { StartingWorld } from "./world.ts";

export interface InitPlan {
  readonly settings: Settings;
  readonly values: NeededValues;
  /** The keys of woven.toml. Undefined: the project has a configuration, which stays as it is. */
  readonly keys?: readonly Proposed[];
}

/** The name of the file that has Woven's configuration already. */
export function configurationThere(folder: string, top: string): string | undefined {
  const files = projectFiles(folder, top);
  if (files.has("woven.toml")) return "woven.toml";
  const tool = table(readToml(files, "pyproject.toml", () => undefined)?.values["tool"]);
  return table(tool?.["woven"]) === undefined ? undefined : "pyproject.toml";
}

/**
 * Reads the project twice: first to learn which server and variables it needs, and then with the whole configuration. Throws everything
 * that a deployment would throw before it touches a server, but for missing variables.
 */
export async function planInit(
  { own, foreign }: ProjectFindings,
  { domains, kept, repository }: { domains: readonly string[]; kept: string | undefined; repository: GitRepository },
  world: StartingWorld,
): Promise<InitPlan> {
  const quiet = { ...world, print: () => undefined };
  if (kept !== undefined) {
    const settings = await settingsWith(undefined, repository, world);
    return { settings, values: await neededValues(settings, foreign, world) };
  }
  const known = { ...own, domains: { value: domains }, env: {} };
  const first = await settingsWith(propose(known, foreign), repository, quiet);
  const values = await neededValues(first, foreign, world);
  const server = known.server ?? (foreign.some((one) => one.server) ? undefined : await gunicornOf(first));
  const keys = propose({ ...known, server, env: values.plain }, foreign);
  return { settings: await settingsWith(keys, repository, world), values, keys };
}

/** Reads the project as a deployment will, with the configuration that is proposed. */
function settingsWith(
  keys: readonly Proposed[] | undefined,
  { top, github }: GitRepository,
  { cwd, env, run, print }: StartingWorld,
): Promise<Settings> {
  // A command that needs all of the project and no server. The target only has to be a valid one.
  const inputs: Readonly<Record<string, string>> = { command: "bundle", "bundle-for": "3.13 x86_64 glibc 2.41" };
  return readSettings({
    input: (name) => inputs[name] ?? "",
    env: { ...env, GITHUB_WORKSPACE: top, ...(github && { GITHUB_REPOSITORY: github }) },
    cwd,
    ...(keys === undefined ? {} : { proposed: { "woven.toml": tomlText(keys) } }),
    run,
    mask: () => undefined,
    log: print,
  });
}

async function neededValues(
  settings: Settings,
  foreign: ProjectFindings["foreign"],
  { run }: StartingWorld,
): Promise<NeededValues> {
  const tempDir = await mkdtemp(join(tmpdir(), "woven-init-"));
  try {
    const unset = (await unsetVariables(settings, { run, tempDir })).map(({ name }) => name);
    const stated = foreign.flatMap(({ secrets = [] }) => secrets);
    const open = [...new Set([...unset, ...stated])].filter(
      // Names that begin so are Woven's own, such as those of secret files.
      (name) => !Object.hasOwn(settings.env, name) && !name.startsWith("WOVEN_"),
    );
    return sortVariables(
      open,
      settings.sites.flatMap((site) => site.domains),
    );
  } finally {
    await rm(tempDir, { recursive: true, force: true });
  }
}

/** gunicorn, if the requirements hold it: the project was made to run under it. */
async function gunicornOf({ workingDirectory, distribution }: Settings) {
  const requirements = distribution?.requirements;
  if (requirements === undefined) return undefined;
  const { value, from } = requirements;
  const paths = {
    files: value.kind === "files" ? value.paths : [],
    lock: value.kind === "lock" ? [value.path] : [],
    project: [],
  };
  const texts = await Promise.all(paths[value.kind].map((path) => readFile(join(workingDirectory, path), "utf8")));
  const lines = value.kind === "project" ? value.dependencies : texts.flatMap((text) => text.split("\n"));
  const holds = lines.some((line) => /^(name = ")?gunicorn\b/i.test(line.trim()));
  return holds
    ? { value: "gunicorn", from: value.kind === "project" ? from : paths[value.kind].join(", ") }
    : undefined;
}

/** What the files of other tools ask for, and this version of Woven has no key for. */
export function leftOut(
  { foreign }: Pick<ProjectFindings, "foreign">,
  keys: readonly Proposed[] | undefined,
): readonly string[] {
  if (keys === undefined || keys.some(({ key }) => key === "release-commands")) return [];
  return foreign.flatMap(({ path, releaseCommands = [] }) =>
    releaseCommands.map(
      (one) => `${path}: manage ${one}: run it with the command node after a deployment that needs it.`,
    ),
  );
}
