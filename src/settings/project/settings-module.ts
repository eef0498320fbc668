// Which settings module serves, and which folder has to be on sys.path for it: told by manage.py, wsgi.py and asgi.py.
import { posix } from "node:path";
import type { ConfigFile } from "../config-file.ts";
import { present } from "../present.ts";
import { oneOf, type Report } from "../problems.ts";
import type { ProjectFiles } from "../project-files.ts";
import type { Found } from "../settings.ts";
import {
  inOrder,
  moduleFile,
  moduleFiles,
  modulesIn,
  ownFiles,
  purposeOf,
  rootOf,
  settingsModules,
} from "./module-files.ts";
import { namedModules, setsVariable } from "./named-module.ts";
import { pythonTokens } from "./python-text.ts";

export interface DjangoProject {
  readonly settingsModule: Found<string>;
  readonly sourceRoot: Found<string>;
  readonly managePy?: string;
}

/** A file that sets DJANGO_SETTINGS_MODULE, and what it sets, as far as it is literal. */
interface Witness {
  readonly path: string;
  readonly modules: readonly string[];
  /** It sets the variable, to something that only running it would tell. */
  readonly computes: boolean;
}

interface Search {
  readonly files: ProjectFiles;
  readonly config: ConfigFile;
  readonly report: Report;
}

/** Ends a search whose problem has been reported. */
class Unclear extends Error {
  override readonly name = "Unclear";
}

/** Finds the settings module that serves; what is missing or ambiguous is reported with the line to write. */
export function findDjango(files: ProjectFiles, config: ConfigFile, report: Report): DjangoProject | undefined {
  const search = { files, config, report };
  const managers = ownFiles(files.paths.filter((path) => posix.basename(path) === "manage.py"));
  const configured = config.config["settings-module"];
  try {
    return configured === undefined ? found(search, managers) : chosen(search, managers, configured);
  } catch (error) {
    if (error instanceof Unclear) return undefined;
    throw error;
  }
}

/** Whether a module, such as the settings of one site, lies in the project's source root. */
export function hasModule(files: ProjectFiles, django: DjangoProject, module: string): boolean {
  return moduleFile(files, django.sourceRoot.value, module) !== undefined;
}

function chosen({ files, config, report }: Search, managers: readonly string[], module: string): DjangoProject {
  const beside = managers.find((path) => moduleFile(files, posix.dirname(path), module) !== undefined);
  const managePy = beside ?? managers[0];
  const root = rootOf(files, module, foldersOf(managePy));
  if (root !== undefined) return project({ value: module, from: `${config.name} settings-module` }, root, managePy);
  const next = `Looked for ${moduleFiles(module).join(" and ")} beside manage.py, at the top and in src.`;
  report(config.problem(["settings-module"], `there is no file for ${module}`, next));
  throw new Unclear();
}

function found(search: Search, managers: readonly string[]): DjangoProject {
  const { files } = search;
  const manager = mainManager(search, managers);
  const servers = serverFiles(files, manager);
  const named = agreed(search, manager, servers);
  const root = rootOf(files, named.value, foldersOf(manager?.path));
  if (root === undefined) {
    return unclear(search, `${named.from} names ${named.value}, and there is no file for it`);
  }
  const isServed = servers.some(({ modules }) => modules.includes(named.value));
  const said = isServed ? "by what serves" : "for developers";
  return project(productive(search, root, { ...named, said }), root, manager?.path);
}

function foldersOf(managePy: string | undefined): readonly string[] {
  return managePy === undefined ? [] : [posix.dirname(managePy)];
}

function project(settingsModule: Found<string>, root: string, managePy: string | undefined): DjangoProject {
  const beside = managePy !== undefined && posix.dirname(managePy) === root;
  const from = beside ? "where manage.py lies" : `where ${settingsModule.value} lies`;
  return present({ settingsModule, sourceRoot: { value: root, from }, managePy });
}

/** Asks, with the modules that could be meant. */
function unclear({ files, config, report }: Search, what: string, given: readonly string[] = []): never {
  const candidates = given.length > 0 ? given : settingsModules(files);
  const among = given.length > 0 || candidates.length < 2 ? "" : `; there are ${candidates.join(", ")}`;
  report({
    where: "settings-module",
    what: `${what}${among}`,
    next: config.toWrite(`settings-module = "${candidates[0] ?? "shop.settings"}"`),
  });
  throw new Unclear();
}

function witness(files: ProjectFiles, path: string): Witness {
  const source = files.read(path) ?? "";
  const modules = namedModules(source);
  return { path, modules, computes: modules.length === 0 && setsVariable(source, "DJANGO_SETTINGS_MODULE") };
}

/** The manage.py that counts: the only one, the one at the top, or one of several that all say the same. */
function mainManager(search: Search, managers: readonly string[]): Witness | undefined {
  const told = managers.map((path) => witness(search.files, path));
  const top = told.find(({ path }) => path === "manage.py") ?? told.find(({ path }) => path === "src/manage.py");
  const modules = [...new Set(told.flatMap((one) => one.modules))];
  if (top !== undefined || told.length <= 1 || modules.length <= 1) return top ?? told[0];
  const list = told.map((one) => `${one.path} (${one.modules.join(", ") || "names no module"})`).join(", ");
  const folder = posix.dirname(told[0]?.path ?? "");
  const next = `Write working-directory: ${folder} in the workflow, or the module:`;
  const lines = search.config.toWrite(`settings-module = "${modules[0]}"`);
  search.report({ where: "manage.py", what: `there are several: ${list}`, next: `${next}\n${lines}` });
  throw new Unclear();
}

/** The wsgi.py files, or else the asgi.py files, at and below the folder of manage.py, that set a module. */
function serverFiles(files: ProjectFiles, manager: Witness | undefined): readonly Witness[] {
  const root = manager === undefined ? "." : posix.dirname(manager.path);
  const below = files.paths.filter((path) => root === "." || path.startsWith(`${root}/`));
  const told = (name: string) =>
    ownFiles(below.filter((path) => posix.basename(path) === name))
      .map((path) => witness(files, path))
      .filter(({ modules, computes }) => modules.length > 0 || computes);
  const wsgi = told("wsgi.py");
  return wsgi.length > 0 ? wsgi : told("asgi.py");
}

/** What serves is what wsgi.py says; manage.py breaks a tie, and speaks where no other file does. */
function agreed(search: Search, manager: Witness | undefined, servers: readonly Witness[]): Found<string> {
  const computed = (servers.length > 0 ? servers : [manager]).find((one) => one?.computes);
  if (computed !== undefined) return onlyOne(search, computed);
  const served = [...new Set(servers.flatMap(({ modules }) => modules))];
  const managed = manager?.modules ?? [];
  const shared = served.filter((module) => managed.includes(module));
  const [only] = [served, shared, served.length === 0 ? managed : []].find((modules) => modules.length === 1) ?? [];
  if (only === undefined) return unclear(search, disagreement(manager, servers), inOrder([...served, ...managed]));
  const server = servers.find(({ modules }) => modules.includes(only));
  if (server === undefined || (manager !== undefined && managed.includes(only))) {
    return { value: only, from: manager?.path ?? server?.path ?? "" };
  }
  const other = managed[0] === undefined ? "" : `, which serves (${manager?.path} says ${managed[0]})`;
  return { value: only, from: `${server.path}${other}` };
}

/** What a file that works its module out can only come to: the one settings module there is. */
function onlyOne(search: Search, computed: Witness): Found<string> {
  const [only, ...more] = settingsModules(search.files);
  if (only !== undefined && more.length === 0)
    return { value: only, from: `the only one; ${computed.path} works it out` };
  return unclear(search, `${computed.path} works its settings module out`);
}

function disagreement(manager: Witness | undefined, servers: readonly Witness[]): string {
  const all = [...servers, ...(manager === undefined ? [] : [manager])];
  const modules = [...new Set(all.flatMap((one) => one.modules))];
  const paths = all.map(({ path }) => path).join(", ");
  if (modules.length > 0) return `${paths} name several modules: ${modules.join(", ")}`;
  return all.length > 0 ? `${paths} states none as plain text` : "there is no manage.py, wsgi.py or asgi.py";
}

/** The module itself, unless it is an empty package or made for development and one for production lies beside it. */
function productive(
  search: Search,
  root: string,
  named: Found<string> & { readonly said: "by what serves" | "for developers" },
): Found<string> {
  const { files } = search;
  const { value, from } = named;
  const file = moduleFile(files, root, value) ?? "";
  const last = value.split(".").at(-1) ?? "";
  if (posix.basename(file) === "__init__.py" && isEmpty(files.read(file) ?? ""))
    return withinPackage(search, modulesIn(files, posix.dirname(file)), named);
  if (purposeOf(last) !== "development") return { value, from };
  const beside = modulesIn(files, posix.dirname(file)).filter((name) => name !== last && purposeOf(name) !== undefined);
  // What serves says so itself, unless there plainly is a better one; what manage.py says is for developers.
  const others = named.said === "by what serves" ? beside.filter((name) => purposeOf(name) === "production") : beside;
  if (others.every((name) => purposeOf(name) === "development")) return { value, from };
  const parent = value.split(".").slice(0, -1);
  const all = inOrder([...others, last].map((name) => [...parent, name].join(".")));
  return unclear(search, `${from} names ${value}; ${oneOf(all)} may be meant`, all);
}

/** The one of an empty package's modules that is for production. */
function withinPackage(search: Search, names: readonly string[], { value, from }: Found<string>): Found<string> {
  const modules = inOrder(names.map((name) => `${value}.${name}`));
  const [only, ...more] = names.filter((name) => purposeOf(name) === "production");
  if (only !== undefined && more.length === 0)
    return { value: `${value}.${only}`, from: `${from} names ${value}, which is empty; ${only}.py lies in it` };
  if (modules.length === 0) return { value, from };
  return unclear(search, `${from} names ${value}, which is empty; ${oneOf(modules)} may be meant`, modules);
}

function isEmpty(source: string): boolean {
  return pythonTokens(source).every(({ kind }) => kind === "end" || kind === "string");
}
