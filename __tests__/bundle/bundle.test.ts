// Real uv and pip against the real package index, with the smallest packages that show each case.
import { cp, mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BundleCache, NodePython } from "../../src/bundle/build-context.ts";
import { toolchain, uvWheel } from "../../src/bundle/toolchain.ts";
import { bookworm, build, failure, trixie, type Workbench, workbench } from "./workbench.ts";

let bench: Workbench;

beforeAll(async () => {
  bench = await workbench();
  await mkdir(bench.context.tempDir, { recursive: true });
  // Fetches uv into the cache folder.
  await toolchain({ ...bench.context, tempDir: join(bench.root, "tools") });
}, 120_000);

afterAll(() => bench[Symbol.asyncDispose]());

const timeout = 120_000;

/** A local package with one C file, which needs no index to be described. */
const compiledPackage = {
  "fast/pyproject.toml":
    '[project]\nname = "fast"\nversion = "1.0"\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
  "fast/setup.py": 'from setuptools import Extension, setup\nsetup(ext_modules=[Extension("fast", ["fast.c"])])\n',
  "fast/fast.c":
    '#include <Python.h>\n#include <string.h>\nstatic struct PyModuleDef m = {PyModuleDef_HEAD_INIT, "fast", 0, -1, 0};\nvoid *(*volatile copy)(void *, const void *, size_t) = memcpy;\nPyMODINIT_FUNC PyInit_fast(void) { return PyModule_Create(&m); }\n',
};

describe("wheels for a Python that is not the runner's", () => {
  test("a pure one, a compiled one and a source-only one, locked to their own digests", { timeout }, async () => {
    const bundle = await build(bench, {
      files: { "requirements.txt": "sqlparse==0.5.3\nmarkupsafe==3.0.2  # compiled\ndocopt==0.6.2\n" },
    });
    expect(bundle.wheels.map((wheel) => wheel.file)).toEqual([
      expect.stringMatching(/^MarkupSafe-3\.0\.2-cp313-cp313-manylinux.*x86_64\.whl$/i),
      expect.stringMatching(/^docopt-0\.6\.2-py.*-none-any\.whl$/),
      "sqlparse-0.5.3-py3-none-any.whl",
    ]);
    expect(bundle.cacheHit).toBe(false);
    expect(bundle.packages).toContainEqual({ name: "markupsafe", version: "3.0.2" });
    const lock = await readFile(join(bundle.directory, "requirements.lock"), "utf8");
    const digests = lock
      .trim()
      .split("\n")
      .map((line) => /^[a-z]+==[0-9.]+ --hash=sha256:([0-9a-f]{64})$/.exec(line)?.[1]);
    expect(digests).toEqual(bundle.wheels.map((wheel) => wheel.sha256));
  });

  test("for Debian 12 on ARM, markers and extras as that Python sees them", { timeout }, async () => {
    const text = 'markupsafe==3.0.2\nsqlparse==0.5.3 ; python_version < "3.12"\ndocopt ; python_version >= "3.12"\n';
    const bundle = await build(bench, {
      files: { "requirements.txt": text },
      python: { ...bookworm, machine: "aarch64" },
    });
    expect(bundle.wheels.map((wheel) => wheel.file)).toEqual([
      expect.stringMatching(/^MarkupSafe-3\.0\.2-cp311-cp311-manylinux.*aarch64\.whl$/i),
      "sqlparse-0.5.3-py3-none-any.whl",
    ]);
  });

  test("includes and constraints of other files", { timeout }, async () => {
    const files = {
      "requirements.txt": "-r requirements/base.txt\n-c requirements/limits.txt\n",
      "requirements/base.txt": "sqlparse\n",
      "requirements/limits.txt": "sqlparse==0.5.2\nnot-asked-for==1\n",
    };
    expect((await build(bench, { files })).packages).toEqual([{ name: "sqlparse", version: "0.5.2" }]);
  });

  test("a folder of the repository, which is left as it was", { timeout }, async () => {
    const files = {
      "requirements.txt": "./libs/own\n",
      "libs/own/pyproject.toml": '[project]\nname = "own"\nversion = "0.3"\n',
      "libs/own/own.py": "",
    };
    const workingDirectory = await bench.project(files);
    const order = {
      requirements: { kind: "files", paths: ["requirements.txt"] },
      workingDirectory,
      python: trixie,
      context: bench.context,
    } as const;
    const { buildBundle } = await import("../../src/bundle/bundle.ts");
    const bundle = await buildBundle(order);
    expect(bundle.packages).toEqual([{ name: "own", version: "0.3" }]);
    expect((await readdir(join(workingDirectory, "libs/own"))).toSorted()).toEqual(["own.py", "pyproject.toml"]);
    await writeFile(join(workingDirectory, "libs/own/own.py"), "changed = True\n");
    expect((await buildBundle(order)).key).not.toBe(bundle.key);
  });

  test("from a folder of wheels, without any index", { timeout }, async () => {
    const bundle = await build(bench, { files: { "requirements.txt": "sqlparse==0.5.3\n" } });
    const env = { ...process.env, PIP_NO_INDEX: "1", PIP_FIND_LINKS: join(bundle.directory, "wheels") };
    const again = await build(bench, {
      files: { "requirements.txt": "sqlparse\n" },
      context: { ...bench.context, env },
    });
    expect(again.wheels).toEqual(bundle.wheels);
  });
});

describe("lock files", () => {
  const digest = "cf87a3a8c29b6b2d1d7a39f6a3c5d3ad5f5a0e6f1e0b2b3c4d5e6f708192a3b4";

  test("pylock.toml: its versions, and only with its hashes", { timeout }, async () => {
    const made = await build(bench, { files: { "requirements.txt": "sqlparse==0.5.3\n" } });
    const sha256 = made.wheels[0]?.sha256 ?? "";
    const lock = (hash: string) =>
      `lock-version = "1.0"\ncreated-by = "test"\n[[packages]]\nname = "sqlparse"\nversion = "0.5.3"\nwheels = [{ url = "https://example.org/sqlparse-0.5.3-py3-none-any.whl", hashes = { sha256 = "${hash}" } }]\n`;
    const requirements = { kind: "lock", format: "pylock", path: "pylock.toml" } as const;
    expect((await build(bench, { requirements, files: { "pylock.toml": lock(sha256) } })).wheels).toEqual(made.wheels);
    const error = await failure(bench, { requirements, files: { "pylock.toml": lock(digest) } });
    expect(error.code).toBe("hash-mismatch");
    expect(error.details).toMatchObject({ file: "pylock.toml" });
  });

  test("uv.lock: without the project itself and its development groups", { timeout }, async () => {
    const pyproject =
      '[project]\nname = "shop"\nversion = "0.1"\nrequires-python = ">=3.11"\ndependencies = ["sqlparse==0.5.3"]\n[dependency-groups]\ndev = ["docopt"]\n';
    const directory = await bench.project({ "pyproject.toml": pyproject });
    const { uv } = await toolchain({ ...bench.context, tempDir: join(bench.root, "tools") });
    const locked = await bench.context.run(uv, ["lock", "--no-python-downloads"], { cwd: directory, env: process.env });
    expect(locked.stderr).toContain("Resolved");
    const requirements = { kind: "lock", format: "uv", path: "uv.lock" } as const;
    const lock = await readFile(join(directory, "uv.lock"), "utf8");
    const bundle = await build(bench, { requirements, files: { "pyproject.toml": pyproject, "uv.lock": lock } });
    expect(bundle.packages).toEqual([{ name: "sqlparse", version: "0.5.3" }]);
    const released = {
      "pyproject.toml": pyproject.replace("0.1", "0.2"),
      "uv.lock": lock.replace('name = "shop"\nversion = "0.1"', 'name = "shop"\nversion = "0.2"'),
    };
    expect((await build(bench, { requirements, files: released })).cacheHit).toBe(true);
  });
});

describe("a kept bundle", () => {
  const files = { "requirements.txt": "sqlparse==0.5.1\n" };

  test("is used again without running anything", { timeout }, async () => {
    const first = await build(bench, { files });
    const context = { ...bench.context, run: () => Promise.reject(new Error("nothing may run")) };
    const second = await build(bench, { files, context });
    expect(second).toMatchObject({ cacheHit: true, key: first.key, wheels: first.wheels, packages: first.packages });
    expect(second.seconds).toBeLessThan(1);
  });

  test.each([
    ["a wheel was changed", (directory: string, wheel: string) => writeFile(join(directory, "wheels", wheel), "other")],
    ["a wheel was added", (directory: string) => writeFile(join(directory, "wheels/evil-1.0-py3-none-any.whl"), "x")],
    ["the lock was changed", (directory: string) => writeFile(join(directory, "requirements.lock"), "evil==1.0\n")],
    ["its list is broken", (directory: string) => writeFile(join(directory, "bundle.json"), "{")],
  ])("is made anew where %s", { timeout }, async (_, spoil) => {
    const first = await build(bench, { files });
    await spoil(first.directory, first.wheels[0]?.file ?? "");
    const second = await build(bench, { files });
    expect(second).toMatchObject({ cacheHit: false, wheels: first.wheels });
    expect((await build(bench, { files })).cacheHit).toBe(true);
  });

  test("comes from the cache between runs where the disk has none, and goes there once built", {
    timeout,
  }, async () => {
    const store = join(bench.root, "store");
    const calls: string[] = [];
    const cache: BundleCache = {
      async restore(key, directory) {
        calls.push("restore");
        return cp(join(store, key), directory, { recursive: true }).then(
          () => "hit",
          () => "miss",
        );
      },
      async save(key, directory) {
        calls.push("save");
        await cp(directory, join(store, key), { recursive: true });
      },
    };
    const context = { ...bench.context, cache };
    const order = { files: { "requirements.txt": "sqlparse==0.5.0\n" }, context };
    const first = await build(bench, order);
    await rm(first.directory, { recursive: true });
    expect((await build(bench, order)).cacheHit).toBe(true);
    expect(calls).toEqual(["restore", "save", "restore"]);
    expect((await build(bench, { ...order, reuse: "fresh" })).cacheHit).toBe(false);
  });

  test("those not used for longest go, beyond ten", { timeout }, async () => {
    const kept = await build(bench, { files });
    const bundles = join(kept.directory, "..");
    const longAgo = new Date(Date.now() - 48 * 3600 * 1000);
    const others = Array.from({ length: 12 }, (_, index) => join(bundles, `woven-bundle-old-${index}`));
    for (const other of others) {
      await mkdir(other);
      await utimes(other, longAgo, longAgo);
    }
    await build(bench, { files });
    const left = await readdir(bundles);
    expect(left).toContain(kept.key);
    expect(left.length).toBeLessThan(12 + 1);
    for (const other of others) await rm(other, { recursive: true, force: true });
  });

  test("another Python, machine or glibc is another bundle", { timeout }, async () => {
    const keys = [];
    for (const python of [
      trixie,
      { ...trixie, version: "3.12.1" },
      { ...trixie, machine: "aarch64" },
      { ...trixie, glibc: "2.39" },
    ])
      keys.push((await build(bench, { files, python })).key);
    expect(new Set(keys).size).toBe(4);
    expect((await build(bench, { files, python: { ...trixie, version: "3.13.9" } })).key).toBe(keys[0]);
  });
});

describe("what cannot be built says what, where and what to do", () => {
  test.each([
    [
      "a package that does not exist",
      "\n\nwoven-no-such-package==1\n",
      trixie,
      { code: "requirement-unknown", line: 3, message: /woven-no-such-package/, next: /./ },
    ],
    [
      "a version that does not exist",
      "sqlparse==99.1\n",
      trixie,
      { code: "requirement-version", line: 1, message: /==99\.1.*sqlparse/, next: /./ },
    ],
    [
      "Django 6 on Python 3.11",
      "sqlparse\nDjango==6.0\n",
      bookworm,
      {
        code: "requirement-python",
        line: 2,
        message: /django ==6\.0.*>=3\.12.*3\.11\.2/i,
        next: /Ubuntu 24\.04 or Debian 13\..*django.*python = "3\.12"/is,
      },
    ],
    [
      "a conflict",
      "sqlparse==0.2.0\nDjango==5.2\n",
      trixie,
      { code: "requirement-conflict", line: 2, message: /sqlparse/, next: /./ },
    ],
    [
      "a requirement with a slip",
      "sqlparse\ndocopt=0.6\n",
      trixie,
      { code: "requirement-syntax", line: 2, message: /docopt=0\.6/, next: /docopt==0\.6/ },
    ],
    [
      "an include that is not there",
      "sqlparse\n-r base.txt\n",
      trixie,
      { code: "requirement-file", line: 2, message: /base\.txt/, next: /path/ },
    ],
    [
      "a folder that is not there",
      "sqlparse\n-e ./libs/none\n",
      trixie,
      { code: "requirement-file", line: 2, message: /libs\/none/, next: /path/ },
    ],
    [
      "an index that does not answer",
      "--index-url http://127.0.0.1:9/simple\nsqlparse\n",
      trixie,
      { code: "index-unreachable", line: 2, message: /127\.0\.0\.1:9/, next: /PIP_INDEX_URL/ },
    ],
  ])("%s", { timeout }, async (_, text, python, expected) => {
    const context = { ...bench.context, env: { ...process.env, UV_HTTP_RETRIES: "0" } };
    const error = await failure(bench, { files: { "requirements.txt": text }, python, context });
    expect({ code: error.code, file: error.details.file, line: error.details.line }).toEqual({
      code: expected.code,
      file: "requirements.txt",
      line: expected.line,
    });
    expect(error.message).toMatch(expected.message);
    expect(error.details.next).toMatch(expected.next);
  });

  test("a package whose build fails shows the end of what it said", { timeout }, async () => {
    const files = {
      "requirements.txt": "./broken\n",
      "broken/pyproject.toml":
        '[project]\nname = "broken"\nversion = "1"\n[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
      "broken/backend.py":
        'def build_wheel(*_):\n    raise SystemExit("fatal error: libpq-fe.h: No such file or directory")\n',
    };
    // For the runner's own Python: a build for another needs that one here, and not every machine has it.
    const error = await failure(bench, { files, python: await runnerPython() });
    expect(error).toMatchObject({ code: "build-failed", details: { file: "requirements.txt", line: 1 } });
    expect(error.message).toMatch(/\bbroken\b/);
    expect(error.details.output).toContain("libpq-fe.h");
    expect(error.details.next).toContain("apt-get install -y libpq-dev");
  });

  test("what was compiled here and needs a newer glibc, or is for another machine, is refused", {
    timeout,
  }, async () => {
    const files = { "requirements.txt": "./fast\n", ...compiledPackage };
    const python = await runnerPython();
    const good = await build(bench, { files, python: { ...python, glibc: "2.99" } });
    expect(good.wheels.map((wheel) => wheel.file)).toEqual([expect.stringMatching(/^fast-1\.0-cp3.*linux_/)]);
    const old = await failure(bench, { files, python: { ...python, glibc: "2.3" } });
    expect(old).toMatchObject({
      code: "wheel-misfit",
      message: expect.stringMatching(/glibc 2\.\d+.*2\.3/),
    });
    const other = await failure(bench, {
      files,
      python: { ...python, machine: python.machine === "x86_64" ? "aarch64" : "x86_64" },
    });
    expect(other).toMatchObject({
      code: "wheel-misfit",
      details: { next: expect.stringContaining("container:") },
    });
  });

  test("nothing half-made is left behind", async () => {
    expect(
      (await readdir(join(bench.context.cacheDir, "bundles"))).filter((name) => !/-[0-9a-f]{32}$/.test(name)),
    ).toEqual([]);
    expect(await readdir(bench.context.tempDir)).toEqual([]);
  });
});

describe("uv for the runner", () => {
  test("is the released program for the machine, and is fetched once", { timeout }, async () => {
    const arm = await uvWheel("aarch64", bench.context);
    expect((await readFile(arm.path)).readUInt16LE(18)).toBe(183);
    const offline = { ...bench.context, run: () => Promise.reject(new Error("nothing may run")) };
    expect(await uvWheel("aarch64", offline)).toEqual(arm);
    await writeFile(arm.path, "not uv");
    expect((await uvWheel("aarch64", bench.context)).sha256).toBe(arm.sha256);
  });
});

/** The Python of this machine, as if a node had it. */
async function runnerPython(): Promise<NodePython> {
  const script = "import platform; print(platform.python_version(), platform.machine())";
  const { stdout } = await bench.context.run("python3", ["-c", script], { cwd: ".", env: process.env });
  const [version = "", machine = ""] = stdout.trim().split(" ");
  return { ...trixie, version, machine };
}
