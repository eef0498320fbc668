// The table of Djangos against the package index and the metadata of the wheels there.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { djangoFit, djangoPythons, pythonsForDjango } from "../../src/bundle/django-pythons.ts";

const run = promisify(execFile);
const timeout = 60_000;
const pip = async (...args: readonly string[]) => (await run("python3", ["-m", "pip", ...args])).stdout;

test.each([
  ["6.1.3", "3.11.2", "too-old"],
  ["6.1.3", "3.15.0", "fits"],
  ["6.0.1", "3.11.2", "too-old"],
  ["6.0.1", "3.12", "fits"],
  ["5.2.8", "3.11.2", "fits"],
  ["4.2.30", "3.13.5", "too-new"],
  ["4.1", "3.13.5", "too-new"],
  ["3.2.25", "3.13.5", "cannot-start"],
  ["3.2.25", "3.12.3", "too-new"],
  ["3.0.14", "3.13.5", "cannot-start"],
  ["2.2", "3.11.2", "too-new"],
  ["2.0", "3.11.2", "cannot-start"],
  ["7.0", "3.13.5", "unknown"],
  ["", "3.13.5", "unknown"],
])("Django %s on Python %s: %s", (django, python, kind) => {
  expect(djangoFit(django, python).kind).toBe(kind);
});

test("a package that brings back what Python removed lets an old Django start", () => {
  expect(djangoFit("3.2.25", "3.13.5", ["legacy-cgi"]).kind).toBe("too-new");
  expect(djangoFit("3.0.14", "3.12.3", ["setuptools"]).kind).toBe("too-new");
  expect(djangoFit("3.0.14", "3.13.5", ["setuptools"])).toMatchObject({ kind: "cannot-start", lacks: "cgi" });
});

test("every released Django is in the table", { timeout }, async () => {
  const said = await pip("index", "versions", "django", "--ignore-requires-python");
  const [, list = ""] = /^Available versions: (.*)$/m.exec(said) ?? [];
  const series = new Set(list.split(", ").flatMap((version) => /^(\d+\.\d+)/.exec(version)?.[1] ?? []));
  const since = [...series].filter((name) => Number(name.split(".")[0]) >= 2);
  expect(since.length).toBeGreaterThan(10);
  expect(since.filter((name) => pythonsForDjango(name) === undefined)).toEqual([]);
});

// Older ones do not change any more.
test.each([...djangoPythons].slice(-2))(
  "the wheel of Django %s states these Pythons",
  { timeout },
  async (series, { min, max }) => {
    const folder = await mkdtemp(join(tmpdir(), "woven-django-"));
    try {
      const options = ["--quiet", "--no-deps", "--no-cache-dir", "--ignore-requires-python", "--only-binary=:all:"];
      await pip("download", ...options, "-d", folder, `django==${series}.*`);
      const [wheel = ""] = await readdir(folder);
      const show =
        "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.read(next(n for n in z.namelist() if n.endswith('.dist-info/METADATA'))).decode())";
      const { stdout } = await run("python3", ["-c", show, join(folder, wheel)]);
      const tested = [...stdout.matchAll(/^Classifier: .* Python :: 3\.(\d+)$/gm)].map(([, minor]) => Number(minor));
      expect({ min: /^Requires-Python: >=3\.(\d+)$/m.exec(stdout)?.[1], max: Math.max(...tested) }).toEqual({
        min: String(min),
        max,
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
