import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../../src/package-files.ts";
import { hashText, type ReleaseFile } from "../../src/release/described-file.ts";
import { fileSet, treeDigest } from "../../src/release/file-set.ts";
import { pathBytes, pathText, unquotedPath } from "../../src/release/path-bytes.ts";
import { commit, folderWith, run } from "../settings/source.ts";

const nobody = async () => ({ code: 127, stdout: "", stderr: "git: not found" });

interface Wanted {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

function filesOf(workingDirectory: string, { include = [], exclude = [] }: Wanted = {}, git: typeof run = run) {
  return fileSet({ workingDirectory, include, exclude, run: git });
}

async function pathsOf(...args: Parameters<typeof filesOf>): Promise<readonly string[]> {
  return (await filesOf(...args)).map(({ path }) => path);
}

async function repository(files: Readonly<Record<string, string>>): Promise<string> {
  const root = folderWith(files);
  await commit(root);
  return root;
}

/** Writes a file that git does not track. */
function untracked(root: string, path: string): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), "untracked");
}

describe("a release holds", () => {
  test("what git tracks, sorted, with its kind and its hash; and nothing else", async () => {
    const root = folderWith({
      "manage.py": "#!python",
      "shop/b.py": "b",
      "shop/ä 'quoted'.py": "ä",
      ".env.example": "",
    });
    chmodSync(join(root, "manage.py"), 0o755);
    symlinkSync("shop/b.py", join(root, "current"));
    await commit(root);
    untracked(root, "secret.env");
    const files = await filesOf(root);
    expect(files.map(({ path, kind, target }) => [path, kind, target])).toEqual([
      [".env.example", "file", undefined],
      ["current", "symlink", "shop/b.py"],
      ["manage.py", "executable", undefined],
      ["shop/b.py", "file", undefined],
      ["shop/ä 'quoted'.py", "file", undefined],
    ]);
    expect(files.find(({ path }) => path === "shop/b.py")).toMatchObject({ sha256: hashText("b"), bytes: 1 });
  });

  test("files as they are in the checkout, not as they were committed", async () => {
    const root = await repository({ "a.py": "committed", "gone.py": "" });
    writeFileSync(join(root, "a.py"), "changed by the build");
    rmSync(join(root, "gone.py"));
    expect(await filesOf(root)).toMatchObject([{ path: "a.py", sha256: hashText("changed by the build") }]);
  });

  test("only what lies in the working directory, with paths from there", async () => {
    const root = await repository({ "README.md": "", "site/manage.py": "", "site/shop/a.py": "" });
    expect(await pathsOf(join(root, "site"))).toEqual(["manage.py", "shop/a.py"]);
  });

  test.each<[string, Wanted, readonly string[]]>([
    [
      "build output that is included",
      { include: ["static/built/**"] },
      ["a.py", "static/built/.vite/m.json", "static/built/app.js", "static/logo.svg"],
    ],
    [
      "a folder that is included by its name",
      { include: ["static/built"] },
      ["a.py", "static/built/.vite/m.json", "static/built/app.js", "static/logo.svg"],
    ],
    [
      "a folder that is included by its name and a slash",
      { include: ["static/built/"] },
      ["a.py", "static/built/.vite/m.json", "static/built/app.js", "static/logo.svg"],
    ],
    [
      "a file that is included",
      { include: ["static/built/app.js"] },
      ["a.py", "static/built/app.js", "static/logo.svg"],
    ],
    ["all but what is excluded, by folder", { exclude: ["static"] }, ["a.py"]],
    ["all but what is excluded, by pattern", { exclude: ["*.svg"] }, ["a.py"]],
    ["all but what is excluded, by path", { exclude: ["./static/logo.svg"] }, ["a.py"]],
    [
      "what is included, less what is excluded",
      { include: ["static/built/**"], exclude: ["**/.vite"] },
      ["a.py", "static/built/app.js", "static/logo.svg"],
    ],
  ])("%s", async (_, wanted, paths) => {
    const root = await repository({ "a.py": "", "static/logo.svg": "" });
    untracked(root, "static/built/app.js");
    untracked(root, "static/built/.vite/m.json");
    expect(await pathsOf(root, wanted)).toEqual(paths);
  });

  test.each(["fixtures", "fixtures/", "**/fixtures/**", "**/fixtures"])(
    "nothing of what %s excludes, at whatever depth, hidden or not",
    async (pattern) => {
      const root = await repository({
        "a.py": "",
        "fixtures/.env": "",
        "fixtures/a": "",
        "shop/fixtures/.hidden/b": "",
      });
      expect(await pathsOf(root, { exclude: [pattern] })).toEqual(["a.py"]);
    },
  );

  test.each([".env", ".env*", "{.env,other}", "*.env"])("no hidden file that %s excludes", async (pattern) => {
    const root = await repository({ "a.py": "", ".env": "", "shop/.env": "", ".keep": "" });
    expect(await pathsOf(root, { exclude: [pattern] })).toEqual([".keep", "a.py"]);
  });

  test("no database, cache or environment, though it be tracked or included", async () => {
    const root = await repository({
      "a.py": "",
      "db.sqlite3": "",
      "sub/db.sqlite3": "",
      "shop/__pycache__/a.pyc": "",
      ".venv/bin/python": "",
      ".github/workflows/deploy.yml": "",
      "node_modules/left-pad/index.js": "",
    });
    expect(await pathsOf(root, { include: ["**"] })).toEqual(["a.py"]);
  });

  test("the files of a submodule that was fetched; one that was not is an error with what to write", async () => {
    const library = await repository({ "lib.py": "" });
    const root = await repository({ "a.py": "" });
    const git = (...args: readonly string[]) =>
      run("git", ["-c", "protocol.file.allow=always", ...args], { cwd: root });
    await git("submodule", "add", library, "vendor/library");
    expect(await pathsOf(root)).toEqual([".gitmodules", "a.py", "vendor/library/lib.py"]);
    await git("submodule", "add", library, "vendor/absent");
    await git("submodule", "deinit", "-f", "vendor/absent");
    await expect(filesOf(root)).rejects.toMatchObject({
      code: "submodule",
      details: { message: expect.stringContaining("vendor/absent"), next: expect.stringContaining("submodules: true") },
    });
    expect(await pathsOf(root, { exclude: ["vendor/absent"] })).toEqual([
      ".gitmodules",
      "a.py",
      "vendor/library/lib.py",
    ]);
  });

  test("no pointer of Git LFS: they are named, with what to write", async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 12345\n`;
    const root = await repository({
      "a.py": "",
      "docs/lfs.md": `A pointer:\n${pointer}`,
      "hero.jpg": pointer,
      "logo.png": pointer,
    });
    await expect(filesOf(root)).rejects.toMatchObject({
      code: "lfs",
      details: {
        message: expect.stringMatching(/pointers instead of files: hero.jpg, logo.png$/),
        next: expect.stringContaining("lfs: true"),
      },
    });
    expect(await pathsOf(root, { exclude: ["*.jpg", "*.png"] })).toEqual(["a.py", "docs/lfs.md"]);
  });

  test("names of any bytes but a line break", async () => {
    const root = await repository({ "a.py": "" });
    const names = [
      Buffer.from("caf\xe9.txt", "latin1"),
      Buffer.from("back\\slash.py"),
      Buffer.from("car\rriage.py"),
      Buffer.from('quo"te.py'),
      Buffer.from("ä \u2028.py"),
    ];
    for (const name of names) writeFileSync(Buffer.concat([Buffer.from(`${root}/`), name]), name);
    await commit(root);
    const files = await filesOf(root);
    expect(files.map(({ path }) => pathBytes(path).toString("latin1")).toSorted()).toEqual(
      ["a.py", ...names.map((name) => name.toString("latin1"))].toSorted(),
    );
    const latin = files.find(({ path }) => path.startsWith("caf"));
    expect(latin).toMatchObject({ path: "caf\udce9.txt", bytes: 8 });
    expect(JSON.stringify(latin?.path)).toBe('"caf\\udce9.txt"');
    expect(treeDigest(files)).not.toBe(
      treeDigest(files.map((file) => (file === latin ? { ...file, path: "caf\udce8.txt" } : file))),
    );
    rmSync(join(root, ".git"), { recursive: true });
    expect((await filesOf(root)).map(({ path }) => path)).toEqual(files.map(({ path }) => path));
  });

  test("what lies there, where it is no repository", async () => {
    const root = folderWith({ "a.py": "", "shop/b.py": "", "shop/__pycache__/b.pyc": "", ".env": "SECRET=1" });
    expect(await pathsOf(root)).toEqual(["a.py", "shop/b.py"]);
    expect(await pathsOf(root, {}, nobody)).toEqual(["a.py", "shop/b.py"]);
  });

  test("nothing, rather than all that lies there, where git refuses to list a repository", async () => {
    const root = await repository({ "a.py": "", "site/b.py": "" });
    untracked(root, "secret.txt");
    const refusing = async () => ({
      code: 128,
      stdout: "",
      stderr: "fatal: detected dubious ownership in repository\n\nTo add",
    });
    const refused = {
      code: "git",
      message: expect.stringContaining("fatal: detected dubious ownership in repository"),
    };
    await expect(filesOf(root, {}, refusing)).rejects.toMatchObject(refused);
    await expect(filesOf(join(root, "site"), {}, refusing)).rejects.toMatchObject(refused);
  });

  test("thousands of files without running out of open files", async () => {
    const root = folderWith(
      Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`data/${index}.json`, "{}"])),
    );
    const script = `import { fileSet } from ${JSON.stringify(join(packageRoot, "src/release/file-set.ts"))};
const run = async () => ({ code: 127, stdout: "", stderr: "" });
const files = await fileSet({ workingDirectory: ${JSON.stringify(root)}, include: [], exclude: [], run });
console.log(files.length);`;
    const limited = ["-c", 'ulimit -n 128; exec "$0" --input-type=module -e "$1"', process.execPath, script];
    expect(await run("/bin/sh", limited, { cwd: root })).toMatchObject({ code: 0, stdout: "2000\n" });
  });
});

describe("a file that cannot be part of a release is refused by name", () => {
  test.each([["line\nbreak.py", /line\\nbreak.*line break/]])("%j", async (name, what) => {
    const root = await repository({ [name]: "" });
    await expect(filesOf(root)).rejects.toMatchObject({ code: "unfit-file", message: expect.stringMatching(what) });
    expect(await pathsOf(root, { exclude: ["*"] })).toEqual([]);
  });

  test.each([
    ["/etc/passwd", "link"],
    ["../outside", "link"],
    ["../../outside", "sub/link"],
    ["sub/../../outside", "link"],
  ])("a link to %s at %s", async (target, name) => {
    const root = folderWith({ "sub/a.py": "" });
    symlinkSync(target, join(root, name));
    await commit(root);
    await expect(filesOf(root)).rejects.toMatchObject({ code: "unfit-file", details: { file: name } });
    expect(await pathsOf(root, { exclude: [name] })).toEqual(["sub/a.py"]);
  });

  test("a link that leads outside by way of another one", async () => {
    const root = folderWith({ "a/b/c/x.py": "" });
    symlinkSync("../../..", join(root, "a/b/c/d"));
    symlinkSync("a/b/c/d/../environment/site.env", join(root, "link"));
    await commit(root);
    await expect(filesOf(root)).rejects.toMatchObject({ code: "unfit-file", details: { file: "link" } });
    expect(await pathsOf(root, { exclude: ["link"] })).toEqual(["a/b/c/d", "a/b/c/x.py"]);
  });

  test("what lies behind a link to a folder, tracked or included", async () => {
    const outside = folderWith({ "secret.env": "x", "deep/secret.env": "x" });
    const root = await repository({ "a.py": "", "shop/secret.env": "" });
    rmSync(join(root, "shop"), { recursive: true });
    symlinkSync(outside, join(root, "shop"));
    await expect(filesOf(root)).rejects.toMatchObject({ code: "unfit-file", details: { file: "shop/secret.env" } });
    const exclude = ["shop/secret.env"];
    for (const include of ["shop/deep", "shop/deep/secret.env", "shop/deep/*"])
      await expect(filesOf(root, { include: [include], exclude })).rejects.toMatchObject({ code: "unfit-file" });
    for (const include of ["../*/secret.env", "./shop/../../x", ".."])
      await expect(filesOf(root, { include: [include], exclude })).rejects.toMatchObject({ code: "settings" });
  });

  test.each([
    ["../a.py", "sub/link"],
    ["..not-a-parent", "link"],
    [".", "link"],
    ["sub", "link"],
    ["nowhere", "link"],
  ])("but not a link to %s at %s", async (target, name) => {
    const root = folderWith({ "a.py": "", "sub/b.py": "" });
    symlinkSync(target, join(root, name));
    await commit(root);
    expect(await filesOf(root)).toContainEqual(expect.objectContaining({ path: name, kind: "symlink", target }));
  });
});

describe("include", () => {
  async function built(...paths: readonly string[]): Promise<string> {
    const root = await repository({ "a.py": "" });
    for (const path of paths) untracked(root, path);
    return root;
  }

  test("an entry that names what is never taken wins, and for no more than it names", async () => {
    const root = await built(
      "node_modules/bootstrap/dist/b.css",
      "node_modules/bootstrap/dist/node_modules/x/x.js",
      "node_modules/bootstrap/src/b.scss",
      "node_modules/other/o.js",
      ".github/a",
    );
    const css = ["a.py", "node_modules/bootstrap/dist/b.css"];
    expect(await pathsOf(root, { include: ["node_modules/bootstrap/dist"] })).toEqual(css);
    expect(await pathsOf(root, { include: ["node_modules/*/dist/**"] })).toEqual(css);
    expect(await pathsOf(root, { include: ["./node_modules/bootstrap/dist/b.css"] })).toEqual(css);
    expect(await pathsOf(root, { include: ["node_modules/bootstrap/dist"], exclude: ["*.css"] })).toEqual(["a.py"]);
  });

  test("a folder brings nothing that tools leave in it, at whatever depth", async () => {
    const root = await built(
      "frontend/app.js",
      "frontend/.hidden",
      "frontend/node_modules/x/x.js",
      "frontend/sub/venv/bin/python",
      "frontend/own-env/pyvenv.cfg",
      "frontend/own-env/lib/x.py",
      "frontend/db.sqlite3",
      "frontend/sub/.git/config",
      "frontend/x.pyc",
    );
    const taken = ["a.py", "frontend/.hidden", "frontend/app.js"];
    expect(await pathsOf(root, { include: ["frontend"] })).toEqual(taken);
    expect(await pathsOf(root, { include: ["frontend/**"] })).toEqual(taken);
    rmSync(join(root, ".git"), { recursive: true });
    expect(await pathsOf(root)).toEqual(["a.py", "frontend/app.js"]);
  });

  test.each<[string, string | undefined]>([
    ["assets/dits", '"assets" holds dist.'],
    ["asets/dist", 'Did you mean "assets/dist"?'],
    ["assets/dist/ap.js", 'Did you mean "assets/dist/app.js"?'],
    ["assets/*.map", '"assets" holds dist.'],
    ["nowhere", undefined],
    [".git", undefined],
  ])("%s, which names no file, is an error with the nearest path", async (entry, meant) => {
    const root = await built("assets/dist/app.js");
    const thrown = await filesOf(root, { include: [entry, "assets"] }).catch((error) => error);
    expect(thrown.problems).toEqual([
      {
        where: "include",
        what: `"${entry}" names no file`,
        next: `${meant === undefined ? "" : `${meant} `}A build must make its files before this step. Paths are relative to the working directory.`,
      },
    ]);
  });
});

test("include: a folder that holds only node_modules is not missing", async () => {
  const root = await repository({ "a.py": "", ".gitignore": "node_modules\n", "frontend/node_modules/x.js": "" });
  const thrown = await filesOf(root, { include: ["frontend"] }).catch((error) => error);
  expect(thrown.problems).toMatchObject([
    { where: "include", next: expect.stringContaining("frontend/node_modules/") },
  ]);
});

describe("the digest of a tree", () => {
  const file = fc.record({
    path: fc.string({ unit: fc.constantFrom("a", "b", "/", " "), minLength: 1, maxLength: 4 }),
    kind: fc.constantFrom<ReleaseFile["kind"]>("file", "executable", "symlink"),
    sha256: fc.constantFrom(hashText("1"), hashText("2")),
  });
  const tree = fc.uniqueArray(file, { selector: ({ path }) => path, maxLength: 4 });
  const told = (files: readonly object[]) => files.map((one) => JSON.stringify(Object.entries(one).sort())).sort();

  test("is the same exactly when paths, kinds and contents are, in whatever order they come", () => {
    fc.assert(
      fc.property(tree, tree, (one, other) => {
        expect(treeDigest(one) === treeDigest(other)).toBe(told(one).join() === told(other).join());
        expect(treeDigest(one.toReversed())).toBe(treeDigest(one));
      }),
    );
  });
});

test("every name of bytes has a text of its own", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      expect([...pathBytes(pathText(bytes))]).toEqual([...bytes]);
    }),
  );
  expect(unquotedPath('"a\\tb\\303\\244\\351\\\\\\""')).toBe('a\tbä\udce9\\"');
});
