// Which variables settings cannot be imported without, read from their sources: for certain, or not at all.
import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { requireVariables } from "../../src/rollout/required-variables.ts";
import { commit, folderWith, run, settingsOf, smallProject } from "../settings/source.ts";

type Files = Readonly<Record<string, string>>;

/** The variables that are missed, as `NAME file:line`. */
async function missed(
  files: Files | string,
  inputs: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const all: Files = { ...smallProject, ...(typeof files === "string" ? { "shop/settings.py": files } : files) };
  const root = folderWith(all);
  if (Object.keys(all).some((path) => path.includes(".env"))) await commit(root);
  const settings = await settingsOf({ root, inputs });
  return await requireVariables(settings, { run, tempDir: tmpdir() }).then(
    () => [],
    (error) => [...error.details.message.matchAll(/(\w+) \(([^)]+)\)/g)].map(([, name, place]) => `${name} ${place}`),
  );
}

const os = "import os\n";

test("the path of a secret file is missed where the input files lacks the file", async () => {
  const settings = `${os}A = open(os.environ["WOVEN_FILE_A_TXT"]).read()\n`;
  expect(await missed(settings)).toEqual(["WOVEN_FILE_A_TXT shop/settings.py:2"]);
  expect(await missed(settings, { files: "a.txt: x" })).toEqual([]);
});

describe("a variable that is certain to be read is missed", () => {
  test.each<[string, string, readonly string[]]>([
    [
      "os.environ",
      `${os}A = os.environ["A"]\nB = int(os.environ["B"])\n`,
      ["A shop/settings.py:2", "B shop/settings.py:3"],
    ],
    [
      "under another name",
      'from os import environ as e\nA = {"x": [e["A"]]}\nB = f"{e[\'B\']}"\n',
      ["A shop/settings.py:2", "B shop/settings.py:3"],
    ],
    ["popped", `${os}A = os.environ.pop("A")\n`, ["A shop/settings.py:2"]],
    ["the first of two", `${os}A = os.environ["A"] or os.environ["B"]\n`, ["A shop/settings.py:2"]],
    ["in a condition", `${os}if os.environ["A"] == "1":\n    B = os.environ["B"]\n`, ["A shop/settings.py:2"]],
    ["in a class", `${os}class Prod:\n    A = os.environ["A"]\n`, ["A shop/settings.py:3"]],
    [
      "raised again",
      `${os}try:\n    A = os.environ["A"]\nexcept KeyError as error:\n    raise RuntimeError("A") from error\n`,
      ["A shop/settings.py:3"],
    ],
    [
      "by a function of the project's own",
      `${os}def need(name):\n    """Or stop."""\n    try:\n        return os.environ[name]\n    except KeyError:\n        raise ValueError(name)\nA = need("A")\n`,
      ["A shop/settings.py:8"],
    ],
    [
      "django-environ",
      'import environ\nenv = environ.Env(DEBUG=(bool, False), TOKEN=str)\nenviron.Env.read_env()\nA = env("A")\nB = env.int("B")\nC = env("TOKEN")\nDATABASES = {"default": env.db()}\n',
      ["A shop/settings.py:4", "B shop/settings.py:5", "TOKEN shop/settings.py:6", "DATABASE_URL shop/settings.py:7"],
    ],
    [
      "environs",
      'from environs import Env\nenv = Env()\nenv.read_env()\nA = env.str("A")\nB = env.list("B", subcast=int)\n',
      ["A shop/settings.py:4", "B shop/settings.py:5"],
    ],
    [
      "decouple",
      'from decouple import Csv, config\nA = config("A")\nB = config("B", cast=Csv())\n',
      ["A shop/settings.py:2", "B shop/settings.py:3"],
    ],
    [
      "decouple, with an object of its own",
      'from decouple import AutoConfig\nconfig = AutoConfig(search_path="config")\nA = config("A")\nB = config("B", default="x")\n',
      ["A shop/settings.py:3"],
    ],
    [
      "pydantic",
      'from pydantic import Field\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\nclass Base(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix="SHOP_")\n    key: str\n    url: str = Field(validation_alias="DB")\n    debug: bool = False\nconf = Base()\n',
      ["SHOP_KEY shop/settings.py:8", "DB shop/settings.py:8"],
    ],
    [
      "dynaconf",
      "import dynaconf\nsettings = dynaconf.DjangoDynaconf(__name__, validators=[dynaconf.Validator('TOKEN', must_exist=True)])\n",
      ["DJANGO_TOKEN shop/settings.py:2"],
    ],
  ])("%s", async (_, source, variables) => {
    expect(await missed(source)).toEqual(variables);
  });

  test("through the imports inside the project, with the objects that they bring", async () => {
    const files = {
      "manage.py": smallProject["manage.py"].replace("shop.settings", "shop.settings.production"),
      "shop/settings/__init__.py": "",
      "shop/settings/base.py": 'import environ\nfrom ..secrets import need\nenv = environ.Env()\nA = env("A")\n',
      "shop/settings/production.py": 'from .base import *\nfrom shop.other import C\nB = env("B")\nD = need("D")\n',
      "shop/settings.py": "",
      "shop/secrets.py": `${os}def need(name):\n    return os.environ[name]\n`,
      "shop/other.py": `${os}C = os.environ["C"]\n`,
    };
    expect(await missed(files)).toEqual([
      "A shop/settings/base.py:4",
      "C shop/other.py:2",
      "B shop/settings/production.py:3",
      "D shop/settings/production.py:4",
    ]);
  });
});

describe("django-split-settings", () => {
  const included = (call: string, more: Files = {}) => ({
    "shop/settings.py": `from split_settings.tools import include, optional\nMODE = "x"\n${call}\n`,
    "shop/components/common.py": 'from shop.reading import config\nA = config("A")\n',
    "shop/reading.py": "from decouple import AutoConfig, config\n",
    "shop/environments/production.py": 'B = config("B")\n',
    ...more,
  });

  test("variables of the files that are included, in the names of the files before them", async () => {
    expect(await missed(included('include("components/*.py", "environments/production.py")'))).toEqual([
      "A shop/components/common.py:2",
      "B shop/environments/production.py:1",
    ]);
    expect(await missed(included('include("components/common.py", optional("environments/local.py"))'))).toEqual([
      "A shop/components/common.py:2",
    ]);
  });

  test("a file that may be another one is not certain, but what it gives counts", async () => {
    expect(await missed(included('include("components/common.py", f"environments/{MODE}.py")'))).toEqual([
      "A shop/components/common.py:2",
    ]);
    const gives = { "shop/environments/production.py": 'import os\nos.environ["A"] = "1"\n' };
    expect(await missed(included('include(f"environments/{MODE}.py", "components/common.py")', gives))).toEqual([]);
    expect(await missed(included('include(MODE, "components/common.py")'))).toEqual([]);
  });

  test("files that include each other", async () => {
    const circle = { "shop/environments/production.py": 'include("../components/common.py", "production.py")\n' };
    expect(await missed(included('include("environments/production.py")', circle))).toEqual([
      "A shop/components/common.py:2",
    ]);
  });
});

test("a variable is missed that only a .env gives which exclude keeps out of the release", async () => {
  const toml = `exclude = [".env"]\n${smallProject["woven.toml"]}`;
  const files = { "shop/settings.py": `${os}A = os.environ["A"]\n`, ".env": "A=1\n", "woven.toml": toml };
  expect(await missed(files)).toEqual(["A shop/settings.py:2"]);
});

describe("nothing is said of", () => {
  test.each<[string, string]>([
    [
      "one with a default",
      `${os}A = os.getenv("A")\nB = os.environ.get("B")\nC = os.environ.get("C", os.environ.get("D"))\n`,
    ],
    ["one in a branch", `${os}if DEBUG:\n    A = os.environ["A"]\nelse:\n    A = os.environ["B"]\n`],
    [
      "one that was looked for",
      `${os}if "A" in os.environ:\n    A = os.environ["A"]\nB = os.environ["B"] if "B" in os.environ else 1\n`,
    ],
    ["one whose absence is mended", `${os}try:\n    A = os.environ["A"]\nexcept KeyError:\n    A = 1\n`],
    [
      "one whose absence is mended in one case",
      `${os}try:\n    A = os.environ["A"]\nexcept KeyError:\n    if not DEBUG:\n        raise\n`,
    ],
    [
      "one that may be missing",
      `import contextlib, os\nwith contextlib.suppress(KeyError):\n    A = os.environ["A"]\n`,
    ],
    [
      "one in a function or a loop",
      `${os}def f():\n    return os.environ["A"]\nfor name in names:\n    B = os.environ["B"]\nC = lambda: os.environ["C"]\nD = [os.environ["D"] for _ in []]\n`,
    ],
    ["one behind an end", `${os}raise SystemExit\nA = os.environ["A"]\n`],
    [
      "one that the settings give",
      `${os}os.environ.setdefault("A", "1")\nos.environ["B"] = "2"\nC = os.environ["A"] + os.environ["B"]\n`,
    ],
    ["any where the settings give some by a list", `${os}os.environ.update(load())\nA = os.environ["A"]\n`],
    [
      "any where a file outside of the release may give them",
      `import environ\nenv = environ.Env()\nenv.read_env("/etc/shop/env")\nA = env("A")\n`,
    ],
    [
      "any where a variable says the file",
      `import environ, os\nFILE = os.environ.get("ENV_FILE", ".env")\nenv = environ.Env()\nif FILE:\n    env.read_env(FILE)\nA = env("A")\n`,
    ],
    [
      "those with a default in django-environ",
      'import environ\nenv = environ.Env(A=(str, "x"))\nA = env("A")\nB = env("B", default=1)\nC = env.str("C", "d")\nD = env.db("D", default="x")\n',
    ],
    [
      "those with a default in environs",
      'from environs import Env\nenv = Env()\nA = env("A", None)\nwith env.prefixed("X_"):\n    B = env("B")\n',
    ],
    [
      "those with a default in decouple",
      'from decouple import config\nA = config("A", default="x")\nB = config("B", 1)\n',
    ],
    [
      "any where decouple looks in a folder outside of the release",
      'from decouple import AutoConfig\nconfig = AutoConfig("/etc/shop")\nA = config("A")\n',
    ],
    [
      "an object of that name that is something else",
      'env = dict(A=1).get\nA = env("A")\nimport environ\nenv = environ.Env()\nenv = other(env)\nB = env("B")\n',
    ],
    [
      "an object that was made in a branch",
      'import environ\nenv = environ.Env()\nif x:\n    env = fake\nA = env("A")\n',
    ],
    [
      "pydantic's fields with a default, or that may be anything",
      "from typing import Optional\nfrom pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    a: str = 'x'\n    b: Optional[str]\n    c: Nested\nS()\nclass T(BaseSettings):\n    d: str\nT(d='x')\nclass U(BaseSettings):\n    e: str\n    model_config = {'secrets_dir': '/run/secrets'}\nU()\n",
    ],
    [
      "what every process has",
      `${os}A = os.environ["HOME"] + os.environ["SITE_ID"] + os.environ["DJANGO_SETTINGS_MODULE"]\n`,
    ],
    ["a file that does not parse", `${os}A = os.environ["A"]\nprint "x"\n`],
  ])("%s", async (_, source) => {
    expect(await missed(source)).toEqual([]);
  });

  test("modules of somebody else, and own ones of such a name", async () => {
    const source = 'import thirdparty\nimport environ\nenv = environ.Env()\nA = env("A")\n';
    expect(await missed({ "shop/settings.py": source, "environ.py": "class Env: pass\n" })).toEqual([]);
  });

  test("what the input env, [env] or a deployed .env gives", async () => {
    const source = `import environ\nenv = environ.Env()\nenv.read_env(BASE / ".env")\nA, B, C, D = env("A"), env("B"), env("C"), env("D")\n`;
    const files = {
      "shop/settings.py": source,
      "woven.toml": `${smallProject["woven.toml"]}env.B = "2"\n`,
      ".env": "C=3\n",
      ".env.example": "D=4\n",
    };
    expect(await missed(files, { env: "A=1" })).toEqual(["D shop/settings.py:4"]);
  });

  test("what an untracked .env gives that include adds to the release", async () => {
    const files = { "shop/settings.py": `${os}A = os.environ["A"]\n`, ".gitignore": ".env\n", ".env": "A=1\n" };
    const toml = `include = [".env"]\n${smallProject["woven.toml"]}`;
    expect(await missed({ ...files, "woven.toml": toml })).toEqual([]);
    expect(await missed(files)).toEqual(["A shop/settings.py:2"]);
  });

  test("what a file of variables gives in a project without a repository", async () => {
    const files = { "shop/settings.py": `${os}A = os.environ["A"]\n`, "settings.ini": "A=1\n" };
    expect(await missed(files)).toEqual([]);
  });

  test("pydantic's variables in whatever case they are given", async () => {
    const source = "from pydantic import BaseSettings\nclass S(BaseSettings):\n    key: str\nS()\n";
    expect(await missed(source, { env: "key=1" })).toEqual([]);
    expect(await missed(source)).toEqual(["KEY shop/settings.py:4"]);
  });

  test("dynaconf's settings that a file has", async () => {
    const source =
      "from dynaconf import DjangoDynaconf, Validator\nDjangoDynaconf(__name__, validators=[Validator('TOKEN', must_exist=True), Validator('X', default=1)])\n";
    expect(await missed({ "shop/settings.py": source, "settings.toml": '[default]\ntoken = "x"\n' })).toEqual([]);
  });

  test("a project that makes its own environment", async () => {
    const source = `${os}A = os.environ["A"]\n`;
    expect(await missed({ "shop/settings.py": source, "sitesettings/__init__.py": "" })).toEqual([]);
    expect(await missed({ "shop/settings.py": source, "templates/woven/release/environment.py": "" })).toEqual([]);
  });

  test("a runner without Python", async () => {
    const settings = await settingsOf({ files: { ...smallProject, "shop/settings.py": `${os}A = os.environ["A"]\n` } });
    const nobody = async () => ({ code: 127, stdout: "", stderr: "python3: not found" });
    await expect(requireVariables(settings, { run: nobody, tempDir: tmpdir() })).resolves.toBeUndefined();
  });
});

test("all of them are reported in one message, as lines to paste; the sources are not run", async () => {
  const source = `${os}open("ran", "w")\nA = os.environ["SECRET_KEY"]\nB = os.environ["DB_URL"]\nC = os.environ["SECRET_KEY"]\n`;
  const root = folderWith({ ...smallProject, "shop/settings.py": source });
  const told = await requireVariables(await settingsOf({ root }), { run, tempDir: root }).catch((error) => error);
  expect(told).toMatchObject({
    code: "missing-variables",
    details: { file: "shop/settings.py", line: 3 },
    message: expect.stringContaining("SECRET_KEY (shop/settings.py:3), DB_URL (shop/settings.py:4)"),
  });
  expect(told.details.next).toContain(
    `env: |
  SECRET_KEY=\${{ secrets.SECRET_KEY }}
  DB_URL=\${{ secrets.DB_URL }}`,
  );
  expect(told.details.next).not.toContain("[env]");
  const { existsSync } = await import("node:fs");
  expect([`${root}/ran`, "ran"].map((path) => existsSync(path))).toEqual([false, false]);
});

test("only a variable that is hardly secret is the example of one that is not", async () => {
  const source = `${os}A = os.environ["SECRET_KEY"]\nB = os.environ["SENTRY_DSN"]\nC = os.environ["LOG_LEVEL"]\n`;
  const root = folderWith({ ...smallProject, "shop/settings.py": source });
  const told = await requireVariables(await settingsOf({ root }), { run, tempDir: root }).catch((error) => error);
  expect(told.details.next).toMatch(/\[env\]\nLOG_LEVEL = "…"$/);
});
