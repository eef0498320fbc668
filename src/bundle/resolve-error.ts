// Turns the output of a failed uv resolution into an error for someone who deploys.

import { WovenError } from "../errors.ts";
import { whyForeign } from "../settings/project/foreign-requirements.ts";
import type { Requirements } from "../settings/settings.ts";
import { buildAdvice } from "./build-advice.ts";
import { minorOf, type NodePython } from "./build-context.ts";
import { rangeAdvice } from "./check-python.ts";
import { folderForbidden, onlyFolder } from "./folder-requirements.ts";
import { inFirstIndexOnly, noLogin, unreachable, type Verdict } from "./index-errors.ts";
import type { Indexes } from "./indexes.ts";
import { lineOf, localPathOf, type RequirementLine } from "./requirement-files.ts";

export interface Failure {
  /** uv's standard error. */
  readonly output: string;
  readonly lines: readonly RequirementLine[];
  readonly python: NodePython;
  readonly requirements: Requirements;
  /** To name the variables of a login. */
  readonly indexes?: Indexes;
  readonly configFile?: string | undefined;
}

/** The WovenError for a failed resolution. If uv names a requirement, the error has its file and line. */
export function resolveError(failure: Failure): WovenError {
  const output = failure.output.trim();
  const verdict = judge(oneLine(output), failure);
  const named = verdict.name === undefined ? undefined : lineOf(failure.lines, verdict.name);
  const place = verdict.place ?? named ?? placeIn(output, failure.lines);
  const [, file = mentionedFile(output) ?? fileOf(failure.requirements), line] =
    /([^\s`:]+\.(?:txt|in|toml)):(\d+):\d+/.exec(output) ?? [];
  const at = place ?? { file, line: line === undefined ? undefined : Number(line) };
  const where = at.line === undefined ? "" : ` (${at.file}:${at.line})`;
  return new WovenError({
    code: verdict.code,
    message: `${verdict.message}${where}`,
    next: verdict.next,
    file: at.file,
    line: at.line,
    output: tail(output),
  });
}

function judge(text: string, failure: Failure): Verdict {
  const { python } = failure;
  const minor = minorOf(python.version);
  // The order matters: a failed build may quote any text, and a network failure inside a build is still a network failure.
  if (
    /(error sending request|dns error|Connection refused|tcp connect error|operation timed out|HTTP status (server|client) error|invalid peer certificate|Request failed after)/i.test(
      text,
    )
  )
    return unreachable(text, failure.indexes);
  const refused = buildForbidden(text, failure) ?? noLogin(text, failure.indexes) ?? notForLinux(text, failure);
  if (refused) return refused;
  const missing =
    /Because (?:there are no versions of )?([\w.-]+)(?:\[[^\]]*\])? was not found in the (?:package registry|provided package locations)/.exec(
      text,
    )?.[1];
  if (missing)
    return {
      code: "requirement-unknown",
      name: missing,
      message: `There is no package ${missing} in the package index`,
      next: `Check its spelling. If it is your own package, name its index with PIP_EXTRA_INDEX_URL, or with an --index-url line in the requirements.`,
    };
  const wants =
    /does not satisfy Python([<>=!~][^\s,]*(?:,[<>=!~][^\s,]*)*)(?: and ([\w.-]+)(\S*) depends on Python)?/.exec(text);
  if (wants) return forAnotherPython(text, wants, failure);
  const [, noVersion, specifier = ""] =
    /Because (?:there is no version of|only (?=[\w.-]+[<>=!~]\S* is available)|there are no versions of) ?([\w.-]+?)(?:\[[^\]]*\])?([<>=!~]\S*)? /.exec(
      text,
    ) ?? [];
  if (noVersion && !/depends on/.test(text)) {
    const other = inFirstIndexOnly(text, noVersion, failure.requirements);
    return (
      other ?? {
        code: "requirement-version",
        name: noVersion,
        message: `There is no version ${specifier} of ${noVersion} in the package index`,
        next: `Require a version that exists: the release history of ${noVersion} in your package index lists them.`,
      }
    );
  }
  if (/No solution found/.test(text)) {
    const name = /because you require ([\w.-]+?)(?:\[[^\]]*\])?(?:[<>=!~]|,| )/i.exec(
      text.split(" And ").at(-1) ?? text,
    )?.[1];
    return {
      code: "requirement-conflict",
      name,
      message: `The requirements conflict on Python ${minor}: ${plainConflict(text) ?? explanation(text)}`,
      next: "Change one of these requirements, or allow more versions.",
    };
  }
  const built = /Failed to (?:download and )?build `([^`]+?)(?:==[^`]*| @ [^`]*)?`/.exec(text)?.[1];
  if (/Git operation failed/.test(text))
    return {
      code: "requirement-git",
      name: built,
      message: `The runner cannot read the git repository of ${built ?? "a requirement"}`,
      next: "Check the URL and the branch. For a private repository, give the runner a login: a deploy key, or a token set with `git config url.….insteadOf`.",
    };
  if (built || /The build backend returned an error/.test(text)) return buildFailed(built, failure);
  const known = singleEquals(text) ?? folderWithoutPackage(text, failure);
  if (known) return known;
  if (/(Couldn't parse requirement|Unexpected|Expected)/.test(text))
    return {
      code: "requirement-syntax",
      message: `A requirement cannot be read: ${explanation(text)
        .replace(/^Couldn't parse requirement in `[^`]*` at position \d+: /, "")
        .replace(/ \^+$/, "")}`,
      next: "Correct the line. A requirement is written as shop-core==1.2 or shop-core>=1.2,<2.",
    };
  if (/lockfile/i.test(text))
    return {
      code: "lock-format",
      message: `The lock file cannot be used: ${explanation(text)}`,
      next: "Make it again with its own tool (`uv lock`), and commit it.",
    };
  return {
    code: "requirement-failed",
    message: `The requirements cannot be resolved: ${explanation(text)}`,
    next: "The output of uv shows the reason.",
  };
}

function buildForbidden(text: string, { lines }: Failure): Verdict | undefined {
  if (/Building source distributions is disabled/.test(text)) return folderForbidden(lines);
  const name = /Wheels are required for `([\w.-]+)` because building from source is disabled/.exec(text)?.[1];
  if (name === undefined) return undefined;
  return {
    code: "build-forbidden",
    name,
    message: `${name} has no wheel that fits, and only-binary forbids building it`,
    next: `Require a version of ${name} that has a wheel, or take it out of only-binary.`,
  };
}

/** uv names a package of an index, but not a folder of the project. */
function buildFailed(name: string | undefined, { output, lines, python, configFile }: Failure): Verdict {
  const folder = name === undefined ? onlyFolder(lines) : undefined;
  return {
    code: "build-failed",
    name,
    place: folder,
    message: `${name === undefined ? (folder?.text ?? "A folder in the requirements") : `The package ${name}`} could not be built on the runner`,
    next: buildAdvice(minorOf(python.version), output, { configFile, isFolder: folder !== undefined }),
  };
}

/** `django=5.2`: the mistake behind most lines that cannot be read. */
function singleEquals(text: string): Verdict | undefined {
  const [, name, version] =
    /no such comparison operator "=", must be one of [~=!<> ]+ ([\w.-]+(?:\[[^\]]*\])?)\s*=\s*([\w.!+*-]+)/.exec(
      text,
    ) ?? [];
  if (name === undefined) return undefined;
  return {
    code: "requirement-syntax",
    message: `A requirement has one equals sign instead of two: ${name}=${version}`,
    next: `Write ${name}==${version}`,
  };
}

function folderWithoutPackage(text: string, { lines }: Failure): Verdict | undefined {
  const isMissing = /(Distribution not found at|No such file or directory)/.test(text);
  if (!isMissing && !/does not appear to be a Python project/.test(text)) return undefined;
  const place = placeIn(text, lines);
  const path = place && localPathOf(place.text);
  const what = path ?? explanation(text);
  return isMissing
    ? {
        code: "requirement-file",
        place,
        message: `A requirement names a path that does not exist: ${what}`,
        next: "Correct the path, which is relative to the working directory, or add the folder to the repository.",
      }
    : {
        code: "requirement-file",
        place,
        message: `A requirement names a folder that is no package: ${what}`,
        next: "Add a pyproject.toml or a setup.py to the folder, or delete the line.",
      };
}

/** A package that no Linux server can install, and a name that Debian's pip writes by mistake. */
function notForLinux(text: string, { requirements }: Failure): Verdict | undefined {
  const [, name = "", specifier = ""] =
    /Because ([\w.-]+?)([<>=!~]=?[^\s,]*)? (?:has no wheels with a matching|has no usable wheels|was not found in)/.exec(
      text,
    ) ?? [];
  const why = name === "" ? undefined : whyForeign(name, name === "pkg-resources" ? "pkg-resources==0.0.0" : name);
  if (why === undefined) return undefined;
  return {
    code: "requirement-foreign",
    name,
    message: `${name}${specifier} ${why}`,
    next:
      requirements.kind === "lock"
        ? `Delete ${name} from the project's dependencies, or give it a marker (${name} ; sys_platform == "win32"), and make the lock again.`
        : "Delete the line.",
  };
}

function forAnotherPython(
  text: string,
  wants: RegExpExecArray,
  { python, requirements, configFile }: Failure,
): Verdict {
  const [, range = "", name, specifier = ""] = wants;
  const wanted = name ? `${name} ${specifier}`.trim() : "A requirement";
  const instead =
    name && requirements.kind !== "lock"
      ? `require a version of ${name} that supports Python ${minorOf(python.version)}.`
      : undefined;
  return {
    code: "requirement-python",
    name: name && text.includes(`you require ${name}`) ? name : (/you require ([\w.-]+)/.exec(text)?.[1] ?? name),
    message: `${wanted} needs Python ${range}, and the server has Python ${python.version}`,
    next: rangeAdvice(range, { python, configFile, instead }),
  };
}

/** The last lines of a tool's output, which hold the reason. */
export function tail(output: string, lines = 30): string {
  return output.split("\n").slice(-lines).join("\n");
}

function explanation(text: string): string {
  return text
    .replace(/^.*?No solution found when resolving dependencies:? (cause: )?/, "")
    .replace(/^error: /, "")
    .replaceAll(" cause: ", ": ")
    .slice(0, 600);
}

/** The most common conflict in fewer words: a requirement needs another version of a package that is required, too. */
function plainConflict(text: string): string | undefined {
  const [, one, other, required, pinned] =
    /Because (\S+) depends on (\S+) and you require (\S+), we can conclude that you require \S+?\. And because you require (\S+), we can conclude that your requirements are unsatisfiable\./.exec(
      text,
    ) ?? [];
  return one === undefined || one !== required ? undefined : `${one} needs ${other}, and you require ${pinned}`;
}

function oneLine(output: string): string {
  return output.replaceAll(/\s+/g, " ");
}

function placeIn(output: string, lines: readonly RequirementLine[]): RequirementLine | undefined {
  const written = lines.find((line) => {
    const path = localPathOf(line.text)?.replace(/^(\.{1,2}\/)+|\/+$/g, "");
    return output.includes(line.text) || (path && output.includes(`/${path}`));
  });
  return (
    written ??
    lines.find(
      (line) => line.name !== undefined && new RegExp(`(^|[\\s\`])${line.name}([\\s\`=<>!~@\\[,]|$)`, "m").test(output),
    )
  );
}

function mentionedFile(output: string): string | undefined {
  return /(?:requirement|file) in `([^`]+)` at position/.exec(output)?.[1];
}

function fileOf(requirements: Requirements): string | undefined {
  switch (requirements.kind) {
    case "files":
      return requirements.paths[0];
    case "lock":
      return requirements.path;
    case "project":
      return "pyproject.toml";
  }
}
