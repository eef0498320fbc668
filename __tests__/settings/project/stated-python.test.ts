import { describe, expect, test } from "vitest";
import { lockedPython, pinnedPython } from "../../../src/settings/project/stated-python.ts";
import { projectFiles } from "../../../src/settings/project-files.ts";
import { folderWith, settingsOf, smallProject } from "../source.ts";

function filesOf(files: Readonly<Record<string, string>>) {
  const root = folderWith(files);
  return projectFiles(root, root);
}

describe("the Pythons that a lock is for", () => {
  test.each([
    ["uv", "uv.lock", 'version = 1\nrequires-python = ">=3.12"\n', ">=3.12"],
    ["pylock", "pylock.toml", 'lock-version = "1.0"\nrequires-python = ">=3.11"\n', ">=3.11"],
    ["poetry", "poetry.lock", '[metadata]\npython-versions = "^3.10"\n', ">=3.10,<4"],
    ["pdm", "pdm.lock", '[metadata]\n[[metadata.targets]]\nrequires_python = ">=3.9"\n', ">=3.9"],
    ["pdm", "pdm.lock", '[[metadata.targets]]\nrequires_python = ">=3.9"\n[[metadata.targets]]\n', undefined],
    ["poetry", "poetry.lock", '[metadata]\npython-versions = "*"\n', undefined],
    ["uv", "uv.lock", "damaged [", undefined],
  ] as const)("%s: %s", (format, path, text, expected) => {
    expect(lockedPython(filesOf({ [path]: text }), { kind: "lock", format, path })?.value).toBe(expected);
  });
});

describe("the Python that a project is developed with", () => {
  test.each<[string, Readonly<Record<string, string>>, string | undefined]>([
    ["pyenv, uv", { ".python-version": "3.12\n" }, "3.12"],
    ["a comment, and a full version", { ".python-version": "# ours\ncpython-3.9.18\n" }, "3.9"],
    ["another implementation", { ".python-version": "pypy3.10-7.3.12\n" }, undefined],
    ["no version", { ".python-version": "system\n" }, undefined],
    ["asdf", { ".tool-versions": "nodejs 22.1.0\npython 3.11.4 3.10.2\n" }, "3.11"],
    ["mise", { "mise.toml": '[tools]\npython = ["3.12.1", "3.11"]\n' }, "3.12"],
    ["Heroku", { "runtime.txt": "python-3.10.14\n" }, "3.10"],
    ["nothing", {}, undefined],
  ])("%s", (_, files, expected) => {
    expect(pinnedPython(filesOf(files), undefined)?.value).toBe(expected);
  });

  test("a Pipfile's", () => {
    const lock = { _meta: { requires: { python_version: "3.9" } }, default: {} };
    const files = filesOf({ "Pipfile.lock": JSON.stringify(lock) });
    const requirements = { kind: "lock", format: "pipfile", path: "Pipfile.lock" } as const;
    expect(pinnedPython(files, requirements)).toEqual({ value: "3.9", from: "Pipfile.lock" });
  });

  test("is found above the working directory, and metadata come before a lock", async () => {
    const { distribution } = await settingsOf({ files: { ...smallProject, ".python-version": "3.12\n" } });
    expect(distribution?.pinnedPython).toEqual({ value: "3.12", from: ".python-version" });
    const root = folderWith({ ".git/HEAD": "", ".python-version": "3.11\n", "backend/manage.py": "" });
    expect(pinnedPython(projectFiles(`${root}/backend`, root), undefined)).toEqual({
      value: "3.11",
      from: "../.python-version",
    });
  });
});

test("the setting python takes a minor and a full version, and knows its line", async () => {
  const written = (python: string) =>
    settingsOf({ files: { ...smallProject, "woven.toml": `domains = ["shop.example.com"]\npython = "${python}"\n` } });
  for (const version of ["system", "3.12", "3.12.4"])
    expect((await written(version)).python).toMatchObject({ version, place: { file: "woven.toml", line: 2 } });
  await expect(written("2.7")).rejects.toMatchObject({ code: "settings" });
  expect((await settingsOf({ files: smallProject })).python).toBeUndefined();
});
