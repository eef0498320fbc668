// `npm run first-use -- [ROUNDS]`: simulates a fresh machine, in several rounds. Each round starts two nodes and a part of the tests at the
// same time, without key, image or cache. The first and the sixth round also have no npm packages, no tools and no base of Debian. The
// other rounds link these in, to save a minute. All must succeed, and share what was made.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, mkdtemp } from "node:fs/promises";
import { join, resolve } from "node:path";
import { baseKey } from "../src/local/base.ts";
import { basesDirectory, defaultPlaces, type Places } from "../src/local/places.ts";
import { asRoot, type Outcome, rootScript } from "../src/local/privileged.ts";

const root = resolve(import.meta.dirname, "..");
const rounds = Number(process.argv[2] ?? 10);

interface Fresh {
  readonly folder: string;
  readonly tree: string;
  readonly places: Places;
  readonly env: NodeJS.ProcessEnv;
}

/** These tests read the same keys in two workers, and boot a third node with `role: local`. */
const tests = ["rehearsal", "settings-faults", "setupnode-dry-run", "-t", "misspelt|beside servers|one step boots"];

async function makeFresh(from: "nothing" | "a base"): Promise<Fresh> {
  const folder = await mkdtemp("/var/tmp/woven-first-use-");
  const tree = join(folder, "tree");
  const local = join(folder, "local");
  const places = { cache: join(local, "cache"), state: join(local, "state") };
  const leftOut = new Set(["node_modules", ".git"].map((name) => join(root, name)));
  await cp(root, tree, { recursive: true, filter: (path) => !leftOut.has(path) });
  spawnSync("git", ["init", "--quiet"], { cwd: tree });
  if (from === "a base") {
    // Not a symlink: `npm ci` empties what lies at its end. And npm writes its own list in place.
    const script = 'cp -al "$1" "$2"; rm -rf "$2"/.vi*; cp --remove-destination "$1/.package-lock.json" "$2/"';
    await rootScript("linking the packages", script, [join(root, "node_modules"), join(tree, "node_modules")]);
    await linkBase(places);
  }
  const env = { ...process.env, WOVEN_LOCAL_HOME: local, XDG_CACHE_HOME: join(folder, "cache") };
  return { folder, tree, places, env };
}

async function linkBase(places: Places): Promise<void> {
  const base = join(basesDirectory(defaultPlaces), await baseKey("trixie"));
  await mkdir(basesDirectory(places), { recursive: true });
  await rootScript("linking the base", 'cp -al --one-file-system "$1" "$2"', [base, basesDirectory(places)]);
}

function npm({ tree, env }: Fresh, ...words: readonly string[]): Promise<Outcome> {
  const child = spawn("npm", words, { cwd: tree, env, stdio: ["ignore", "pipe", "pipe"] });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => said.push(chunk));
  return new Promise((done) =>
    child.once("close", (code) => done({ code: code ?? 128, stdout: Buffer.concat(said).toString(), stderr: "" })),
  );
}

/** The faults of a round. */
async function round(number: number): Promise<readonly string[]> {
  const from = number % 5 === 1 && number <= 6 ? "nothing" : "a base";
  const fresh = await makeFresh(from);
  const names = [1, 2].map((each) => `first-use-${number}-${each}`);
  const commands = [
    ...names.map((name) => ["run", "node", "--", "up", name]),
    ["test", "--", "--project", "e2e", ...tests],
    ...(from === "nothing" ? [1, 2].map(() => ["run", "lint:workflows"]) : []),
  ];
  try {
    const began = performance.now();
    const outcomes = await Promise.all(commands.map((words) => npm(fresh, ...words)));
    const wrong = outcomes.flatMap(({ code, stdout }, index) =>
      code === 0 ? [] : [`npm ${commands[index]?.join(" ")}: exit ${code}\n${stdout}`],
    );
    for (const name of names) {
      const { code, stdout } = await npm(fresh, "run", "node", "--", "ssh", name, "true");
      if (code !== 0) wrong.push(`${name} refuses its key: ${stdout}`);
    }
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    const count = /^\d+ passed.*$/m.exec(outcomes[2]?.stdout ?? "")?.[0];
    console.log(`round ${number}, from ${from}: ${wrong.length === 0 ? "ok" : "FAILED"} in ${seconds} s; ${count}`);
    return [...wrong, ...leftovers(fresh)];
  } finally {
    await npm(fresh, "run", "node", "--", "down", "--all");
    await remove(fresh);
  }
}

/** Finds incomplete files, and files that were made twice. */
function leftovers({ folder, places }: Fresh): readonly string[] {
  const listed = (path: string) => (existsSync(path) ? readdirSync(path).map((name) => join(path, name)) : []);
  const bases = listed(basesDirectory(places));
  const all = [...bases, ...listed(join(folder, "local/user")), ...listed(join(folder, "cache/woven/tools"))];
  const half = all.filter((path) => /partial|unfinished|id_ed25519\./.test(path));
  return [...half.map((path) => `half-made: ${path}`), ...(bases.length === 1 ? [] : [`bases: ${bases.join(", ")}`])];
}

async function remove({ folder }: Fresh): Promise<void> {
  const { stdout } = spawnSync("findmnt", ["--raw", "--noheadings", "--output", "TARGET"], { encoding: "utf8" });
  const mounted = stdout.split("\n").filter((target) => target.startsWith(folder));
  if (mounted.length > 0) throw new Error(`still mounted: ${mounted.join(", ")}`);
  // Go makes what it downloads read-only.
  await asRoot(["chmod", "-R", "u+w", join(folder, "cache")]);
  await rootScript("removing what was made", 'rm -rf --one-file-system "$1"', [folder]);
}

const wrong: string[] = [];
for (let number = 1; number <= rounds; number++) wrong.push(...(await round(number)));
for (const each of wrong) console.log(each);
console.log(`${rounds} rounds, ${wrong.length} faults`);
process.exitCode = wrong.length === 0 ? 0 : 1;
