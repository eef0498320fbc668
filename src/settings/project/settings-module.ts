// Which settings module serves, and which folder has to be on sys.path for it: told by manage.py, wsgi.py and asgi.py.
import { posix } from "node:path";
import type { ConfigFile } from "../config-file.ts";
import { present } from "../present.ts";
import { oneOf, type Report } from "../problems.ts";
import type { ProjectFiles } from "../project-files.ts";
import type { Found } from "../settings.ts";
import { moduleFile, moduleFiles, modulesIn, rootOf, settingsLike } from "./module-files.ts";
import { loneString, pythonTokens, type Token } from "./python-text.ts";

export interface DjangoProject {
  readonly settingsModule: Found<string>;
  readonly sourceRoot: Found<string>;
  readonly managePy?: string;
}

/** A file that sets DJANGO_SETTINGS_MODULE, and what it sets, as far as it is literal. */
interface Witness {
  readonly path: string;
  readonly modules: readonly string[];
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

const developing = /^(local|dev|develop|development|debug|test|testing|ci)$/;
const serving = /^(production|prod|live)$/;

/** Finds the settings module that serves; what is missing or ambiguous is reported with the line to write. */
export function findDjango(files: ProjectFiles, config: ConfigFile, report: Report): DjangoProject | undefined {
  const search = { files, config, report };
  const managers = files.paths.filter((path) => posix.basename(path) === "manage.py");
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
  const named = agreed(search, manager, serverFiles(files, manager));
  const root = rootOf(files, named.value, foldersOf(manager?.path));
  if (root === undefined) {
    return unclear(search, `${named.from} names ${named.value}, and there is no file for it`, settingsLike(files)[0]);
  }
  return project(productive(search, root, named), root, manager?.path);
}

function foldersOf(managePy: string | undefined): readonly string[] {
  return managePy === undefined ? [] : [posix.dirname(managePy)];
}

function project(settingsModule: Found<string>, root: string, managePy: string | undefined): DjangoProject {
  const beside = managePy !== undefined && posix.dirname(managePy) === root;
  const from = beside ? "where manage.py lies" : `where ${settingsModule.value} lies`;
  return present({ settingsModule, sourceRoot: { value: root, from }, managePy });
}

function unclear({ config, report }: Search, what: string, module = "shop.settings"): never {
  report({ where: "settings-module", what, next: config.toWrite(`settings-module = "${module}"`) });
  throw new Unclear();
}

/** The modules that a Python text sets as DJANGO_SETTINGS_MODULE, as far as they are literal. */
export function namedModules(source: string): readonly string[] {
  const tokens = pythonTokens(source);
  const named = tokens.flatMap((token, index) =>
    token.kind === "string" && token.text === "DJANGO_SETTINGS_MODULE" ? (moduleAfter(tokens, index) ?? []) : [],
  );
  return [...new Set(named)];
}

/** `…"DJANGO_SETTINGS_MODULE", "shop.settings")` or `…"DJANGO_SETTINGS_MODULE"] = "shop.settings"`. */
function moduleAfter(tokens: readonly Token[], index: number): string | undefined {
  const first = tokens[index + 1]?.text;
  let value = index + 2;
  if (first === "]" && tokens[value]?.text === "=") value += 1;
  else if (first !== ",") return undefined;
  while (tokens[value]?.kind === "end") value += 1;
  const module = loneString(tokens, value);
  return module !== undefined && /^[A-Za-z_][\w.]*$/.test(module) ? module : undefined;
}

function witness(files: ProjectFiles, path: string): Witness {
  return { path, modules: namedModules(files.read(path) ?? "") };
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

/** The wsgi.py files, or else the asgi.py files, at and below the folder of manage.py, that name a module. */
function serverFiles(files: ProjectFiles, manager: Witness | undefined): readonly Witness[] {
  const root = manager === undefined ? "." : posix.dirname(manager.path);
  const below = files.paths.filter((path) => root === "." || path.startsWith(`${root}/`));
  const told = (name: string) =>
    below
      .filter((path) => posix.basename(path) === name)
      .map((path) => witness(files, path))
      .filter(({ modules }) => modules.length > 0);
  const wsgi = told("wsgi.py");
  return wsgi.length > 0 ? wsgi : told("asgi.py");
}

/** What serves is what wsgi.py says; manage.py breaks a tie, and speaks where no other file does. */
function agreed(search: Search, manager: Witness | undefined, servers: readonly Witness[]): Found<string> {
  const served = [...new Set(servers.flatMap(({ modules }) => modules))];
  const managed = manager?.modules ?? [];
  const shared = served.filter((module) => managed.includes(module));
  const [only] = [served, shared, served.length === 0 ? managed : []].find((modules) => modules.length === 1) ?? [];
  if (only === undefined) return unclear(search, disagreement(manager, servers), [...served, ...managed][0]);
  const server = servers.find(({ modules }) => modules.includes(only));
  if (server === undefined || (manager !== undefined && managed.includes(only))) {
    return { value: only, from: manager?.path ?? server?.path ?? "" };
  }
  const other = managed[0] === undefined ? "" : `, which serves (${manager?.path} says ${managed[0]})`;
  return { value: only, from: `${server.path}${other}` };
}

function disagreement(manager: Witness | undefined, servers: readonly Witness[]): string {
  const all = [...servers, ...(manager === undefined ? [] : [manager])];
  const modules = [...new Set(all.flatMap((one) => one.modules))];
  const paths = all.map(({ path }) => path).join(", ");
  if (modules.length > 0) return `${paths} name several modules: ${modules.join(", ")}`;
  return all.length > 0 ? `${paths} states none as plain text` : "there is no manage.py, wsgi.py or asgi.py";
}

/** The module itself, unless it is an empty package or made for development and one for production lies beside it. */
function productive(search: Search, root: string, named: Found<string>): Found<string> {
  const { files } = search;
  const file = moduleFile(files, root, named.value) ?? "";
  const last = named.value.split(".").at(-1) ?? "";
  const empty = posix.basename(file) === "__init__.py" && isEmpty(files.read(file) ?? "");
  if (!empty && !developing.test(last)) return named;
  const beside = modulesIn(files, posix.dirname(file)).filter((name) => empty || serving.test(name));
  if (beside.length === 0) return named;
  const parent = empty ? named.value : named.value.split(".").slice(0, -1).join(".");
  const production = beside.filter((name) => serving.test(name));
  const line = `${parent}.${production[0] ?? beside[0]}`;
  if (empty && production.length === 1) {
    return { value: line, from: `${named.from} names ${named.value}, which is empty; ${production[0]}.py lies in it` };
  }
  const names = beside.map((name) => `${parent}.${name}`);
  const could = oneOf(empty ? names : [named.value, ...names]);
  return unclear(
    search,
    `${named.from} names ${named.value}${empty ? ", which is empty" : ""}; ${could} may be meant`,
    line,
  );
}

function isEmpty(source: string): boolean {
  return pythonTokens(source).every(({ kind }) => kind === "end" || kind === "string");
}
