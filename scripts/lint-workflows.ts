// Checks workflows with actionlint and zizmor: `npm run lint:workflows`. Those of this repository, and those that README.md,
// docs/ and examples/ show, because users paste them, and those that `startproject` and `init` write. Every check runs to its end, so that
// one run shows all faults.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { workflows as startedWorkflows } from "../src/starting/workflows.ts";
import { actionlint, zizmor } from "./tools.ts";

const root = resolve(import.meta.dirname, "..");

/** The workflows in a Markdown text: its fenced YAML blocks that have jobs. Indented fences (in lists) count too. */
export function shownWorkflows(markdown: string): readonly string[] {
  const blocks = [...markdown.matchAll(/^([ \t]*)```ya?ml\n(.*?)^\1```/gms)];
  return blocks
    .map(([, indent = "", text = ""]) => text.replaceAll(new RegExp(`^${indent}`, "gm"), ""))
    .filter((text) => /^jobs:/m.test(text));
}

/** Writes the workflows into a folder of workflows, named after their pages. Returns the files. */
function writeShownWorkflows(folder: string): readonly string[] {
  const workflows = join(folder, ".github/workflows");
  mkdirSync(workflows, { recursive: true });
  const docs = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
  const pages = [join(root, "README.md"), ...docs.map((name) => join(root, "docs", name))];
  const examples = join(root, "examples/workflows");
  const copied = readdirSync(examples).map((name) => {
    const file = join(workflows, `example-${name}`);
    copyFileSync(join(examples, name), file);
    return file;
  });
  const pasted = pages.flatMap((page) =>
    shownWorkflows(readFileSync(page, "utf8")).map((text, index) => {
      const file = join(workflows, `${basename(page, ".md")}-${index + 1}.yml`);
      writeFileSync(file, text);
      return file;
    }),
  );
  return [...copied, ...pasted, ...writeStartedWorkflows(workflows)];
}

/** Those that `startproject` writes, and those that `init` writes for a project in a folder of its repository. */
function writeStartedWorkflows(folder: string): readonly string[] {
  const plain = startedWorkflows({ branch: "main", workingDirectory: "" }, { fullHistory: false });
  const inFolder = startedWorkflows({ branch: "release/1.x", workingDirectory: "back end" }, { fullHistory: true });
  return [...plain.map((one) => ["plain", one] as const), ...inFolder.map((one) => ["folder", one] as const)].map(
    ([name, { path, text }]) => {
      const file = join(folder, `started-${name}-${basename(path)}`);
      writeFileSync(file, text);
      return file;
    },
  );
}

function check(name: string, program: string, args: readonly string[], cwd: string): void {
  const { status, error } = spawnSync(program, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
  console.log(`${name}: ${status === 0 ? "no findings" : `failed (${error?.message ?? `exit ${status}`})`}`);
  if (status !== 0) process.exitCode = 1;
}

if (import.meta.main) {
  const audit = ["--offline", "--quiet", "--persona=pedantic", "--config"];
  check("actionlint", await actionlint(), [], root);
  check("zizmor", await zizmor(), [...audit, join(root, ".github/zizmor.yml"), "."], root);

  const folder = mkdtempSync(join(tmpdir(), "woven-shown-"));
  try {
    const files = writeShownWorkflows(folder);
    console.log(`${files.length} workflows in README.md, docs/ and examples/, and of startproject and init`);
    if (files.length > 0) {
      check("actionlint on those", await actionlint(), files, folder);
      check("zizmor on those", await zizmor(), [...audit, join(root, ".github/zizmor-shown.yml"), "."], folder);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
