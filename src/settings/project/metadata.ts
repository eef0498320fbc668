// A project's metadata: name, version, Python and dependencies, from pyproject.toml, setup.cfg or a literal setup.py. Runs no code.
import { type TomlFile, table } from "../config-file.ts";
import { present } from "../present.ts";
import type { ProjectFiles } from "../project-files.ts";
import type { Found } from "../settings.ts";
import { parseIni } from "./ini.ts";
import { poetryPython, poetryVersion } from "./poetry.ts";
import { callArguments, moduleString, pythonTokens } from "./python-text.ts";

/** The metadata in one file. `computed`: why there is no version, if the build of the project computes it. */
export interface Metadata {
  readonly name?: Found<string>;
  readonly version?: Found<string>;
  readonly computed?: string;
  readonly requiresPython?: Found<string>;
  readonly dependencies?: Found<readonly string[]>;
}

/** The metadata of all files, in the order of priority: pyproject.toml, setup.cfg, setup.py. */
export function readMetadata(files: ProjectFiles, pyproject: TomlFile | undefined): readonly Metadata[] {
  return [
    ...(pyproject === undefined ? [] : [standard(files, pyproject), poetry(pyproject), flit(files, pyproject)]),
    setupCfg(files),
    setupPy(files),
  ];
}

/** The first value among several files. */
export function firstStated<Key extends keyof Metadata>(all: readonly Metadata[], key: Key): Metadata[Key] | undefined {
  return all.find((one) => one[key] !== undefined)?.[key];
}

function standard(files: ProjectFiles, pyproject: TomlFile): Metadata {
  const project = table(pyproject.values["project"]);
  if (project === undefined) return {};
  const from = (key: string): string => `${pyproject.path} project.${key}`;
  const dynamic = stringList(project["dynamic"]) ?? [];
  const version = dynamic.includes("version")
    ? dynamicVersion(files, table(pyproject.values["tool"]) ?? {}, pyproject)
    : stated(project["version"], from("version"));
  const dependencies = dynamic.includes("dependencies") ? undefined : stringList(project["dependencies"]);
  return {
    ...stated(project["name"], from("name"), "name"),
    ...version,
    ...stated(project["requires-python"], from("requires-python"), "requiresPython"),
    ...(dependencies === undefined ? {} : { dependencies: { value: dependencies, from: from("dependencies") } }),
  };
}

function stated(value: unknown, from: string, key: "name" | "version" | "requiresPython" = "version"): Metadata {
  return typeof value === "string" && value.trim() !== "" ? { [key]: { value: value.trim(), from } } : {};
}

function stringList(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item): item is string => typeof item === "string") ? value : undefined;
}

/** Reads the version as build backends do in simple cases: from an attribute or a file. All other cases are `computed`. */
function dynamicVersion(files: ProjectFiles, tool: Readonly<Record<string, unknown>>, pyproject: TomlFile): Metadata {
  const setuptools = table(table(table(tool["setuptools"])?.["dynamic"])?.["version"]);
  const hatch = table(table(tool["hatch"])?.["version"]);
  const pdm = table(table(tool["pdm"])?.["version"]);
  const from = `${pyproject.path} project.dynamic`;
  const backend = String(table(pyproject.values["build-system"])?.["build-backend"] ?? "");
  const found =
    (typeof setuptools?.["attr"] === "string" ? attribute(files, setuptools["attr"]) : undefined) ??
    firstFile(files, setuptools?.["file"]) ??
    (typeof hatch?.["path"] === "string" ? assigned(files, hatch["path"]) : undefined) ??
    (typeof pdm?.["path"] === "string" ? assigned(files, pdm["path"]) : undefined) ??
    (backend.startsWith("flit") ? attribute(files, `${flitModule(pyproject)}.__version__`) : undefined);
  // Poetry's own table may have the version even if the rest of the project is in [project].
  const own = poetryVersion(tool, `${pyproject.path} tool.poetry.version`);
  if (found === undefined && own.version !== undefined) return own;
  // For dynamic values, setuptools also reads its older files.
  const older = /^(setuptools|$)/.test(backend) ? [setupCfg(files), setupPy(files)] : [];
  const elsewhere = firstStated(older, "version");
  if (found === undefined && elsewhere !== undefined) return { version: elsewhere };
  if (found !== undefined) return { version: { value: found.value, from: `${from}: ${found.from}` } };
  return { computed: `${from}: computed by ${backend || "the build backend"}` };
}

/** The module that flit packages. It has the version. */
function flitModule({ values }: TomlFile): string {
  const flit = table(table(values["tool"])?.["flit"]);
  const name =
    table(flit?.["module"])?.["name"] ?? table(flit?.["metadata"])?.["module"] ?? table(values["project"])?.["name"];
  return String(name ?? "").replaceAll("-", "_");
}

/** flit's own table, which is older than `[project]`. */
function flit(files: ProjectFiles, pyproject: TomlFile): Metadata {
  const metadata = table(table(table(pyproject.values["tool"])?.["flit"])?.["metadata"]);
  if (metadata === undefined) return {};
  const from = (key: string): string => `${pyproject.path} tool.flit.metadata.${key}`;
  const found = attribute(files, `${flitModule(pyproject)}.__version__`);
  const list = stringList(metadata["requires"]);
  return {
    ...stated(metadata["dist-name"] ?? metadata["module"], from("module"), "name"),
    ...(found === undefined ? {} : { version: { value: found.value, from: `${from("module")}: ${found.from}` } }),
    ...stated(metadata["requires-python"], from("requires-python"), "requiresPython"),
    ...(list === undefined ? {} : { dependencies: { value: list, from: from("requires") } }),
  };
}

/** `package.module.NAME`, looked up in the source. */
function attribute(files: ProjectFiles, dotted: string): Found<string> | undefined {
  const parts = dotted.split(".");
  const path = parts.slice(0, -1).join("/");
  for (const file of ["", "src/"].flatMap((root) => [`${root}${path}.py`, `${root}${path}/__init__.py`])) {
    const value = moduleString(pythonTokens(files.read(file) ?? ""), parts.at(-1) ?? "");
    if (value !== undefined) return { value, from: file };
  }
  return undefined;
}

function assigned(files: ProjectFiles, file: string): Found<string> | undefined {
  const tokens = pythonTokens(files.read(file) ?? "");
  const value =
    moduleString(tokens, "__version__") ?? moduleString(tokens, "VERSION") ?? moduleString(tokens, "version");
  return value === undefined ? undefined : { value, from: file };
}

function firstFile(files: ProjectFiles, file: unknown): Found<string> | undefined {
  const path = typeof file === "string" ? file : stringList(file)?.[0];
  const value = path === undefined ? undefined : files.read(path)?.trim();
  return path === undefined || value === undefined || value === "" || value.includes("\n")
    ? undefined
    : { value, from: path };
}

function poetry(pyproject: TomlFile): Metadata {
  const tool = table(pyproject.values["tool"]);
  const section = table(tool?.["poetry"]);
  if (section === undefined) return {};
  const from = (key: string): string => `${pyproject.path} tool.poetry.${key}`;
  const python = poetryPython(table(section["dependencies"])?.["python"]);
  return {
    ...stated(section["name"], from("name"), "name"),
    ...poetryVersion(tool ?? {}, from("version")),
    ...(python === undefined ? {} : { requiresPython: { value: python, from: from("dependencies.python") } }),
  };
}

function setupCfg(files: ProjectFiles): Metadata {
  const text = files.read("setup.cfg");
  if (text === undefined) return {};
  const ini = parseIni(text);
  const metadata = ini.get("metadata");
  const options = ini.get("options");
  const [, kind, target = ""] = /^(attr|file):\s*(\S+)$/.exec(metadata?.get("version") ?? "") ?? [];
  const pointed = pointedVersion(files, kind, target);
  const install = options
    ?.get("install_requires")
    ?.split("\n")
    .flatMap((line) => line.trim() || []);
  const found =
    kind === undefined
      ? stated(metadata?.get("version"), "setup.cfg metadata.version")
      : present({ version: pointed && { value: pointed.value, from: `setup.cfg metadata.version: ${pointed.from}` } });
  const computed = kind !== undefined && pointed === undefined;
  return {
    ...stated(metadata?.get("name"), "setup.cfg metadata.name", "name"),
    ...found,
    ...(computed ? { computed: "setup.cfg metadata.version: computed by setuptools" } : {}),
    ...stated(options?.get("python_requires"), "setup.cfg options.python_requires", "requiresPython"),
    ...(install === undefined || install.some((line) => line.startsWith("file:"))
      ? {}
      : { dependencies: { value: install, from: "setup.cfg options.install_requires" } }),
  };
}

function pointedVersion(files: ProjectFiles, kind: string | undefined, target: string): Found<string> | undefined {
  if (kind === "attr") return attribute(files, target);
  return kind === "file" ? firstFile(files, target) : undefined;
}

function setupPy(files: ProjectFiles): Metadata {
  const text = files.read("setup.py");
  const given = text === undefined ? undefined : callArguments(pythonTokens(text), "setup");
  if (given === undefined) return {};
  const literal = (key: string): string | undefined => {
    const argument = given.get(key);
    return argument?.kind === "text" ? argument.text : undefined;
  };
  const install = given.get("install_requires");
  return {
    ...stated(literal("name"), "setup.py name", "name"),
    ...stated(literal("version"), "setup.py version"),
    ...(given.get("version")?.kind === "computed" ? { computed: "setup.py version: computed when it runs" } : {}),
    ...stated(literal("python_requires"), "setup.py python_requires", "requiresPython"),
    ...(install?.kind === "list" ? { dependencies: { value: install.items, from: "setup.py install_requires" } } : {}),
  };
}
