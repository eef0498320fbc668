// Finds the settings module for production, and the folder that must be on sys.path for it, from manage.py, wsgi.py and asgi.py.
import { posix } from "node:path";
import type { ConfigFile } from "../config-file.ts";
import { nearest } from "../did-you-mean.ts";
import { present } from "../present.ts";
import type { Report } from "../problems.ts";
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

/** A file that sets DJANGO_SETTINGS_MODULE, with the literal values. */
interface Witness {
  readonly path: string;
  readonly modules: readonly string[];
  /** The file sets the variable to a value that is known only when it runs. */
  readonly computes: boolean;
}

interface Search {
  readonly files: ProjectFiles;
  readonly config: ConfigFile;
  readonly report: Report;
}

/** Ends a search after its problem was reported. */
class Unclear extends Error {
  override readonly name = "Unclear";
}

/** Finds the settings module for production. If it is missing or ambiguous, it reports that with the line to write. */
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

/** Whether a module, such as the settings of one site, is in the project's source root. */
export function hasModule(files: ProjectFiles, django: DjangoProject, module: string): boolean {
  return moduleFile(files, django.sourceRoot.value, module) !== undefined;
}

function chosen({ files, config, report }: Search, managers: readonly string[], module: string): DjangoProject {
  const beside = managers.find((path) => moduleFile(files, posix.dirname(path), module) !== undefined);
  const managePy = beside ?? managers[0];
  const root = rootOf(files, module, foldersOf(managePy));
  if (root !== undefined) return project({ value: module, from: `${config.name} settings-module` }, root, managePy);
  const near = nearest(module, settingsModules(files));
  const looked = `Woven looked for ${moduleFiles(module).join(" and ")} beside manage.py, at the top and in src.`;
  const next = near === undefined ? looked : `Did you mean ${near}? ${looked}`;
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
    return unclear(search, `${named.from} names ${named.value}, but there is no file for it`, { advice: wrongName });
  }
  const isServed = servers.some(({ modules }) => modules.includes(named.value));
  const namedFor = isServed ? "production" : "development";
  return project(productive(search, root, { ...named, namedFor }), root, manager?.path);
}

function foldersOf(managePy: string | undefined): readonly string[] {
  return managePy === undefined ? [] : [posix.dirname(managePy)];
}

function project(settingsModule: Found<string>, root: string, managePy: string | undefined): DjangoProject {
  const beside = managePy !== undefined && posix.dirname(managePy) === root;
  const from = beside ? "the folder of manage.py" : `the folder of ${settingsModule.value}`;
  return present({ settingsModule, sourceRoot: { value: root, from }, managePy });
}

const chooseOne = "Choose the module that production uses.";
/** The release's own manage.py and wsgi.py name the module of the setting. */
const wrongName = "Correct the name there. Or name the module for the deployment.";

/** Reports that the module is not clear, with the candidates. */
function unclear(
  { files, config, report }: Search,
  what: string,
  { candidates: given = [], advice = chooseOne }: { candidates?: readonly string[]; advice?: string } = {},
): never {
  const candidates = given.length > 0 ? given : settingsModules(files);
  const among = given.length > 0 || candidates.length < 2 ? "" : `; there are ${candidates.join(", ")}`;
  report({
    where: "settings-module",
    what: `${what}${among}`,
    next: isProject(files)
      ? `${advice} ${config.toWrite(`settings-module = "${candidates[0] ?? "shop.settings"}"`, candidates.length === 1 ? "exactly" : "for example")}`
      : "Check that actions/checkout runs before this step, and that working-directory is the project's folder.",
  });
  throw new Unclear();
}

/** Whether something shows that this is a Django project. */
export function isProject(files: ProjectFiles): boolean {
  return files.paths.some((path) => /(^|\/)(manage|wsgi|asgi)\.py$/.test(path)) || settingsModules(files).length > 0;
}

function witness(files: ProjectFiles, path: string): Witness {
  const source = files.read(path) ?? "";
  const modules = namedModules(source);
  return { path, modules, computes: modules.length === 0 && setsVariable(source, "DJANGO_SETTINGS_MODULE") };
}

/** The manage.py that counts: the only one, the one at the top, or one of several that all name the same module. */
function mainManager(search: Search, managers: readonly string[]): Witness | undefined {
  const found = managers.map((path) => witness(search.files, path));
  const top = found.find(({ path }) => path === "manage.py") ?? found.find(({ path }) => path === "src/manage.py");
  const modules = [...new Set(found.flatMap((one) => one.modules))];
  if (top !== undefined || found.length <= 1 || modules.length <= 1) return top ?? found[0];
  const list = found.map((one) => `${one.path} (${one.modules.join(", ") || "names no module"})`).join(", ");
  const folder = posix.dirname(found[0]?.path ?? "");
  const next = `To deploy only one of them, write working-directory: ${folder} in the workflow. If they are one project, name the module.`;
  const lines = search.config.toWrite(`settings-module = "${modules[0]}"`);
  search.report({ where: "manage.py", what: `there are several: ${list}`, next: `${next}\n${lines}` });
  throw new Unclear();
}

/** The wsgi.py files, or else the asgi.py files, at and below the folder of manage.py, that set a module. */
function serverFiles(files: ProjectFiles, manager: Witness | undefined): readonly Witness[] {
  const root = manager === undefined ? "." : posix.dirname(manager.path);
  const below = files.paths.filter((path) => root === "." || path.startsWith(`${root}/`));
  const witnesses = (name: string) =>
    ownFiles(below.filter((path) => posix.basename(path) === name))
      .map((path) => witness(files, path))
      .filter(({ modules, computes }) => modules.length > 0 || computes);
  const wsgi = witnesses("wsgi.py");
  return wsgi.length > 0 ? wsgi : witnesses("asgi.py");
}

/** The module in wsgi.py counts. manage.py decides between several, and counts if no other file names one. */
function agreed(search: Search, manager: Witness | undefined, servers: readonly Witness[]): Found<string> {
  const computed = (servers.length > 0 ? servers : [manager]).find((one) => one?.computes);
  if (computed !== undefined) return onlyOne(search, computed);
  const served = [...new Set(servers.flatMap(({ modules }) => modules))];
  const managed = manager?.modules ?? [];
  const shared = served.filter((module) => managed.includes(module));
  const [only] = [served, shared, served.length === 0 ? managed : []].find((modules) => modules.length === 1) ?? [];
  if (only === undefined)
    return unclear(search, disagreement(manager, servers), { candidates: inOrder([...served, ...managed]) });
  const server = servers.find(({ modules }) => modules.includes(only));
  if (server === undefined || (manager !== undefined && managed.includes(only))) {
    return { value: only, from: manager?.path ?? server?.path ?? "" };
  }
  const other = managed[0] === undefined ? "" : ` (${manager?.path} names ${managed[0]})`;
  return { value: only, from: `${server.path}${other}` };
}

/** For a file that computes its module: the only settings module that there is. */
function onlyOne(search: Search, computed: Witness): Found<string> {
  const [only, ...more] = settingsModules(search.files);
  if (only !== undefined && more.length === 0)
    return { value: only, from: `the only one; ${computed.path} computes it` };
  return unclear(search, `${computed.path} computes its settings module`);
}

function disagreement(manager: Witness | undefined, servers: readonly Witness[]): string {
  const all = [...servers, ...(manager === undefined ? [] : [manager])];
  const modules = [...new Set(all.flatMap((one) => one.modules))];
  const paths = all.map(({ path }) => path).join(", ");
  if (modules.length > 0) return `${paths} name several modules: ${modules.join(", ")}`;
  return all.length > 0 ? `${paths} names none as plain text` : "there is no manage.py, wsgi.py or asgi.py";
}

/** The module itself, unless it is an empty package, or is for development and has one for production beside it. */
function productive(
  search: Search,
  root: string,
  named: Found<string> & { readonly namedFor: "production" | "development" },
): Found<string> {
  const { files } = search;
  const { value, from } = named;
  const file = moduleFile(files, root, value) ?? "";
  const last = value.split(".").at(-1) ?? "";
  if (posix.basename(file) === "__init__.py" && isEmpty(files.read(file) ?? ""))
    return withinPackage(search, modulesIn(files, posix.dirname(file)), named);
  if (purposeOf(last) !== "development") return { value, from };
  const beside = modulesIn(files, posix.dirname(file)).filter((name) => name !== last && purposeOf(name) !== undefined);
  // wsgi.py names the module for production, unless there clearly is a better one. manage.py names one for developers.
  const others = named.namedFor === "production" ? beside.filter((name) => purposeOf(name) === "production") : beside;
  if (others.every((name) => purposeOf(name) === "development")) return { value, from };
  const parent = value.split(".").slice(0, -1);
  const all = inOrder([...others, last].map((name) => [...parent, name].join(".")));
  return unclear(
    search,
    `${from} names ${value}, but there ${others.length === 1 ? "is" : "are"} also ${all.filter((name) => name !== value).join(", ")}`,
    { candidates: all },
  );
}

/** The module for production in an empty package. */
function withinPackage(search: Search, names: readonly string[], { value, from }: Found<string>): Found<string> {
  const modules = inOrder(names.map((name) => `${value}.${name}`));
  const [only, ...more] = names.filter((name) => purposeOf(name) === "production");
  if (only !== undefined && more.length === 0)
    return { value: `${value}.${only}`, from: `${from} names ${value}, which is empty; ${only}.py is in it` };
  if (modules.length === 0) return { value, from };
  return unclear(search, `${from} names ${value}, which is empty. In it are ${modules.join(", ")}`, {
    candidates: modules,
  });
}

function isEmpty(source: string): boolean {
  return pythonTokens(source).every(({ kind }) => kind === "end" || kind === "string");
}
