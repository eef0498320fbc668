// Copies the history of a repository without its logins. Builds read versions from it (setuptools-scm, hatch-vcs), and need nothing else.
// actions/checkout leaves the job's token in .git/config. https://git-scm.com/docs/gitrepository-layout
import { cp, lstat, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

/** The parts of a git folder with the history. No hooks, no logs: those name the addresses of clones and fetches. */
const history = ["HEAD", "packed-refs", "refs", "reftable", "objects", "index", "shallow", "info"];

/** Copies the `.git` of a folder, be it a folder or a file that names one. Does nothing if there is none. */
export async function copyGit(from: string, to: string): Promise<void> {
  const found = await gitFolders(from);
  if (!found) return;
  await copyFolder(found.common, join(to, ".git"));
  for (const path of await submodules(join(found.common, "modules")))
    await copyFolder(path, join(to, ".git", path.slice(found.common.length)));
  // A worktree has a HEAD and an index of its own.
  if (found.own !== found.common) await copyParts(found.own, join(to, ".git"), ["HEAD", "index"]);
}

/** The git folder of a checkout, and the one that it shares with its other worktrees. Undefined if there is none. */
export async function gitFolders(
  folder: string,
): Promise<{ readonly own: string; readonly common: string } | undefined> {
  const path = join(folder, ".git");
  const found = await lstat(path).catch(() => undefined);
  if (!found) return undefined;
  const named = found.isFile() ? /^gitdir: (.+)$/m.exec(await readFile(path, "utf8"))?.[1]?.trim() : ".git";
  if (named === undefined) return undefined;
  const own = resolve(folder, named);
  const shared = (await readFile(join(own, "commondir"), "utf8").catch(() => ".")).trim();
  return { own, common: resolve(own, shared) };
}

/** The configuration files of a repository, of its worktrees and of its submodules. */
export async function gitConfigs(folder: string): Promise<readonly string[]> {
  const found = await gitFolders(folder);
  if (!found) return [];
  const modules = await submodules(join(found.common, "modules"));
  return [...new Set([found.common, found.own, ...modules])].flatMap((path) =>
    ["config", "config.worktree"].map((name) => join(path, name)),
  );
}

async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await copyParts(from, to, history);
  const config = await readFile(join(from, "config"), "utf8").catch(() => "");
  await writeFile(join(to, "config"), withoutLogins(config));
}

async function copyParts(from: string, to: string, names: readonly string[]): Promise<void> {
  const there = new Set(await readdir(from).catch(() => []));
  for (const name of names)
    if (there.has(name))
      await cp(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true, force: true });
}

/** The git folders of submodules. The name of one may have slashes, and one may have submodules of its own. */
async function submodules(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (entries.some((entry) => entry.isFile() && entry.name === "HEAD"))
    return [folder, ...(await submodules(join(folder, "modules")))];
  const inner = entries.filter((entry) => entry.isDirectory()).map((entry) => submodules(join(folder, entry.name)));
  return (await Promise.all(inner)).flat();
}

/** What git needs to read the history. Everything else may hold a login, or run a program. */
const needed =
  /^(core\.(repositoryformatversion|filemode|bare|symlinks|ignorecase|precomposeunicode|logallrefupdates|sparsecheckout\w*|autocrlf|eol)|extensions\.\w+|remote\.[^.]+\.(url|fetch|promisor|partialclonefilter)|branch\..+\.(remote|merge))$/i;

/** A git configuration with the keys that reading the history needs, and without the logins in its addresses. */
export function withoutLogins(config: string): string {
  const kept: string[] = [];
  let section = { name: "", heading: "" };
  let written = "";
  for (const line of config.replaceAll("\r\n", "\n").replaceAll(/\\\n/g, " ").split("\n")) {
    const [, name, sub, rest] = /^\s*\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\](.*)$/.exec(line) ?? [];
    if (name !== undefined) section = sectionOf(name, sub);
    const entry = neededEntry(section.name, rest ?? line);
    if (entry === undefined) continue;
    if (section.heading !== written) kept.push(section.heading);
    written = section.heading;
    kept.push(`\t${entry}`);
  }
  return kept.map((line) => `${line}\n`).join("");
}

function sectionOf(name: string, sub: string | undefined) {
  return sub === undefined
    ? { name, heading: `[${name}]` }
    : { name: `${name}.${sub}`, heading: `[${name} "${plain(sub)}"]` };
}

/** The line of a key that is kept. A key without a value is true. */
function neededEntry(section: string, line: string): string | undefined {
  const [, key, value] = /^\s*([A-Za-z][\w-]*)\s*(?:=\s*(.*))?$/.exec(line) ?? [];
  if (key === undefined || !needed.test(`${section}.${key}`)) return undefined;
  if (value === undefined) return key;
  return key.toLowerCase() === "url" && /\s/.test(value.trim()) ? undefined : `${key} = ${plain(value.trim())}`;
}

function plain(text: string): string {
  return text.replaceAll(/\/\/[^/\s]*@/g, "//");
}
