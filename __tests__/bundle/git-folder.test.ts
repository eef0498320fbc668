// The copy of a project that a build gets: its history is there, the logins in .git are not.
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildBundle } from "../../src/bundle/bundle.ts";
import { copyGit, gitConfigs, withoutLogins } from "../../src/bundle/git-folder.ts";
import { trixie, trust, type Workbench, workbench } from "./workbench.ts";

const timeout = 180_000;
const secret = "AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46Z2hzX3NlY3JldA==";

function git(cwd: string, ...args: readonly string[]): string {
  const who = ["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"];
  return execFileSync("git", [...who, ...args], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}

/** A checkout as actions/checkout leaves it, with the tag v1.4.2. */
function checkout(folder: string): void {
  git(folder, "init");
  git(folder, "add", "-A");
  git(folder, "commit", "-m", "first");
  git(folder, "tag", "v1.4.2");
  git(folder, "remote", "add", "origin", "https://bot:s3cret@example.com/acme/shop.git");
  git(folder, "config", "http.https://example.com/.extraheader", secret);
  git(folder, "config", "credential.helper", "store --file=/srv/s3cret");
}

test("only what reading the history needs is left of a configuration, without logins", () => {
  const config = `[core]\n\trepositoryformatversion = 1\n\tsshCommand = ssh -i s3cret\n\tfsmonitor = evil\n[extensions] objectFormat = sha256\n[remote "origin"]\n\turl = https://bot:s3cret@example.com/x.git\n\tproxy = http://bot:s3cret@proxy\n[url "https://bot:s3cret@example.com/"]\n\tinsteadOf = https://example.com/\n[http "https://example.com/"]\n\textraheader = s3cret \\\ns3cret\n[includeIf "gitdir:/x"]\n\tpath = /s3cret\n[branch "a.b"]\n\tmerge = refs/heads/a.b\n`;
  expect(withoutLogins(config)).toBe(
    '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n[remote "origin"]\n\turl = https://example.com/x.git\n[branch "a.b"]\n\tmerge = refs/heads/a.b\n',
  );
});

test("no login is left, however the lines are broken", () => {
  const parts = [
    ...[
      '[remote "origin"]',
      '[remote "https://bot:s3cret@h/x"] ',
      '[http "https://s3cret@h/"]\n',
      "[core]",
      '[branch "a"]',
    ],
    ...[
      "url = ",
      "URL=",
      "merge = ",
      "fetch = ",
      '"',
      "https://bot:s3cret@h/x",
      "https://s3cret@h",
      "ssh://a:s3cret@h:2/x",
    ],
    ...[
      "\nextraheader = basic s3cret\n",
      "\n\tsshCommand = ssh -i s3cret\n",
      "\\\n",
      "\n",
      "\r\n",
      " ",
      "\t",
      "# ",
      "; ",
    ],
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 30 }), (chosen) => {
      expect(withoutLogins(chosen.join(""))).not.toContain("s3cret");
    }),
    { numRuns: 2000 },
  );
});

describe("with real repositories", () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await workbench();
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  test("a worktree, whose .git is a file, is copied with its own HEAD", async () => {
    const main = await bench.project({ a: "1" });
    checkout(main);
    const beside = join(await bench.project({}), "beside");
    git(main, "worktree", "add", "-b", "other", beside);
    await writeFile(join(beside, "a"), "2");
    git(beside, "commit", "-am", "second");
    const copy = await bench.project({ a: "2" });
    await copyGit(beside, copy);
    expect(git(copy, "describe", "--tags")).toMatch(/^v1\.4\.2-1-g/);
    expect(git(copy, "status", "--porcelain")).toBe("");
    expect(await gitConfigs(beside)).toContain(join(main, ".git/config"));
  });

  test("a submodule is a repository of its own in the copy", async () => {
    const inner = await bench.project({ b: "1" });
    checkout(inner);
    const outer = await bench.project({ a: "1" });
    checkout(outer);
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", inner, "deep/inner");
    git(join(outer, "deep/inner"), "config", "http.extraheader", secret);
    const copy = await bench.project({});
    await copyGit(join(outer, "deep/inner"), copy);
    expect(git(copy, "describe", "--tags")).toBe("v1.4.2");
    expect(await readFile(join(copy, ".git/config"), "utf8")).not.toContain("AUTHORIZATION");
    expect(await gitConfigs(outer)).toContain(join(outer, ".git/modules/deep/inner/config"));
  });

  test.each([
    ["setuptools.build_meta", "setuptools-scm", "[tool.setuptools]\npy-modules = []\n[tool.setuptools_scm]\n"],
    [
      "hatchling.build",
      "hatch-vcs",
      '[tool.hatch.version]\nsource = "vcs"\n[tool.hatch.build.targets.wheel]\npackages = ["shop"]\n',
    ],
  ])("%s with %s finds its version, and no login", { timeout }, async (backend, plugin, tables) => {
    const [own = ""] = backend.split(".");
    // The backend looks for the login itself, before it hands over.
    const wrapper = [
      "import os",
      `from ${backend} import *`,
      `import ${backend} as real`,
      "def build_wheel(*given):",
      "    for folder, _, files in os.walk('.git'):",
      "        for file in files:",
      "            text = open(os.path.join(folder, file), 'rb').read()",
      "            assert b'AUTHORIZATION' not in text and b's3cret' not in text, folder + '/' + file",
      "    assert os.path.exists('.git/HEAD')",
      "    return real.build_wheel(*given)",
    ].join("\n");
    const workingDirectory = await bench.project({
      "requirements.txt": ".\n",
      "pyproject.toml": `[project]\nname = "shop"\ndynamic = ["version"]\n[build-system]\nrequires = ["${own}", "${plugin}"]\nbuild-backend = "wrapper"\nbackend-path = ["."]\n${tables}`,
      "wrapper.py": wrapper,
      "shop/__init__.py": "",
    });
    checkout(workingDirectory);
    const requirements = { kind: "files", paths: ["requirements.txt"] } as const;
    const bundle = await buildBundle({ requirements, python: trixie, context: bench.context, trust, workingDirectory });
    expect(bundle.packages).toEqual([{ name: "shop", version: "1.4.2" }]);
    expect(await readFile(join(workingDirectory, ".git/config"), "utf8")).toContain("AUTHORIZATION");
  });
});
