// The package: a script compiles against its types, its options are the action's inputs, and what is wrong is an error.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inputsOf } from "../src/api.ts";
import { parseEnvLines } from "../src/settings/env-lines.ts";
import { inputNames } from "../src/settings/inputs.ts";
import { splitShellWords } from "../src/settings/shell-words.ts";
import { root } from "./harness/run-action.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "woven-api-"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the compiler says of a script that imports the package: nothing where it is right. */
async function compiled(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        module: "nodenext",
        target: "es2024",
        lib: ["es2024"],
        types: ["node"],
        paths: { "woven-deploy": [join(root, "dist/types/entry/api.d.ts")] },
      },
      files: [file],
    }),
  );
  return new Promise((done) => {
    const words = [join(root, "node_modules/typescript/bin/tsc"), "--pretty", "false", "-p", folder];
    execFile(process.execPath, words, { cwd: folder }, (_, stdout, stderr) => done(stdout + stderr));
  });
}

describe("the published types", () => {
  test("fit the example script", async () => {
    expect(await compiled("release.mts", await readFile(join(root, "examples/scripts/release.ts"), "utf8"))).toBe("");
  });

  test("know what a script may not do", async () => {
    const said = await compiled(
      "wrong.mts",
      `import { activate, deploy, runOnServers, RunFailed } from "woven-deploy";
await deploy({ rolle: "production" });
await activate();
await runOnServers("rm -rf /");
const { nodes } = await deploy({ role: ["a", "b"], dryRun: true });
const version: number = nodes[0].version;
try {} catch (error) { if (error instanceof RunFailed) error.report.nodes[0].error.code.nothing; }
`,
    );
    const lines = [...said.matchAll(/wrong\.mts\((\d+),/g)].map(([, line]) => Number(line));
    expect([...new Set(lines)], said).toEqual([2, 3, 4, 6, 7]);
  });
});

describe("options", () => {
  test("are the inputs of the action", async () => {
    const types = await readFile(join(root, "src/api.ts"), "utf8");
    const body = /export interface RunOptions \{([\s\S]*?)^\}/m.exec(types)?.[1] ?? "";
    const names = [...body.matchAll(/^ {2}readonly (\w+)\?/gm)].map(([, name = ""]) => name);
    const kebab = names.map((name) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
    expect(kebab.filter((name) => !["log", "signal"].includes(name)).toSorted()).toEqual(
      inputNames.filter((name) => name !== "command").toSorted(),
    );
  });

  test("become their texts", () => {
    const options = {
      role: ["a", "b"],
      roles: { a: ["woven@web1"] },
      dryRun: true,
      maxParallel: 3,
      hostKeyPolicy: "strict",
    } as const;
    expect(Object.fromEntries(inputsOf({ ...options, log: () => undefined }))).toEqual({
      role: "a\nb",
      roles: '{"a":["woven@web1"]}',
      "dry-run": "true",
      "max-parallel": "3",
      "host-key-policy": "strict",
    });
  });

  test.each([
    ["plain"],
    ["two words"],
    [" at both ends "],
    ['a "quoted" one'],
    ["it's"],
    ["two\nlines"],
    ["# none"],
    ['it\'s "both"'],
    [""],
  ])("keep the value of a variable: %j", (value) => {
    const text = inputsOf({ env: { NAME: value, OTHER: "x" } }).get("env") ?? "";
    const read = parseEnvLines(text, "env", (problem) => expect(problem).toBeUndefined());
    expect(Object.fromEntries(read.map((one) => [one.name, one.value]))).toEqual({ NAME: value, OTHER: "x" });
  });

  test("keep each word of a command", () => {
    const words = ["-c", "print('it is', \"so\")", "", "$HOME"];
    expect(splitShellWords(inputsOf({ options: words }).get("options") ?? "")).toEqual({ kind: "words", words });
  });

  test("that are none, or cannot be written, are an error", () => {
    expect(() => inputsOf({ rolle: "x" } as object)).toThrow(/rolle/);
    expect(() => inputsOf({ env: { NAME: "'\"\n" } })).toThrow(/NAME/);
  });
});

test("what is wrong is an error with all problems, and nothing is printed but to `log`", async () => {
  const script = `import { deploy, SettingsError } from "woven-deploy";
try { await deploy({ role: "nowhere", workingDirectory: ${JSON.stringify(folder)}, log: () => undefined }); } catch (error) {
  console.log(JSON.stringify({ settings: error instanceof SettingsError, code: error.code, several: error.problems.length > 1 }));
}`;
  const said = await new Promise<string>((done) => {
    // In this folder, the name of the package leads to the package itself.
    const options = { cwd: root, env: { PATH: process.env["PATH"] ?? "", HOME: folder } };
    execFile(process.execPath, ["--input-type=module", "--eval", script], options, (_, out, err) => done(out + err));
  });
  expect(JSON.parse(said)).toEqual({ settings: true, code: "settings", several: true });
});
