// The built command line, handed wrong words: each is answered by what is wrong and what to write, before any server is asked.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inputDefaults } from "../src/settings/inputs.ts";
import { commandNames } from "../src/settings/settings.ts";
import { root } from "./harness/run-action.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "woven-cli-test-"));
  await mkdir(join(folder, "a-folder"));
  await writeFile(join(folder, "roles.yml"), "production: [woven@127.0.0.1]\n");
  await writeFile(join(folder, "bad.env"), "not a line\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a wrong word is told with what to write instead", () => {
  test.each<[string, readonly string[], RegExp]>([
    ["an option that there is not", ["deploy", "--foo", "1"], /--foo: is not an option\n.*--help/],
    ["a slip in an option", ["deploy", "--verison", "1"], /--verison: is not an option\nDid you mean --version\?/],
    ["an option with the name it never had", ["deploy", "--roles-file", "roles.yml"], /Did you mean --roles-from\?/],
    ["one that Node itself reads", ["deploy", "--env-file", "bad.env"], /--env-file: .*\nDid you mean --env-from\?/],
    ["a letter", ["deploy", "-v"], /-v: is not an option/],
    ["a command as an option", ["--command", "deploy"], /--command: is not an option\n.*woven deploy production/],
    ["a role as an option", ["deploy", "--role", "web"], /--role: is not an option\n.*woven deploy production/],
    ["no command", ["--dry-run"], /the command: is missing\n.*setupnode\|/],
    ["a command that there is not", ["deplyo"], /there is no command "deplyo"[\s\S]*Did you mean deploy\?/],
    ["no value", ["deploy", "--version"], /--version: needs a value/],
    ["an option for a value", ["deploy", "--version", "--dry-run"], /--version: needs a value[\s\S]*--version=-/],
    ["a value twice", ["deploy", "--version", "1", "--version=2"], /--version: is given twice/],
    ["a value beside its file", ["deploy", "--roles", "x", "--roles-from", "roles.yml"], /--roles-from: .*--roles/],
    [
      "a file that there is not",
      ["deploy", "--roles-from", "nope"],
      /--roles-from: there is no file "nope"\n.*woven-cli-/,
    ],
    ["a file below a file", ["deploy", "--env-from", "bad.env/x"], /--env-from: there is no file/],
    ["a folder for a file", ["deploy", "--ssh-key-from", "a-folder"], /--ssh-key-from: this is a folder: "a-folder"/],
    ["what a file holds", ["status", "--env-from", "bad.env"], /input env/],
    ["a flag that is neither", ["status", "--dry-run=perhaps"], /input dry-run: "perhaps" is neither true nor false/],
    ["a role that there is not", ["status", "prodution", "--roles-from", "roles.yml"], /prodution[\s\S]*production/],
  ])("%s", async (_, args, told) => {
    const { code, stdout, stderr } = await woven(args);
    expect(stdout).toMatch(told);
    expect(stdout + stderr).not.toMatch(/fault in Woven|^ {4}at /m);
    expect(code).toBe(1);
  });

  test("all of them in one go", async () => {
    const { stdout } = await woven(["deploy", "--foo", "--roles-from", "nope", "--jump"]);
    for (const where of ["- --foo:", "- --jump:", "- --roles-from:"]) expect(stdout).toContain(where);
  });

  test("what may be a secret is not shown", async () => {
    const { stdout } = await woven(["deploy", "--password", "-hunter2", "--password=hunter2"]);
    expect(stdout).toContain("--password: needs a value");
    expect(stdout).not.toContain("hunter2");
  });

  test("a value that begins with a dash is taken after an equals sign", async () => {
    const { stdout } = await woven(["node", "--options=--noinput", "--roles-from", "roles.yml"]);
    expect(stdout).toContain("management-command");
    expect(stdout).not.toContain("--options:");
  });
});

describe("help", () => {
  test("names every command, and every input with what action.yml says of it", async () => {
    const { code, stdout } = await woven(["--help", "--foo"]);
    expect(code).toBe(0);
    for (const command of commandNames) expect(stdout).toContain(command);
    const page = stdout.replaceAll(/\s+/g, " ");
    const action = await readFile(join(root, "action.yml"), "utf8");
    for (const name of Object.keys(inputDefaults)) {
      if (!["command", "role"].includes(name))
        expect(stdout).toMatch(new RegExp(`^ {2}--${name}( VALUE)?(\\s|$)`, "m"));
      const description = new RegExp(`^ {2}${name}:\n {4}description: "(.*)"`, "m").exec(action)?.[1] ?? "missing";
      expect(page).toContain(description);
    }
  });

  test("stays within a hundred columns and a bit, and is what no word at all gets", async () => {
    const { code, stdout } = await woven([]);
    expect(code).toBe(2);
    expect(stdout).toBe((await woven(["-h"])).stdout);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThan(125);
  });
});

function woven(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const options = { cwd: folder, env: { PATH: process.env["PATH"] ?? "", HOME: folder } };
  return new Promise((done) => {
    execFile(process.execPath, [join(root, "dist/cli.js"), ...args], options, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}
