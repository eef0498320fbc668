// The server's program comes with the bundle, unless the project requires it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requires } from "../../src/bundle/added-wheels.ts";
import { parseRequirementFile } from "../../src/bundle/requirement-files.ts";
import { type Program, packagesWith, programWheels, wheelsOf } from "../../src/servers/program-wheels.ts";
import type { Requirements } from "../../src/settings/settings.ts";
import { bookworm, build, failure, trixie, type Workbench, workbench } from "./workbench.ts";

const files: Requirements = { kind: "files", paths: ["requirements/production.txt"] };
const text = (content: string, kind: "requirement" | "constraint" = "requirement") => ({
  files: [],
  lines: parseRequirementFile(content, "requirements/production.txt", kind).lines,
});

describe("a project requires its server", () => {
  test.each([["Gunicorn==23.0.0"], ["gunicorn[gevent]>=22 ; python_version > '3.8'"], ["django\ngunicorn\n"]])(
    "if its requirements name it: %j",
    (content) => {
      expect(requires("gunicorn", files, text(content))).toBe(true);
    },
  );

  test("if its uv.lock has it, and not if a constraint or another package names it", () => {
    const content = '[[package]]\nname = "gunicorn"\nversion = "23.0.0"\n';
    const lock = { files: [{ path: "uv.lock", content }], lines: [] };
    expect(requires("gunicorn", { kind: "lock", format: "uv", path: "uv.lock" }, lock)).toBe(true);
    expect(requires("gunicorn", files, text("gunicorn<24", "constraint"))).toBe(false);
    expect(requires("gunicorn", files, text("django\ngunicorn-extras\n"))).toBe(false);
  });
});

describe("the table of programs", () => {
  const programs = Object.keys(programWheels) as Program[];

  test.each(["3.8.20", "3.9.2", "3.10.12", "3.11.2", "3.12.3", "3.13.5", "3.14.0"])(
    "has every program once for Python %s, before what it needs",
    (python) => {
      for (const program of programs) {
        const names = wheelsOf(program, python).map(({ name }) => name);
        expect(names[0]).toBe(packagesWith(program)[0]);
        expect(new Set(names).size).toBe(names.length);
      }
    },
  );
});

describe("a bundle", { timeout: 60_000 }, () => {
  const programs = (program: Program, python = trixie.version) => [
    { packages: packagesWith(program), wheels: wheelsOf(program, python) },
  ];
  const added = programs("gunicorn");
  let bench: Workbench;
  beforeAll(async () => {
    bench = await workbench();
  });
  afterAll(() => bench?.[Symbol.asyncDispose]());
  const versions = async (requirements: string, more: Partial<Parameters<typeof build>[1]> = {}) => {
    const { packages, wheels } = await build(bench, { files: { "requirements.txt": requirements }, added, ...more });
    return { packages: Object.fromEntries(packages.map(({ name, version }) => [name, version])), wheels };
  };

  test("gets the program and what it needs, each with the digest of the table", async () => {
    const { packages, wheels } = await versions("sqlparse==0.5.3\n");
    expect(Object.keys(packages).toSorted()).toEqual(["gunicorn", "sqlparse"]);
    expect(wheels.map(({ sha256 }) => sha256)).toEqual(
      expect.arrayContaining(wheelsOf("gunicorn", trixie.version).map(({ sha256 }) => sha256)),
    );
  });

  test("for an older Python gets an older program and what that needs, unless the project has it", async () => {
    const of = async (requirements: string) =>
      (await versions(requirements, { python: bookworm, added: programs("gunicorn", "3.9.2") })).packages;
    expect(await of("sqlparse==0.5.3\n")).toMatchObject({ gunicorn: "23.0.0", packaging: "25.0" });
    expect(await of("packaging==24.2\n")).toEqual({ gunicorn: "23.0.0", packaging: "24.2" });
  });

  test("has the project's own program alone", async () => {
    const { packages } = await versions("gunicorn==22.0.0\npackaging==24.2\n");
    expect(packages).toEqual({ gunicorn: "22.0.0", packaging: "24.2" });
  });

  test("of hashed requirements may have it, too, and only-binary does not forbid it", async () => {
    const hash = "sha256:cf2196ed3418f3ba5de6af7e82c694a9fbdbfecccdfc72e281548517081f16ca";
    const { packages } = await versions(`sqlparse==0.5.3 --hash=${hash}\n`, { onlyBinary: "all" });
    expect(packages).toMatchObject({ gunicorn: "27.0.1", sqlparse: "0.5.3" });
  });

  test("gets the one file of a compiled program that the server can load, and several programs", async () => {
    const { packages, wheels } = await versions("sqlparse==0.5.3\n", {
      added: [...programs("uwsgi"), ...programs("gunicorn")],
    });
    expect(Object.keys(packages).toSorted()).toEqual(["gunicorn", "pyuwsgi", "sqlparse"]);
    const digests = wheelsOf("uwsgi", trixie.version).flatMap(({ sha256 }) => sha256);
    expect(wheels.filter(({ sha256 }) => digests.includes(sha256))).toHaveLength(1);
  });

  test("has another key than without", async () => {
    const one = await build(bench, { files: { "requirements.txt": "sqlparse==0.5.3\n" }, added });
    const other = await build(bench, { files: { "requirements.txt": "sqlparse==0.5.3\n" } });
    expect(one.key).not.toBe(other.key);
  });

  test("is not made of a file with another digest; the error says to require the program", async () => {
    const wheel = { name: "gunicorn", version: "23.0.0", sha256: "0".repeat(64) };
    const wrong = [{ packages: ["gunicorn"], wheels: [wheel] }];
    const error = await failure(bench, { files: { "requirements.txt": "sqlparse==0.5.3\n" }, added: wrong });
    expect(error.code).toMatch(/^(hash-mismatch|requirement-)/);
    expect(error.message).toContain("gunicorn 23.0.0");
    expect(error.details.next).toContain("Require gunicorn");
    expect(error.details.file).toBeUndefined();
  });
});
