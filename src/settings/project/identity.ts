// The name and version of the distribution: from the user, from the project, or else from the repository.
import { basename } from "node:path";
import type { ConfigFile, TomlFile } from "../config-file.ts";
import { fits, misfit } from "../grammar.ts";
import { quoted, type Report } from "../problems.ts";
import type { ProjectFiles } from "../project-files.ts";
import type { Found } from "../settings.ts";
import type { SettingsSource } from "../source.ts";
import { readGit, versionWithCommit } from "./git-version.ts";
import { firstStated, type Metadata } from "./metadata.ts";
import { placeOf } from "./place.ts";

export interface Project {
  readonly root: string;
  readonly files: ProjectFiles;
  readonly pyproject?: TomlFile;
  readonly config: ConfigFile;
  readonly metadata: readonly Metadata[];
}

/** Woven's own names in /var/local/woven, where each distribution has a folder of its name, too. */
const ownNames: ReadonlySet<string> = new Set(
  "hooks hooks-due hooks-waiting new-sources no-upgrades previews python runs set-up-by ssh-guard tools ufw-rules".split(
    " ",
  ),
);

/** The distribution's name. Reports a problem and returns undefined if there is no valid one. */
export function findName(
  source: Pick<SettingsSource, "env">,
  project: Project,
  given: string | undefined,
  report: Report,
): Found<string> | undefined {
  const configured = project.config.config.distribution;
  const stated =
    configured === undefined
      ? (firstStated(project.metadata, "name") ?? repositoryName(source, project.root))
      : { value: configured, from: `${project.config.name} distribution` };
  const found = given === undefined ? stated : { value: given, from: "input distribution" };
  const isTaken = ownNames.has(found.value);
  if (fits("distribution", found.value) && !isTaken) return found;
  report({
    where: found.from,
    what: `the name ${quoted(found.value)} ${isTaken ? "is one that Woven itself uses on the server" : misfit("distribution")}`,
    next: project.config.toWrite(`distribution = "${isTaken ? "shop" : similarName(found.value)}"`),
    ...placeOf(project, found.from),
  });
  return undefined;
}

/** `My Shop!` as `my-shop`. */
function similarName(name: string): string {
  const similar = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 40);
  return fits("distribution", similar) ? similar : "shop";
}

function repositoryName(source: Pick<SettingsSource, "env">, root: string): Found<string> {
  const repository = source.env["GITHUB_REPOSITORY"]?.split("/").at(-1);
  return repository === undefined || repository === ""
    ? { value: basename(root), from: "the folder's name" }
    : { value: repository, from: "the repository's name" };
}

/** The version: the `version` input, or else what `version-from` selects. */
export async function findVersion(
  source: Pick<SettingsSource, "env" | "run">,
  project: Project,
  input: string | undefined,
  report: Report,
): Promise<Found<string> | undefined> {
  if (input !== undefined) return checked({ value: input, from: "input version" }, project, report);
  const statedVersion = firstStated(project.metadata, "version");
  // A version that is computed at build time counts before a version in a file of lower priority.
  const computed = project.metadata.find((one) => one.computed !== undefined || one.version !== undefined)?.computed;
  const version = computed === undefined ? statedVersion : undefined;
  if (project.config.config["version-from"] === "git")
    return checked(await gitRelease(source, project, version, report), project, report);
  if (version !== undefined) return checked(version, project, report);
  const git = await readGit(source, project.root);
  if (git.describe === undefined) {
    const why = git.complaint ? ` (git: ${git.complaint})` : "";
    report({
      where: "version",
      what: `no version was found: no file has one, and this is not a git repository${why}`,
      next: `${setVersion} Or check the repository out with actions/checkout before this step: git then gives a version.`,
    });
    return undefined;
  }
  return checked(
    computed === undefined ? git.describe : { value: git.describe.value, from: `${git.describe.from} (${computed})` },
    project,
    report,
  );
}

async function gitRelease(
  source: Pick<SettingsSource, "env" | "run">,
  project: Project,
  version: Found<string> | undefined,
  report: Report,
): Promise<Found<string> | undefined> {
  const git = await readGit(source, project.root);
  if (git.commit === undefined) {
    report(
      project.config.problem(
        ["version-from"],
        `is "git", but git finds no commit here${git.complaint ? ` (${git.complaint})` : ""}`,
        "Check the repository out with actions/checkout before this step.",
      ),
    );
    return undefined;
  }
  const base =
    version ??
    (git.tag === undefined
      ? { value: "0", from: "no version and no tag was found; use fetch-depth: 0 with actions/checkout to get tags" }
      : { value: git.tag, from: "the last tag" });
  return {
    value: versionWithCommit(base.value, git.commit),
    from: `${base.from}, with the commit (version-from = "git")`,
  };
}

const setVersion = 'Set the input version: write version: "1.0" below `with:`.';

/** `is not a version: it has a blank. …`. Undefined if all characters are right. */
function wrongCharacters(version: string): string | undefined {
  const wrong = [...new Set(version)].filter((character) => !fits("version", `1${character}`));
  if (wrong.length === 0) return undefined;
  const names = wrong.map((character) => (character === " " ? "a blank" : quoted(character)));
  return `is not a version: it has ${names.join(" and ")}. Only letters, digits and . + - _ ! ~ / are allowed, at most 60, such as 1.4.2`;
}

function checked(version: Found<string> | undefined, project: Project, report: Report): Found<string> | undefined {
  if (version === undefined || fits("version", version.value)) return version;
  report({
    where: version.from,
    what: `${quoted(version.value)} ${wrongCharacters(version.value) ?? misfit("version")}`,
    next: version.from.startsWith("git") ? setVersion : undefined,
    ...placeOf(project, version.from),
  });
  return undefined;
}
