// What a release is made to run with: lock files, requirements files, stated dependencies, and the Python they ask for.
import { expect, test } from "vitest";
import type { Distribution } from "../../../src/settings/settings.ts";
import { managePy } from "../source.ts";
import { asked, config, django, foundIn, requirements } from "./layouts.ts";

const version = { version: "1" };
const file = "django\n";
const stated = { "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["django"]\n' };
test.each<[string, Record<string, string>, Distribution["requirements"]["value"]]>([
  [
    "uv.lock before all",
    { "uv.lock": "", "requirements.txt": file, ...stated },
    { kind: "lock", format: "uv", path: "uv.lock" },
  ],
  ["pylock.toml", { "pylock.toml": "" }, { kind: "lock", format: "pylock", path: "pylock.toml" }],
  ["poetry.lock", { "poetry.lock": "" }, { kind: "lock", format: "poetry", path: "poetry.lock" }],
  ["pdm.lock", { "pdm.lock": "" }, { kind: "lock", format: "pdm", path: "pdm.lock" }],
  [
    "a folder of requirements",
    { "requirements/base.txt": file, "requirements/local.txt": file, "requirements/production.txt": file },
    { kind: "files", paths: ["requirements/production.txt"] },
  ],
  [
    "production before plain",
    { "requirements.txt": file, "requirements/prod.txt": file },
    { kind: "files", paths: ["requirements/prod.txt"] },
  ],
  [
    "requirements.txt before the project's own list",
    { "requirements.txt": file, "requirements-dev.txt": file, ...stated },
    { kind: "files", paths: ["requirements.txt"] },
  ],
  [
    "a folder with a base only",
    { "requirements/base.txt": file, "requirements/dev.txt": file, "requirements/test.txt": file },
    { kind: "files", paths: ["requirements/base.txt"] },
  ],
  ["a name of its own", { "requirements_web.txt": file }, { kind: "files", paths: ["requirements_web.txt"] }],
  ["[project] dependencies", stated, { kind: "project", dependencies: ["django"] }],
  [
    "development files beside [project]",
    { "requirements-dev.txt": file, ...stated },
    { kind: "project", dependencies: ["django"] },
  ],
  [
    "setup.cfg",
    {
      "setup.cfg":
        "[metadata]\nname = shop\n[options]\ninstall_requires =\n    django>=5\n    # why\n    psycopg[binary]\n",
    },
    { kind: "project", dependencies: ["django>=5", "psycopg[binary]"] },
  ],
  [
    "setup.py",
    { "setup.py": 'setup(name="shop", install_requires=["django>=5", "pillow"])' },
    { kind: "project", dependencies: ["django>=5", "pillow"] },
  ],
  [
    "what the configuration says",
    {
      "requirements.txt": file,
      "a.txt": file,
      "b.txt": file,
      "woven.toml": `${config["woven.toml"]}requirements = ["a.txt", "./b.txt"]\n`,
    },
    { kind: "files", paths: ["a.txt", "b.txt"] },
  ],
  [
    "a lock file that the configuration names",
    { "pylock.prod.toml": "", "woven.toml": `${config["woven.toml"]}requirements = ["pylock.prod.toml"]\n` },
    { kind: "lock", format: "pylock", path: "pylock.prod.toml" },
  ],
])("%s", async (_, files, value) => {
  expect((await foundIn({ ...django, ...files }, version)).requirements.value).toEqual(value);
});

test("they may lie beside manage.py", async () => {
  const files = {
    "backend/manage.py": managePy("shop.settings"),
    "backend/shop/settings.py": "",
    "backend/requirements.txt": file,
  };
  expect((await foundIn(files, version)).requirements).toEqual({
    value: { kind: "files", paths: ["backend/requirements.txt"] },
    from: "backend/requirements.txt",
  });
});

test.each<[string, Record<string, string>, RegExp]>([
  ["none", {}, /^requirements: .* \| .*Django.* requirements.txt.* ⏎ requirements = \["deploy\/requirements.txt"\]/],
  [
    "only for development",
    { "requirements-dev.txt": file },
    /^requirements: .*; requirements-dev.txt .* ⏎ requirements = \["requirements-dev.txt"\]/,
  ],
  [
    "two lock files",
    { "uv.lock": "", "poetry.lock": "" },
    /^requirements: .*: uv.lock, poetry.lock \| .*requirements = \["uv.lock"\]/,
  ],
  ["two of equal right", { "requirements/web.txt": file, "requirements/worker.txt": file }, /^requirements: .*/],
  [
    "Poetry without its lock",
    { "pyproject.toml": '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\ndjango = "^5.2"\n' },
    /^requirements: .* \| Run poetry lock and commit poetry.lock/,
  ],
  [
    "a file that is not there",
    { "woven.toml": `${config["woven.toml"]}requirements = ["requirements/prod.txt"]\n` },
    /^woven.toml: requirements: there is no file "requirements\/prod.txt"/,
  ],
  [
    "a file whose name is misspelt",
    { "requirements.txt": file, "woven.toml": `${config["woven.toml"]}requirements = ["requirement.txt"]\n` },
    /^woven.toml: requirements: there is no file "requirement.txt" \| Did you mean requirements.txt\?/,
  ],
  [
    "a lock file among others",
    { "uv.lock": "", "a.txt": "", "woven.toml": `${config["woven.toml"]}requirements = ["uv.lock", "a.txt"]\n` },
    /^woven.toml: requirements: a lock file /,
  ],
])("%s is told", async (_, files, line) => {
  expect(await asked({ ...django, ...files }, version)).toEqual([expect.stringMatching(line)]);
});

test.each<[string, Record<string, string>, string | undefined]>([
  ["pyproject.toml", { "pyproject.toml": '[project]\nname = "shop"\nrequires-python = ">=3.12,<4"\n' }, ">=3.12,<4"],
  [
    "Poetry's caret",
    { "pyproject.toml": '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "^3.11"\n' },
    ">=3.11,<4",
  ],
  [
    "Poetry's tilde and bounds",
    { "pyproject.toml": '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "~3.12, != 3.12.1"\n' },
    ">=3.12,<3.13,!=3.12.1",
  ],
  ["setup.cfg", { "setup.cfg": "[metadata]\nname = shop\n[options]\npython_requires = >=3.10\n" }, ">=3.10"],
  ["setup.py", { "setup.py": 'setup(name="shop", python_requires=">=3.9")' }, ">=3.9"],
  ["nothing", {}, undefined],
])("Python is asked for by %s", async (_, files, specifier) => {
  expect((await foundIn({ ...django, ...requirements, ...files }, { version: "1" })).requiresPython?.value).toBe(
    specifier,
  );
});
