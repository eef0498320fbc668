import { describe, expect, test } from "vitest";
import { checkPython, doubtPython, pinnedPackages } from "../../src/bundle/check-python.ts";
import { parseRequirementFile } from "../../src/bundle/requirement-files.ts";
import { bookworm, trixie } from "./workbench.ts";

describe("a node's Python and the project", () => {
  const requiresPython = { value: ">=3.12,<4", from: "pyproject.toml [project] requires-python" };
  const { lines } = parseRequirementFile("sqlparse\nDjango[argon2] == 6.0\n", "requirements.txt", "requirement");
  const packages = pinnedPackages({ kind: "files", paths: ["requirements.txt"] }, { files: [], lines });

  test("versions that stand in the text are known", () => {
    expect(packages).toEqual([{ name: "django", version: "6.0" }]);
  });

  test("a Django that is too new for it is told with its line and the setting", () => {
    expect(checkPython({ packages, python: bookworm, lines })).toMatchObject({
      where: "requirements.txt:2",
      what: expect.stringMatching(/Django 6\.0.*\b3\.12\b.*\b3\.11\.2\b/),
      next: expect.stringContaining('python = "3.12"'),
      line: 2,
    });
    expect(checkPython({ packages, python: trixie, lines })).toBeUndefined();
  });

  test("the lines to write stand alone, with the file and a Django that fits", () => {
    const { next } = checkPython({ packages, python: bookworm, lines }) ?? {};
    expect(next).toMatch(/\bDjango\b.*\b5\.2\b/);
    expect(next?.split("\n").slice(-3)).toEqual([
      "Or let Woven bring Python 3.12 along. Write in woven.toml:",
      'python = "3.12"',
      'server = "gunicorn"',
    ]);
    const other = checkPython({ packages, python: bookworm, lines, configFile: "pyproject.toml" });
    expect(other?.next).toMatch(/pyproject\.toml:\n\[tool\.woven\]\npython = /);
  });

  test("requires-python is told before Django, with the file it stands in", () => {
    expect(checkPython({ packages, requiresPython, python: bookworm })).toMatchObject({
      file: "pyproject.toml",
      next: expect.stringContaining('python = "3.12"'),
    });
    expect(checkPython({ packages: [], requiresPython, python: trixie })).toBeUndefined();
  });

  test.each([
    [">=3.12,<4", "3.11.2", "Ubuntu 24.04 or Debian 13.", "3.12"],
    [">=3.10,<3.13", "3.13.5", "Ubuntu 22.04, Debian 12 or Ubuntu 24.04.", "3.12"],
    ["==3.11.*", "3.13.5", "Debian 12.", "3.11"],
    ["~=3.11", "3.10.12", "Debian 12, Ubuntu 24.04 or Debian 13.", "3.11"],
    ["<=3.9.9", "3.11.2", undefined, "3.9"],
    [">=3.14", "3.13.5", undefined, "3.14"],
    [">=3.12.4,<3.13", "3.12.3", undefined, "3.12"],
  ])(
    "requires-python %s on a server with %s names the systems that suit, and no others",
    (value, version, names, minor) => {
      const { next = "" } =
        checkPython({ packages: [], requiresPython: { value, from: "setup.cfg" }, python: { version } }) ?? {};
      const named = next.match(/(Debian|Ubuntu) \d+(\.\d+)?/g) ?? [];
      expect(named).toEqual(names?.match(/(Debian|Ubuntu) \d+(\.\d+)?/g) ?? []);
      expect(next).toContain(`python = "${minor}"`);
    },
  );

  test("a Django whose Python is too old names systems that it was made for, and the way out by another Django", () => {
    const { next } = checkPython({ packages, python: bookworm }) ?? {};
    expect(next).toMatch(/Ubuntu 24\.04 or Debian 13\b[\s\S]*Django[\s\S]*\b3\.11\b/);
  });

  test("a Python newer than those its Django was made for is a doubt and no error", () => {
    const old = [{ name: "django", version: "4.2.16" }];
    const pinned = parseRequirementFile("\ndjango==4.2.16\n", "requirements.txt", "requirement");
    expect(checkPython({ packages: old, python: trixie })).toBeUndefined();
    expect(doubtPython({ packages: old, python: trixie, lines: pinned.lines })).toMatchObject({
      where: "requirements.txt:2",
      what: expect.stringMatching(/Django 4\.2\.16.*\b3\.8 to 3\.12\b/),
      line: 2,
    });
  });

  test.each([
    ["django==3.0.14", "distutils"],
    ["django==3.0.14\nsetuptools==80.0", "cgi"],
    ["django==3.2.25", "cgi"],
  ])("an old Django that the Python cannot start is an error: %s", (text, lacks) => {
    const pinned = parseRequirementFile(`${text}\n`, "requirements.txt", "requirement");
    const known = pinnedPackages({ kind: "files", paths: ["requirements.txt"] }, { files: [], lines: pinned.lines });
    expect(checkPython({ packages: known, python: trixie, lines: pinned.lines })).toMatchObject({
      where: "requirements.txt:1",
      what: expect.stringContaining(lacks),
      next: expect.stringContaining(lacks === "cgi" ? "Ubuntu 24.04" : "Debian 12"),
      line: 1,
    });
    expect(doubtPython({ packages: known, python: trixie, lines: pinned.lines })).toBeUndefined();
  });

  test.each([
    ["that fits", [{ name: "django", version: "5.2" }]],
    ["that is not known", [{ name: "django", version: "7.1" }]],
    ["that is not there", []],
  ])("a Django %s is no doubt", (_, known) => {
    expect(doubtPython({ packages: known, python: trixie })).toBeUndefined();
  });

  test("Debian's mark of a build past a release is no obstacle", () => {
    expect(
      checkPython({
        packages: [{ name: "django", version: "5.2" }],
        requiresPython: { value: ">=3.11", from: "setup.cfg" },
        python: { version: "3.11.2+" },
      }),
    ).toBeUndefined();
  });
});
