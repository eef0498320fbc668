// The name of a new project: a Python package that hides no other module. Checked as Django's own startproject does, and for Woven.
import type { Problem } from "../errors.ts";
import type { Run } from "../run-process.ts";
import { fits, misfit } from "../settings/grammar.ts";
import { quoted } from "../settings/problems.ts";

const keywords = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try type while with yield".split(
    " ",
  ),
);

/** Modules and folders of every project that startproject makes, and those that Woven puts beside it on a server. */
const taken = new Set([
  "django",
  "manage",
  "media",
  "sitesettings",
  "static",
  "staticfiles",
  "templates",
  "tests",
  "woven",
]);

/** What is wrong with the name of a project. Undefined if it is right. */
export async function projectNameProblem(name: string, run: Run): Promise<Problem | undefined> {
  const where = `the name ${quoted(name)}`;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name.length > 64 || keywords.has(name))
    return {
      where,
      what: keywords.has(name) ? "is a word of Python itself" : "is not a name that Python can import",
      next: `Use letters, digits and _, and begin with a letter: woven startproject ${similar(name)}`,
    };
  if (taken.has(name.toLowerCase()))
    return { where, what: "is the name of another part of every project", next: anotherName(name) };
  if (await isModule(name, run))
    return { where, what: "is the name of a Python module, which it would hide", next: anotherName(name) };
  return undefined;
}

/** What is wrong with the name of a distribution. */
export function distributionNameProblem(name: string): Problem | undefined {
  if (fits("distribution", name)) return undefined;
  return {
    where: `--dist ${quoted(name)}`,
    what: misfit("distribution"),
    next: "Leave it out to use the project's name.",
  };
}

/** Asks this machine's Python, as Django does. It looks from a folder without modules, in isolated mode. */
async function isModule(name: string, run: Run): Promise<boolean> {
  const program = `import importlib.util, sys
name = sys.argv[1]
print(name in getattr(sys, "stdlib_module_names", ()) or importlib.util.find_spec(name) is not None)`;
  const { stdout } = await run("python3", ["-I", "-c", program, name], { cwd: "/" });
  return stdout.trim() === "True";
}

function similar(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/\W+/g, "_")
    .replaceAll(/^[\d_]+|_+$/g, "");
  return plain === "" || keywords.has(plain) ? "my_shop" : plain;
}

function anotherName(name: string): string {
  return `Choose another name: woven startproject my_${name.toLowerCase()}`;
}
