// `npm run dist:fresh`: checks that the dist/ that would be committed is built from this source. GitHub runs dist/ as it is committed, so
// with a stale one, other code would run than was reviewed.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { build, root } from "./build.ts";

/** A file as git identifies it: its mode and the hash of its content. */
type Tree = ReadonlyMap<string, string>;

/** One line for each path that differs between the two trees. */
export function differences(built: Tree, committed: Tree): readonly string[] {
  const paths = [...new Set([...built.keys(), ...committed.keys()])].sort();
  return paths.flatMap((path) => {
    if (!committed.has(path)) return `${path} is built, but not in git`;
    if (!built.has(path)) return `${path} is in git, but no longer built`;
    return built.get(path) === committed.get(path) ? [] : `${path} differs`;
  });
}

/** The files under a folder, as git would store them. */
export async function treeOf(folder: string): Promise<Tree> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [relative(folder, file), await gitEntry(file)] as const)));
}

async function gitEntry(file: string): Promise<string> {
  const [content, { mode }] = await Promise.all([readFile(file), stat(file)]);
  const hash = createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
  return `${(mode & 0o111) === 0 ? "100644" : "100755"} ${hash}`;
}

function treeInGitIndex(): Tree {
  const listed = execFileSync("git", ["ls-files", "--stage", "-z", "--", "dist"], { cwd: root, encoding: "utf8" });
  const entries = listed.split("\0").filter((entry) => entry !== "");
  return new Map(
    entries.map((entry) => {
      const [facts = "", path = ""] = entry.split("\t");
      const [mode, hash] = facts.split(" ");
      return [path.slice("dist/".length), `${mode} ${hash}`];
    }),
  );
}

if (import.meta.main) {
  const folder = await mkdtemp(join(tmpdir(), "woven-dist-"));
  try {
    await build({ into: folder });
    const stale = differences(await treeOf(folder), treeInGitIndex());
    for (const line of stale) console.error(`dist/${line}`);
    if (stale.length > 0) console.error("dist/ is not built from this src/. Run: npm run build && git add --all dist");
    else console.log("dist/ is fresh");
    process.exitCode = stale.length > 0 ? 1 : 0;
  } finally {
    await rm(folder, { recursive: true });
  }
}
