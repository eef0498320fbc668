// The node's Python has tests of its own beside this file, in Python; each of them runs as a test of this one.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/package-files.ts";

const folder = join(import.meta.dirname, "kit");

test.each(readdirSync(folder).filter((name) => /^test_.*\.py$/.test(name)))("%s", (name) => {
  const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", PYTHONDONTWRITEBYTECODE: "1" };
  const { status, stderr } = spawnSync("python3", ["-S", join(folder, name)], {
    env: { ...env, PYTHONPATH: join(packageRoot, "templates/node") },
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  // Python calls it a success when there is nothing to run.
  expect(stderr).toMatch(/^Ran [1-9]\d* tests? in/m);
});
