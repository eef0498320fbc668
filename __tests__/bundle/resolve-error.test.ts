// The words of uv and pip, and the error that a reader gets for them. The texts are what uv 0.13 printed.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { limitIn } from "../../src/bundle/python-limits.ts";
import { parseRequirementFile } from "../../src/bundle/requirement-files.ts";
import { resolveError } from "../../src/bundle/resolve-error.ts";
import { type LocalIndex, localIndex } from "./local-index.ts";
import { build, failure, trixie, type Workbench, workbench } from "./workbench.ts";

const timeout = 180_000;

describe("packages that no Linux server can install", () => {
  const text = "six\npywin32==306\npkg_resources==0.0.0\n";
  const { lines } = parseRequirementFile(text, "requirements.txt", "requirement");
  const noWheel = `error: No solution found when resolving dependencies
  cause: Because pywin32==306 has no wheels with a matching Python ABI tag (e.g., \`cp313\`) and you require pywin32==306, we can conclude that your requirements are unsatisfiable.

hint: You require CPython 3.13 (\`cp313\`), but we only found wheels for \`pywin32\` (v306) with the following Python ABI tags: \`cp37m\`, \`cp312\``;
  const noPackage = `error: No solution found when resolving dependencies
  cause: Because pkg-resources was not found in the package registry and you require pkg-resources==0.0.0, we can conclude that your requirements are unsatisfiable.`;

  test.each([
    [noWheel, 2],
    [noPackage, 3],
  ])("%#", (output, line) => {
    const files = { kind: "files", paths: ["requirements.txt"] } as const;
    expect(resolveError({ output, lines, python: trixie, requirements: files })).toMatchObject({
      code: "requirement-foreign",
      details: { file: "requirements.txt", line, next: "Delete the line." },
    });
  });

  test("in a lock, the dependency needs a marker", () => {
    const lock = { kind: "lock", format: "poetry", path: "poetry.lock" } as const;
    const error = resolveError({ output: noWheel, lines: [], python: trixie, requirements: lock });
    expect(error).toMatchObject({ code: "requirement-foreign", details: { file: "poetry.lock" } });
    expect(error.details.next).toContain('pywin32 ; sys_platform == "win32"');
  });

  test("another package without a wheel is no such package", () => {
    const output = noWheel.replaceAll("pywin32", "numpy");
    const files = { kind: "files", paths: ["requirements.txt"] } as const;
    expect(resolveError({ output, lines, python: trixie, requirements: files }).code).not.toBe("requirement-foreign");
  });
});

describe("what uv says of the other requirements", () => {
  const files = { kind: "files", paths: ["requirements.txt"] } as const;
  const told = (output: string, ...names: readonly string[]) => {
    const { lines } = parseRequirementFile(names.join("\n"), "requirements.txt", "requirement");
    return resolveError({ output, lines, python: trixie, requirements: files });
  };

  test("a folder of the project that needs older tools, which uv does not name", () => {
    const output =
      "error: The build backend returned an error\n  cause: Call to `setuptools.build_meta:__legacy__.get_requires_for_build_wheel` failed (exit status: 1)\n\n[stderr]\nerror in old setup command: use_2to3 is invalid.";
    const error = told(output, "Django==5.2", "./vendor/old");
    expect(error).toMatchObject({ code: "build-failed", details: { file: "requirements.txt", line: 2 } });
    expect(error.message).toContain("./vendor/old");
    expect(error.details.next).toContain('build-constraints = ["setuptools<58"]');
    expect(told(output, "./a", "./b").message).not.toContain("./a");
  });

  test("a folder that only-binary forbids to build", () => {
    const error = told("error: Building source distributions is disabled", "Django==5.2", "./vendor/old");
    expect(error).toMatchObject({ code: "build-forbidden", details: { file: "requirements.txt", line: 2 } });
    expect(error.message).toContain("only-binary");
  });

  test("a path above the working directory has its line", () => {
    const output = "error: Distribution not found at: file:///home/runner/work/lib/core";
    expect(told(output, "Django==5.2", "-e ../lib/core")).toMatchObject({
      code: "requirement-file",
      details: { file: "requirements.txt", line: 2 },
    });
  });

  test("two requirements that exclude each other are both named, in one sentence", () => {
    const output =
      "error: No solution found when resolving dependencies\n  cause: Because django==5.2.8 depends on asgiref>=3.8.1 and you require django==5.2.8, we can conclude that you require asgiref>=3.8.1.\n         And because you require asgiref==3.2.0, we can conclude that your requirements are unsatisfiable.";
    const error = told(output, "Django==5.2.8", "asgiref==3.2.0");
    expect(error).toMatchObject({ code: "requirement-conflict", details: { line: 2 } });
    expect(error.message).toMatch(/django==5\.2\.8 .*asgiref>=3\.8\.1.*asgiref==3\.2\.0/);
    expect(error.message).not.toContain("we can conclude");
  });
});

describe("a line that uv cannot use", () => {
  const files = { kind: "files", paths: ["requirements.txt"] } as const;
  const told = (output: string, ...names: readonly string[]) => {
    const { lines } = parseRequirementFile(names.join("\n"), "requirements.txt", "requirement");
    return resolveError({ output, lines, python: trixie, requirements: files });
  };

  test("one equals sign: the right line is shown", () => {
    const output =
      'error: Couldn\'t parse requirement in `requirements.txt` at position 12\n  cause: no such comparison operator "=", must be one of ~= == != <= >= < > ===\ndjango-filter=24.1\n             ^^^^^';
    const error = told(output, "Django==5.2", "django-filter=24.1");
    expect(error).toMatchObject({ code: "requirement-syntax", details: { file: "requirements.txt", line: 2 } });
    expect(error.details.next).toContain("django-filter==24.1");
  });

  test("a path that does not exist is not a folder without a package", () => {
    const lines = ["Django==5.2", "./lib/core"];
    const missing = told("error: Distribution not found at: file:///tmp/p/lib/core", ...lines);
    const empty = told(
      "error: /tmp/p/lib/core does not appear to be a Python project, as neither `pyproject.toml` nor `setup.py` are present in the directory",
      ...lines,
    );
    for (const error of [missing, empty]) {
      expect(error).toMatchObject({ code: "requirement-file", details: { file: "requirements.txt", line: 2 } });
      expect(error.message).not.toContain("/tmp");
    }
    expect(missing.details.next).not.toContain("setup.py");
    expect(empty.details.next).toContain("setup.py");
  });
});

test("the limit of a version among those that pip passes over", () => {
  const said =
    "ERROR: Ignored the following versions that require a different python version: 1.21.2 Requires-Python >=3.7,<3.11; 1.26.0 Requires-Python <3.13,>=3.9\nERROR: Could not find a version";
  expect(limitIn(said, "1.26.0")).toBe("<3.13,>=3.9");
  expect(limitIn(said, "1.21.2")).toBe(">=3.7,<3.11");
  expect(limitIn(said, "1.21.0")).toBeUndefined();
});

describe("with local indexes", () => {
  let bench: Workbench;
  let first: LocalIndex;
  let second: LocalIndex;
  const broken = { "setup.py": "raise SystemExit('error: something else is to blame')" };
  beforeAll(async () => {
    bench = await workbench();
    first = await localIndex({
      packages: [
        { name: "wovenshop", version: "1.0" },
        { name: "wovenold", version: "1.0", requiresPython: "<3.9" },
        { name: "django", version: "3.0.14" },
        { name: "wovensource", version: "1.0", requiresPython: ">=3.6,<3.10", source: broken },
      ],
    });
    second = await localIndex({ packages: [{ name: "wovenshop", version: "2.0" }] });
  }, timeout);
  afterAll(async () => {
    for (const one of [first, second, bench]) await one[Symbol.asyncDispose]();
  });
  const list = (...names: readonly string[]) => ({
    "requirements.txt": [`--extra-index-url ${first.url}`, `--extra-index-url ${second.url}`, ...names, ""].join("\n"),
  });

  test("a version that only the second index has: the error names the strategy, which helps", { timeout }, async () => {
    const files = list("wovenshop==2.0");
    const error = await failure(bench, { files });
    expect(error).toMatchObject({ code: "requirement-version", details: { file: "requirements.txt", line: 3 } });
    expect(error.message).toContain(first.url);
    const [, strategy = ""] = /UV_INDEX_STRATEGY: ([\w-]+)/.exec(error.details.next ?? "") ?? [];
    const context = { ...bench.context, env: { ...process.env, UV_INDEX_STRATEGY: strategy } };
    expect((await build(bench, { files, context })).packages).toEqual([{ name: "wovenshop", version: "2.0" }]);
  });

  test("a Django without a fixed version that cannot start is known once it is resolved", { timeout }, async () => {
    const error = await failure(bench, { files: list("Django>=3,<3.1") });
    expect(error).toMatchObject({ code: "settings", details: { file: "requirements.txt", line: 3 } });
  });

  test.each(["wovenold", "wovensource"])(
    "%s needs an older Python: it is named, with its limit",
    { timeout },
    async (name) => {
      const error = await failure(bench, { files: list("six", `${name}==1.0`) });
      expect(error).toMatchObject({ code: "requirement-python", details: { file: "requirements.txt", line: 4 } });
      expect(error.message).toMatch(new RegExp(`${name} 1\\.0.*${name === "wovenold" ? "<3\\.9" : "<3\\.10"}`));
      expect(error.details.next).toContain(name === "wovenold" ? "3.8" : "3.9");
    },
  );
});
