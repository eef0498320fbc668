// Names of files that hold any bytes, on their way through JSON to the server and into its records.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/package-files.ts";
import { hashText } from "../../src/release/described-file.ts";
import { treeDigest } from "../../src/release/file-set.ts";
import { pathText } from "../../src/release/path-bytes.ts";
import { folderWith, run } from "../settings/source.ts";

const digest = createHash("sha256").update("x").digest("hex");
const name = Buffer.from("caf\xe9 \\ \r.txt", "latin1");

test("a release is assembled with them, under no locale", async () => {
  const root = folderWith({ [`payload/${digest}`]: "x" });
  const target = join(root, "release");
  mkdirSync(target);
  const files = [
    { path: `project/${pathText(name)}`, kind: "file" as const, sha256: digest },
    { path: "project/link", kind: "symlink" as const, sha256: hashText(pathText(name)) },
  ];
  const spec = {
    target,
    owner: userInfo().username,
    base: null,
    compiled: "cpython-313.pyc",
    removed: [],
    tree: treeDigest(files),
    files: { [`project/${pathText(name)}`]: digest },
    symlinks: { "project/link": pathText(name) },
  };
  writeFileSync(join(root, "spec.json"), JSON.stringify(spec));
  const tool = join(packageRoot, "templates/node/tool.py");
  const words = [
    "-i",
    `PATH=${process.env["PATH"]}`,
    "python3",
    "-B",
    "-I",
    "-S",
    tool,
    "assemble",
    "spec.json",
    "payload",
  ];
  expect(await run("env", words, { cwd: root })).toMatchObject({ code: 0 });
  const found = readdirSync(join(target, "project"), { encoding: "buffer" }).map((one) => one.toString("latin1"));
  expect(found.toSorted()).toEqual([name.toString("latin1"), "link"]);
});

test("a record of them can be written, and read again", async () => {
  const program = `import sys; sys.path.insert(0, ${JSON.stringify(join(packageRoot, "templates/node"))})
import json; from woven_node import state
state.version = lambda: "1"
line = state.line_of({"schema": 1, "files": json.loads(sys.argv[1])})
sys.stdout.buffer.write(line.encode("utf-8"))`;
  const files = { [pathText(name)]: "abc" };
  const { code, stdout } = await run("python3", ["-B", "-c", program, JSON.stringify(files)], { cwd: "/" });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).files).toEqual(files);
});
