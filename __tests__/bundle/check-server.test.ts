import { expect, test } from "vitest";
import { checkServer } from "../../src/bundle/check-server.ts";
import { parseRequirementFile } from "../../src/bundle/requirement-files.ts";
import type { Requirements } from "../../src/settings/settings.ts";

const needed = { name: "gunicorn", line: "gunicorn>=23" };
const files: Requirements = { kind: "files", paths: ["requirements/production.txt"] };
const text = (content: string, kind: "requirement" | "constraint" = "requirement") => ({
  files: [],
  lines: parseRequirementFile(content, "requirements/production.txt", kind).lines,
});

test.each([["Gunicorn==23.0.0"], ["gunicorn[gevent]>=22 ; python_version > '3.8'"], ["django\ngunicorn\n"]])(
  "a project that asks for its server may be built: %j",
  (content) => {
    expect(checkServer(needed, files, text(content))).toBeUndefined();
  },
);

test.each<[string, Requirements, string, string]>([
  [
    "a requirements file",
    files,
    "requirements/production.txt",
    "Add this line to requirements/production.txt: gunicorn>=23",
  ],
  ["pyproject.toml", { kind: "project", dependencies: [] }, "pyproject.toml", 'Add "gunicorn>=23" to the dependencies'],
  ["a lock file", { kind: "lock", format: "pdm", path: "pdm.lock" }, "pdm.lock", "make the lock file again"],
])("one that does not is told the line to add, in %s", (_, requirements, file, next) => {
  const problem = checkServer(needed, requirements, text("django\ngunicorn-extras\n"));
  expect(problem).toMatchObject({ where: file, file, next: expect.stringContaining(next) });
});

test("a constraint asks for nothing, a lock of uv names its packages, and a server of the node needs no requirement", () => {
  expect(checkServer(needed, files, text("gunicorn<24", "constraint"))).toBeDefined();
  const lock = {
    files: [{ path: "uv.lock", content: '[[package]]\nname = "gunicorn"\nversion = "23.0.0"\n' }],
    lines: [],
  };
  expect(checkServer(needed, { kind: "lock", format: "uv", path: "uv.lock" }, lock)).toBeUndefined();
  expect(checkServer(undefined, files, text("django"))).toBeUndefined();
});
