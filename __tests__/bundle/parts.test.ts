// The parts that need neither network nor programs.
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { newestGlibc, readElf } from "../../src/bundle/elf.ts";
import { indexesOf, parsePipConfig, uvIndexVariables } from "../../src/bundle/indexes.ts";
import { gitBranches } from "../../src/bundle/key.ts";
import { lockLines } from "../../src/bundle/lock-lines.ts";
import { localPathOf, parseRequirementFile } from "../../src/bundle/requirement-files.ts";
import { uvPlatform } from "../../src/bundle/resolve.ts";
import { isPure, misfit, parseWheelName, platformTags } from "../../src/bundle/wheel-tags.ts";
import { bookworm, trixie } from "./workbench.ts";

describe("wheel names", () => {
  test.each([
    ["Django-5.2-py3-none-any.whl", undefined],
    ["docopt-0.6.2-py2.py3-none-any.whl", undefined],
    ["pillow-11.0.0-cp313-cp313-manylinux_2_28_x86_64.whl", undefined],
    ["x-1-1build-cp310-abi3-manylinux2014_x86_64.whl", undefined],
    ["x-1-cp313-cp313-linux_x86_64.whl", undefined],
    ["x-1-cp312-cp312-manylinux_2_28_x86_64.whl", "python"],
    ["x-1-cp314-abi3-manylinux_2_28_x86_64.whl", "python"],
    ["x-1-py2-none-any.whl", "python"],
    ["x-1-cp313-cp313t-manylinux_2_28_x86_64.whl", "python"],
    ["x-1-pp310-pypy310_pp73-manylinux_2_28_x86_64.whl", "python"],
    ["x-1-cp313-cp313-manylinux_2_42_x86_64.whl", "platform"],
    ["x-1-cp313-cp313-musllinux_1_2_x86_64.whl", "platform"],
    ["x-1-cp313-cp313-manylinux_2_28_aarch64.whl", "platform"],
    ["x-1-cp313-cp313-macosx_11_0_arm64.whl", "platform"],
  ])("%s on Debian 13: %s", (file, expected) => {
    const wheel = parseWheelName(file);
    expect(wheel && misfit(wheel, trixie)).toBe(expected);
    expect(wheel).toBeDefined();
  });

  test.each(["x-1-py3-none-any.zip", "../x-1-py3-none-any.whl", "x.whl", "x-1-py3-none-a/b.whl"])(
    "%s is none",
    (file) => {
      expect(parseWheelName(file)).toBeUndefined();
    },
  );

  test("names have one spelling", () => {
    expect(parseWheelName("Zope_Interface.X-1.0-py3-none-any.whl")).toMatchObject({
      name: "zope-interface-x",
      version: "1.0",
    });
  });

  test("a pure wheel holds no compiled code", () => {
    expect(
      ["x-1-py3-none-any.whl", "x-1-py3-none-linux_x86_64.whl"].map((file) =>
        isPure(parseWheelName(file) ?? expect.fail()),
      ),
    ).toEqual([true, false]);
  });

  test("a node's platforms go from its own glibc down", () => {
    const tags = platformTags(bookworm);
    expect([tags[0], tags.at(-1)]).toEqual(["manylinux_2_36_x86_64", "linux_x86_64"]);
    expect(platformTags({ ...bookworm, machine: "aarch64" })).not.toContain("manylinux1_aarch64");
  });

  test.each([
    ["2.41", "x86_64-manylinux_2_40"],
    ["2.36", "x86_64-manylinux_2_36"],
    ["2.30", "x86_64-manylinux_2_28"],
    ["2.5", "x86_64-manylinux_2_17"],
  ])("uv resolves for glibc %s as for %s", (glibc, platform) => {
    expect(uvPlatform({ ...trixie, glibc })).toBe(platform);
  });
});

describe("compiled files", () => {
  test("the glibc, machine and libraries of a real one", async () => {
    const elf = readElf(await readFile(process.execPath));
    // The same fact from elsewhere: the versions that stand as text in the file.
    const text = (await readFile(process.execPath)).toString("latin1").match(/\0GLIBC_2\.\d+(?=\0)/g) ?? [];
    expect(elf?.glibc).toMatch(/^2\.\d+$/);
    expect(text).toContain(`\0GLIBC_${elf?.glibc}`);
    expect(elf?.machine).toBe(process.arch === "arm64" ? "aarch64" : "x86_64");
    expect(elf?.libraries).toContain("libc.so.6");
  });

  test("another machine's is told by its header", async () => {
    const bytes = Buffer.from(await readFile(process.execPath));
    bytes.writeUInt16LE(183, 18);
    expect(readElf(bytes)?.machine).toBe("aarch64");
  });

  test.each([[Buffer.from("")], [Buffer.from("#!/bin/sh\n".padEnd(100))], [Buffer.alloc(200)]])(
    "%#: what is no ELF file is none",
    (bytes) => {
      expect(readElf(bytes)).toBeUndefined();
    },
  );

  test("versions are compared as numbers, and other libraries' are passed over", () => {
    expect(newestGlibc(["GLIBC_2.9", "GLIBC_2.34", "GLIBC_2.4.1", "GLIBCXX_3.4.99", "CXXABI_1.3"])).toBe("2.34");
    expect(newestGlibc(["GLIBC_PRIVATE"])).toBeUndefined();
  });
});

describe("requirement files", () => {
  test("comments, continuations, hashes, extras and URLs", () => {
    const hash = "a".repeat(64);
    const text = `# head\nDjango[argon2]==5.2 \\\n    --hash=sha256:${hash} # why\n\n--index-url https://x/simple\nown @ git+https://h/x.git@main#egg=own\n./libs/a b # c\n`;
    expect(parseRequirementFile(text, "r.txt", "requirement").lines).toEqual([
      {
        file: "r.txt",
        line: 2,
        kind: "requirement",
        text: "Django[argon2]==5.2",
        name: "django",
        hashes: [`sha256:${hash}`],
      },
      {
        file: "r.txt",
        line: 6,
        kind: "requirement",
        text: "own @ git+https://h/x.git@main#egg=own",
        name: "own",
        hashes: [],
      },
      { file: "r.txt", line: 7, kind: "requirement", text: "./libs/a b", hashes: [] },
    ]);
  });

  test.each([
    "-r base.txt",
    "-rbase.txt",
    "--requirement base.txt",
    "--requirement=base.txt",
    "-c base.txt",
    "--constraint=base.txt",
  ])("%s includes", (line) => {
    const [include] = parseRequirementFile(line, "requirements/prod.txt", "requirement").includes;
    expect(include).toMatchObject({
      path: "requirements/base.txt",
      kind: line.startsWith("-c") || line.startsWith("--c") ? "constraint" : "requirement",
    });
  });

  test.each([
    ["-e .", "."],
    ["-e ./libs/a[x]", "./libs/a"],
    ["../a", "../a"],
    ["a @ file:///srv/a", "/srv/a"],
    ["a @ ./libs/a ; python_version > '3'", "./libs/a"],
    ["wheels/a-1-py3-none-any.whl", "wheels/a-1-py3-none-any.whl"],
    ["django==5.2", undefined],
    ["a @ https://h/a.tar.gz", undefined],
    ["git+https://h/a.git", undefined],
  ])("%s lies at %s", (text, path) => {
    expect(localPathOf(text)).toBe(path);
  });
});

test.each([
  ["a @ git+https://h/x.git@main", "https://h/x.git", "main"],
  ["a @ git+https://h/x.git@feature/y#subdirectory=z", "https://h/x.git", "feature/y"],
  ["-e git+ssh://git@h/x.git@v1#egg=x", "ssh://git@h/x.git", "v1"],
  ["git+ssh://git@h/x.git", "ssh://git@h/x.git", "HEAD"],
  [`a @ git+https://h/x.git@${"0".repeat(40)}`, undefined, undefined],
  ["django==5.2", undefined, undefined],
])("%s follows %s at %s", (text, url, ref) => {
  const { lines } = parseRequirementFile(text, "r.txt", "requirement");
  expect(gitBranches(lines)).toEqual(url ? [{ url, ref }] : []);
});

describe("locks", () => {
  const hash = "b".repeat(64);

  test("poetry.lock: main packages with markers and hashes, git at its commit", () => {
    const text = `[[package]]\nname = "django"\nversion = "5.2"\ngroups = ["main", "dev"]\nmarkers = "python_version >= \\"3.10\\""\nfiles = [{file = "x", hash = "sha256:${hash}"}]\n[[package]]\nname = "pytest"\nversion = "8"\ngroups = ["dev"]\n[[package]]\nname = "own"\nversion = "1"\ngroups = ["main"]\n[package.source]\ntype = "git"\nurl = "https://h/own.git"\nreference = "main"\nresolved_reference = "${"c".repeat(40)}"\n[[package]]\nname = "extra"\nversion = "1"\noptional = true\ngroups = ["main"]\n[metadata]\nlock-version = "2.1"\n`;
    expect(lockLines("poetry", text, "poetry.lock")).toEqual([
      `django==5.2 ; python_version >= "3.10" --hash=sha256:${hash}`,
      `own @ git+https://h/own.git@${"c".repeat(40)}`,
    ]);
  });

  test("an old poetry.lock does not tell production from the rest: an error with the way out", () => {
    const text = '[[package]]\nname = "django"\nversion = "5.2"\n[metadata]\nlock-version = "2.0"\n';
    expect(() => lockLines("poetry", text, "poetry.lock")).toThrow(
      expect.objectContaining({
        code: "lock-format",
        details: expect.objectContaining({ file: "poetry.lock", next: expect.stringContaining("poetry lock") }),
      }),
    );
  });

  test("pdm.lock: the default group, entries of extras left out", () => {
    const text = `[metadata]\nlock_version = "4.5.0"\n[[package]]\nname = "django"\nversion = "5.2"\ngroups = ["default"]\nfiles = [{file = "x", hash = "sha256:${hash}"}]\n[[package]]\nname = "django"\nversion = "5.2"\nextras = ["argon2"]\ngroups = ["default"]\n[[package]]\nname = "pytest"\nversion = "8"\ngroups = ["dev"]\n`;
    expect(lockLines("pdm", text, "pdm.lock")).toEqual([`django==5.2 --hash=sha256:${hash}`]);
  });

  test("pylock.toml: folders, archives, and groups as a plain install takes them", () => {
    const text = `lock-version = "1.0"\ncreated-by = "x"\ndefault-groups = ["prod"]\n[[packages]]\nname = "a"\nversion = "1"\nmarker = "'dev' in dependency_groups"\n[[packages]]\nname = "b"\nversion = "2"\nmarker = "'prod' in dependency_groups"\n[[packages]]\nname = "own"\ndirectory = { path = "libs/own" }\n[[packages]]\nname = "c"\nversion = "3"\narchive = { url = "https://h/c-3.tar.gz", hashes = { sha256 = "${hash}" } }\n`;
    expect(lockLines("pylock", text, "pylock.toml")).toEqual([
      "a==1 ; python_version < '3'",
      "b==2 ; python_version >= '3'",
      "./libs/own",
      `c @ https://h/c-3.tar.gz --hash=sha256:${hash}`,
    ]);
  });

  test("what is no lock is an error that names the file", () => {
    expect(() => lockLines("pylock", "nonsense [", "pylock.toml")).toThrow(/pylock\.toml cannot be read/);
  });
});

describe("indexes", () => {
  test("pip.conf and PIP_* reach uv, the environment winning", () => {
    const file = parsePipConfig(
      "[global]\nindex-url = https://a/simple\nextra-index-url =\n    https://b/simple\n    https://c/simple\n; note\n[list]\nindex-url = no\n[install]\ntrusted_host: b\n",
    );
    const indexes = indexesOf([file, new Map([["index-url", "https://d/simple"]])]);
    expect(uvIndexVariables(indexes, {})).toEqual({
      UV_DEFAULT_INDEX: "https://d/simple",
      UV_INDEX: "https://b/simple https://c/simple",
      UV_INSECURE_HOST: "b",
    });
  });

  test("uv's own variables are left to uv", () => {
    expect(
      uvIndexVariables(
        indexesOf([
          new Map([
            ["index-url", "https://a"],
            ["extra-index-url", "https://b"],
          ]),
        ]),
        { UV_DEFAULT_INDEX: "https://u", UV_INDEX: "https://v" },
      ),
    ).toEqual({});
  });
});
