// The bundle that GitHub runs: it starts, it is the source's, and nothing of the machine that built it is in it.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../scripts/build.ts";
import { differences, treeOf } from "../scripts/dist-fresh.ts";
import { root, runAction } from "./harness/run-action.ts";

let temp: string;
beforeAll(async () => {
  temp = await mkdtemp(join(tmpdir(), "woven-dist-test-"));
});
afterAll(() => rm(temp, { recursive: true, force: true }));

describe("dist/ starts", () => {
  test("the action fails on an unknown command with an error annotation that names it", async () => {
    const workspace = join(temp, "workspace");
    await mkdir(workspace);
    const result = await runAction({ inputs: { command: "deplyo" }, workspace });
    expect(result.code, result.stdout + result.stderr).toBe(1);
    const errors = result.annotations.filter(({ kind }) => kind === "error");
    expect(errors).toHaveLength(result.failures.length);
    expect(result.failures[0]).toMatchObject({ code: "settings", where: "input command" });
    expect(errors[0]?.message).toMatch(/deplyo.*deploy/s);
    expect(result.stderr).not.toContain("    at ");
  });

  test("the command line prints its help", async () => {
    const { code, stdout } = await node([join(root, "dist/cli.js"), "--help"]);
    expect(code).toBe(0);
    for (const command of ["setupnode", "deploy", "rollback", "status"]) expect(stdout).toContain(command);
  });

  test("the command line is a program of its own", async () => {
    const file = join(root, "dist/cli.js");
    expect(await readFile(file, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect((await stat(file)).mode & 0o111).toBe(0o111);
  });

  test("the command line says on an older Node which one it needs, before anything that such a Node cannot read", async () => {
    const file = join(root, "dist/cli.js");
    const old =
      "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.1.0'}})";
    const { code, stderr } = await node(["--import", old, file, "status"]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/needs Node 24 or newer, and this is Node 20.1.0\n.*npx -p node@24/s),
    ]);
    expect(await readFile(file, "utf8")).not.toMatch(/^import |await using/m);
  });

  test("the api can be imported, prints nothing and exports something", async () => {
    const script = `import * as api from ${JSON.stringify(join(root, "dist/api.js"))}; console.log(Object.keys(api).length)`;
    const { code, stdout } = await node(["--input-type=module", "--eval", script]);
    expect(code).toBe(0);
    expect(Number(stdout)).toBeGreaterThan(0);
  });
});

describe("dist/ is what the source builds", () => {
  test("on this machine: otherwise run npm run build", async () => {
    const into = join(temp, "rebuilt");
    await build({ into });
    expect(differences(await treeOf(into), await treeOf(join(root, "dist")))).toEqual([]);
  });

  test("in another folder, without optional packages", async () => {
    const source = join(temp, "else", "where");
    for (const name of ["src", "package.json", "tsconfig.json"])
      await cp(join(root, name), join(source, name), { recursive: true });
    for (const folder of await runtimePackages())
      await cp(join(root, folder), join(source, folder), { recursive: true });
    await build({ source });
    expect(differences(await treeOf(join(source, "dist")), await treeOf(join(root, "dist")))).toEqual([]);
  }, 120_000);
});

describe("dist/ holds", () => {
  test("the text of the licence of every package that its code is from, and of no other", async () => {
    const { modules } = await build({ into: join(temp, "modules") });
    const folders = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []));
    const bundled = new Set<string>();
    for (const folder of folders) {
      const { name, version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
      bundled.add(`${name}@${version}`);
    }
    const licenses = await readFile(join(root, "dist/licenses.txt"), "utf8");
    const sections = licenses.split(/^-{80}$/m).slice(1);
    const texts = new Map(sections.map((section) => [/^\s*(\S+) \(/.exec(section)?.[1] ?? section, section]));
    expect([...texts.keys()].sort()).toEqual([...bundled].sort());
    expect(bundled.size).toBeGreaterThan(20);
    for (const [name, text] of texts) {
      expect(text, name).toMatch(/licen[cs]e|permission|as is|public domain/i);
      expect(text.length, name).toBeGreaterThan(400);
    }
  });

  test("JavaScript, types and licences only, and no path of the machine that built it", async () => {
    const files = await distFiles();
    expect(files.filter((file) => !/\.js$|^types\/.*\.d\.ts$|^licenses\.txt$/.test(file))).toEqual([]);
    for (const file of files) expect(await readFile(join(root, "dist", file), "utf8"), file).not.toContain(root);
  });

  test.each([
    ["@actions/cache", "cache-client"],
    ["the client of GitHub's API", "octokit-core"],
    ["the local node", "rehearsal"],
  ])("%s in a chunk that no other one imports at its start", async (_, chunk) => {
    const files = await distFiles();
    expect(files).toContain(`chunks/${chunk}.js`);
    for (const file of files.filter((name) => name.endsWith(".js"))) {
      const text = await readFile(join(root, "dist", file), "utf8");
      expect(text, file).not.toMatch(new RegExp(`^import [^(\\n]*/${chunk}\\.js`, "m"));
    }
  });
});

async function distFiles(): Promise<readonly string[]> {
  const dist = join(root, "dist");
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dist.length + 1));
}

/** Folders of the packages that the action itself needs, as the lock file has them; not those nested in one another. */
async function runtimePackages(): Promise<readonly string[]> {
  const { packages } = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8"));
  const entries = Object.entries<{ dev?: boolean; optional?: boolean; devOptional?: boolean }>(packages);
  const needed = entries.filter(
    ([path, { dev, optional, devOptional }]) => path !== "" && !dev && !optional && !devOptional,
  );
  return needed.map(([path]) => path).filter((path) => !dirname(path).includes("/node_modules"));
}

function node(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, args, { env: { PATH: process.env["PATH"] ?? "" } }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}
