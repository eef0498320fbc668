// Words that every run must print: names of the project, its modules, nodes and accounts. Masking one would make the log unreadable,
// and GitHub drops every output that contains a masked text.
import { isPlainWord } from "./plain-words.ts";
import type { ProjectFiles } from "./project-files.ts";
import type { Settings } from "./settings.ts";

/** The words in lower case, each with what it names. */
export type SpokenWords = ReadonlyMap<string, string>;

export function spokenWords(
  settings: Settings,
  files: ProjectFiles,
  env: Readonly<Record<string, string | undefined>>,
): SpokenWords {
  const { distributionName, distribution, nodes, login, sites } = settings;
  const words = new Map<string, string>();
  const add = (what: string, ...values: readonly (string | undefined)[]) => {
    for (const value of values) if (value && !words.has(value.toLowerCase())) words.set(value.toLowerCase(), what);
  };
  const name = distributionName?.value;
  add("the project's own name", name, name?.replaceAll("-", "_"), name?.replaceAll("_", "-"));
  add("the version", settings.version, distribution?.version.value);
  const modules = [distribution?.settingsModule.value, ...sites.map((site) => site.settingsModule)];
  add("a module of the project", ...modules, ...modules.flatMap((module) => module?.split(".")), ...packagesOf(files));
  add("a domain of the project", ...sites.flatMap(({ domains }) => domains));
  const hosts = [...nodes, ...login.jump];
  add("a host of this run", ...hosts.map(({ host }) => host));
  add("an account on the servers", login.rootUser, ...hosts.map(({ user }) => user));
  add("a role", ...nodes.map(({ role }) => role));
  add("a path of this run", settings.deploymentRoot, settings.workingDirectory, distribution?.sourceRoot.value);
  add("the management command", settings.managementCommand);
  const repository = env["GITHUB_REPOSITORY"];
  add("the repository's name", repository, ...(repository?.split("/") ?? []));
  return words;
}

function packagesOf(files: ProjectFiles): readonly string[] {
  return files.paths.flatMap((path) => /([^/]+)\/__init__\.py$/.exec(path)?.[1] ?? []);
}

/** What a text names, if it holds only such words: one word, a list, addresses of sites, or a module of the project. */
export function spokenAs(text: string, words: SpokenWords): string | undefined {
  const items = text
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map((item) => item.replace(/^https?:\/\/([^/@?#]+)\/?$/, "$1"));
  const whats = items.map((item) => words.get(item) ?? moduleOf(item, words));
  const plain = items.every((item, index) => whats[index] !== undefined || isPlainWord(item));
  return plain ? whats.find((what) => what !== undefined) : undefined;
}

function moduleOf(item: string, words: SpokenWords): string | undefined {
  const [first = ""] = item.split(".");
  const what = /^[a-z_]\w*(\.[a-z_]\w*)+$/.test(item) ? words.get(first) : undefined;
  return what === "a module of the project" || what === "the project's own name"
    ? "a module of the project"
    : undefined;
}
