// Why a project does not start, or why its checks and its static files fail: the usual causes, read from the output of Django and its
// libraries, each with what to write.
import { posix } from "node:path";
import { libraryPackage } from "../node/library-packages.ts";
import { secretExpression } from "../settings/problems.ts";
import { projectPath, readTracebacks, type Traceback } from "../traceback.ts";
import { databaseFailure } from "./database-failure.ts";
import type { Explanation } from "./failure-explanation.ts";

/** Undefined if none of the usual causes is in the output. */
export function projectFailure(output: string): Explanation | undefined {
  const tracebacks = readTracebacks(output);
  return (
    writeFailure(output) ??
    missingVariable(output, tracebacks) ??
    missingLibrary(output) ??
    missingProgram(tracebacks) ??
    missingModule(output) ??
    missingStatic(output) ??
    databaseFailure(output) ??
    missingFile(tracebacks) ??
    syntaxError(tracebacks)
  );
}

/** A program that wanted to write into its release, which belongs to root. */
export function writeFailure(output: string): Explanation | undefined {
  const tracebacks = readTracebacks(output);
  for (const one of tracebacks) {
    const [, kind, named = ""] = /\[Errno (1|2|13|30)\] [^:]*: '(.+?)'/.exec(one.error) ?? [];
    const path = projectPath(named);
    const last = one.frames.at(-1);
    const makesFolder = /\bmk?dirs?\b|mkdir/.test(`${last?.name ?? ""} ${last?.text ?? ""}`);
    // A file that does not exist can still be one to write: the handlers of logging open only such.
    const isWritten = kind !== "2" || makesFolder || last?.name === "_open";
    if (kind === undefined || path === undefined || !isWritten) continue;
    return toWritable(path, makesFolder ? path : posix.dirname(path), tracebacks);
  }
  return undefined;
}

function toWritable(path: string, folder: string, tracebacks: readonly Traceback[]): Explanation {
  const message = `the application cannot write to ${path}, because a release belongs to root`;
  const holdsCode = tracebacks.some(({ frames }) =>
    frames.some((frame) => frame.of === "project" && frame.path.startsWith(`${folder}/`)),
  );
  if (folder === "." || holdsCode) {
    const own = posix.join(folder, "data");
    return {
      message,
      next: `Its folder holds code, so it must stay as it is. Let the application write into a folder of its own, such as ${own}, and name that in woven.toml: writable = [${JSON.stringify(own)}]`,
    };
  }
  return {
    message,
    next: `Name the folder in woven.toml. It is then kept outside of releases, and the application can write there:\nwritable = [${JSON.stringify(folder)}]`,
  };
}

function missingVariable(output: string, tracebacks: readonly Traceback[]): Explanation | undefined {
  const fromEnvironment = tracebacks.flatMap(({ error, frames }) => {
    const last = frames.at(-1);
    const [, name] = /^KeyError: ['"](\w+)['"]$/.exec(error) ?? [];
    const isOs = last?.name === "__getitem__" && /(^<frozen os>|\/os\.py)$/.test(last.path);
    return name !== undefined && (isOs || /environ\[/.test(last?.text ?? "")) ? [name] : [];
  });
  const said = [
    /ImproperlyConfigured: Set the (\w+) environment variable/g,
    /UndefinedValueError: (\w+) not found\. Declare it as envvar/g,
    /Environment variable "(\w+)" not set/g,
    /ValidationError: (\w+) is required in env /g,
  ].flatMap((pattern) => [...output.matchAll(pattern)].flatMap(([, name]) => name ?? []));
  const ofModel = [...output.matchAll(/^(\w+)\n {2}Field required \[type=missing/gm)].flatMap(
    ([, name]) => name?.toUpperCase() ?? [],
  );
  const names = [...new Set([...fromEnvironment, ...said, ...ofModel])];
  const emptyKey = /The SECRET_KEY setting must not be empty/.test(output) ? ["SECRET_KEY"] : [];
  const all = names.length > 0 ? names : emptyKey;
  if (all.length === 0) return undefined;
  return {
    message:
      names.length > 0
        ? `the settings need ${all.length === 1 ? "a variable that is" : "variables that are"} not set: ${all.join(", ")}`
        : "the setting SECRET_KEY is empty: the variable that it comes from is not set",
    next: [
      "Pass secrets in the workflow, in the input env below `with:`",
      "env: |",
      ...all.map((name) => `  ${name}=${secretExpression(name)}`),
      "Values that are not secret can be in [env] of woven.toml instead.",
    ].join("\n"),
  };
}

const drivers: Readonly<Record<string, string>> = {
  "psycopg2 or psycopg": "psycopg[binary]",
  psycopg2: "psycopg2-binary",
  MySQLdb: "mysqlclient",
  cx_Oracle: "oracledb",
};

function missingModule(output: string): Explanation | undefined {
  const [, driver] = /Error loading (psycopg2 or psycopg|psycopg2|MySQLdb|cx_Oracle) module/.exec(output) ?? [];
  if (driver !== undefined)
    return {
      message: `the requirements lack the driver of the database, ${drivers[driver]}`,
      next: `Add ${drivers[driver]} to the requirements, and deploy again.`,
    };
  const found = [...output.matchAll(/ModuleNotFoundError: No module named '([^']+)'/g)].at(-1);
  const name = found?.[1];
  if (name === undefined) return undefined;
  return {
    message: `Python does not find the module ${name}`,
    next: "If it is part of a package, add that package to the requirements; a group or an extra may have it: groups = […] or extras = […]. If it is your own, git must track it, or include must name it. If it is in a folder of apps: project-apps-path.",
  };
}

const programs: readonly (readonly [said: RegExp, what: string, packages: readonly string[]])[] = [
  [/Could not find the GDAL library/, "GDAL", ["gdal-bin"]],
  [/Could not find the GEOS library/, "GEOS", ["libgeos-c1v5"]],
  [/failed to find libmagic/, "libmagic", ["libmagic1"]],
  [/Can't find (?:msgfmt|msguniq)/, "gettext", ["gettext"]],
];

function missingLibrary(output: string): Explanation | undefined {
  const known = programs.find(([said]) => said.test(output));
  const [, library] =
    /(?:ImportError|OSError): (?:cannot load library '[^']+': )?(\S+?): cannot open shared object file/.exec(output) ??
    [];
  if (known === undefined && library === undefined) return undefined;
  const packages = known?.[2] ?? [libraryPackage(library ?? "")];
  return {
    message: `the server lacks the system library ${known?.[1] ?? library}`,
    next: `Add its package to woven.toml, run setupnode, and deploy again. If the server has no package of that name, look for it at packages.debian.org:\nextra-packages = ${JSON.stringify(packages)}`,
  };
}

/** A program that the project starts. */
function missingProgram(tracebacks: readonly Traceback[]): Explanation | undefined {
  const failed = tracebacks.find(({ frames }) => frames.at(-1)?.name === "_execute_child");
  const [, program] = /^FileNotFoundError: \[Errno 2\] [^:]*: '([^']+)'/.exec(failed?.error ?? "") ?? [];
  if (program === undefined) return undefined;
  return {
    message: `the project starts the program ${program}, which the server does not have`,
    next: 'Add the package that has it to woven.toml, run setupnode, and deploy again. For example: extra-packages = ["gettext"]',
  };
}

function missingStatic(output: string): Explanation | undefined {
  const [, file] = /The file '([^']+)' could not be found with </.exec(output) ?? [];
  const [, entry] = /Missing staticfiles manifest entry for '([^']+)'/.exec(output) ?? [];
  const name = file ?? entry;
  if (name === undefined) return undefined;
  const [, from] =
    /^Post-processing '([^']+)' failed!$/m.exec(output) ?? /The CSS file '([^']+)' references/.exec(output) ?? [];
  return {
    message: `${from === undefined ? "the project" : from} refers to the static file ${name}, which does not exist`,
    next: "If a build makes it, name the build or its output: build = […], include = […]. If a library's style sheet refers to a file that nobody needs, use a storage without manifest_strict, or one that does not check references.",
  };
}

/** A file of the project that the release does not have. */
function missingFile(tracebacks: readonly Traceback[]): Explanation | undefined {
  for (const { error } of tracebacks) {
    const [, named = ""] = /^FileNotFoundError: \[Errno 2\] [^:]*: '(.+?)'/.exec(error) ?? [];
    const path = projectPath(named);
    if (path === undefined) continue;
    return {
      message: `the project reads ${path}, which is not part of the release`,
      next: `If git does not track it and it is no secret: include = [${JSON.stringify(path)}]. Put secrets into the input env instead. If the application is to create it: writable = [${JSON.stringify(posix.dirname(path))}]`,
    };
  }
  return undefined;
}

function syntaxError(tracebacks: readonly Traceback[]): Explanation | undefined {
  const found = tracebacks.find(({ error }) => /^(SyntaxError|IndentationError|TabError):/.test(error));
  const frame = found?.frames.at(-1);
  if (found === undefined || frame === undefined) return undefined;
  const isOwn = frame.of === "project";
  return {
    message: `the server's Python cannot read ${frame.path}:${frame.line}: ${found.error}`,
    next: isOwn
      ? "Fix the line. If it works on your machine, your Python is newer than the server's: use a syntax that both know, or a server with a newer Python."
      : "The package is for another version of Python. Require a version that supports the server's.",
  };
}
