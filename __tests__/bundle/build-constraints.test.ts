// Old source archives that need an old setuptools, and builds that need a variable of the job.
import { expect, test } from "vitest";
import { veiled } from "../../src/program-variables.ts";
import { buildConstraintProblem } from "../../src/settings/value-problems.ts";
import { localIndex } from "./local-index.ts";
import { build, failure, trixie, workbench } from "./workbench.ts";

const timeout = 180_000;

/** A package without pyproject.toml whose setup.py looks at setuptools: pip and uv then build it with the newest one. */
const setup = [
  "import setuptools",
  "major = int(setuptools.__version__.split('.')[0])",
  "if major >= 58: raise SystemExit('error in oldshop setup command: use_2to3 is invalid.')",
  "setuptools.setup(name='oldshop', version='1.0', py_modules=['oldshop'])",
].join("\n");

test("an old package is built with the setuptools that build-constraints names, which the failure proposes", {
  timeout,
}, async () => {
  await using bench = await workbench();
  await using index = await localIndex({
    packages: [{ name: "oldshop", version: "1.0", source: { "setup.py": setup, "oldshop.py": "" } }],
  });
  const asked = await bench.context.run("python3", ["-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"], {
    cwd: bench.root,
    env: process.env,
  });
  const python = { ...trixie, version: asked.stdout.trim() };
  const files = { "requirements.txt": `--extra-index-url ${index.url}\noldshop==1.0\n` };
  const error = await failure(bench, { files, python });
  expect(error).toMatchObject({ code: "build-failed", details: { file: "requirements.txt", line: 2 } });
  const [, line] = /build-constraints = \["([^"]+)"\]/.exec(error.details.next ?? "") ?? [];
  expect(line).toBe("setuptools<58");
  const bundle = await build(bench, { files, python, buildConstraints: [line ?? ""] });
  expect(bundle.packages).toEqual([{ name: "oldshop", version: "1.0" }]);
});

test("a build gets the variables of build-env, which other programs cannot list", { timeout }, async () => {
  await using bench = await workbench();
  const files = {
    "requirements.txt": "./own\n",
    "own/pyproject.toml":
      '[project]\nname = "own"\ndynamic = ["version"]\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
    "own/setup.py": "import os\nfrom setuptools import setup\nsetup(version=os.environ['WITH_SHOP'], py_modules=[])\n",
  };
  const env = veiled({ ...process.env, WITH_SHOP: "4.2" });
  const context = { ...bench.context, env, buildEnv: ["WITH_SHOP"] };
  expect((await build(bench, { files, context })).packages).toEqual([{ name: "own", version: "4.2" }]);
});

test.each(["setuptools<66", "Cython>=0.29,<3", "setuptools == 57.5.0 ; python_version < '3.12'", "numpy!=2.*"])(
  "%s is a constraint",
  (text) => {
    expect(buildConstraintProblem(text)).toBeUndefined();
  },
);

test.each([
  "setuptools",
  "",
  "setuptools<",
  "-r other.txt",
  "setuptools<66\n--index-url https://h",
  "x @ https://h",
  "x[y]<2",
])("%j is no constraint", (text) => {
  expect(buildConstraintProblem(text)).toContain("setuptools<66");
});
