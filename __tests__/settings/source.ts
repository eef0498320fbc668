// Small real worlds for the tests of the settings: a temporary folder with files, inputs as a table, and real git.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { type Problem, SettingsError } from "../../src/errors.ts";
import type { ConfigFile } from "../../src/settings/config-file.ts";
import { readConfig } from "../../src/settings/config-file.ts";
import { readSettings } from "../../src/settings/read.ts";
import type { Settings } from "../../src/settings/settings.ts";
import type { RunOutcome, SettingsSource } from "../../src/settings/source.ts";

const folders: string[] = [];
// Not by a hook of the tests: `npm run lint:node` reads settings as well.
process.on("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that holds these files; gone when the process ends. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), "woven-settings-"));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

export function run(command: string, args: readonly string[], { cwd }: { readonly cwd: string }): Promise<RunOutcome> {
  return new Promise((resolve) => {
    const env = { PATH: process.env["PATH"], HOME: cwd, GIT_CONFIG_NOSYSTEM: "1", GIT_CEILING_DIRECTORIES: tmpdir() };
    execFile(command, args, { cwd, env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : 1, stdout, stderr }),
    );
  });
}

/** Makes the folder a repository with one commit, and a tag. */
export async function commit(root: string, tag?: string): Promise<string> {
  const git = (...args: readonly string[]) =>
    run(
      "git",
      [
        "-c",
        "user.name=Ada",
        "-c",
        "user.email=ada@example.com",
        "-c",
        "init.defaultBranch=main",
        "-c",
        "commit.gpgsign=false",
        ...args,
      ],
      { cwd: root },
    );
  await git("init");
  await git("add", ".");
  await git("commit", "--allow-empty", "-m", "All there is");
  if (tag !== undefined) await git("tag", tag);
  return (await git("rev-parse", "HEAD")).stdout.trim();
}

export interface Case {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly root?: string;
}

/** Inputs with which a deploy is right. */
export const rightInputs = { command: "deploy", roles: 'production: ["woven@web1.example.com"]', "ssh-key": "a key" };

/** Files of the smallest project that deploys. */
export const smallProject = {
  "woven.toml": 'domains = ["shop.example.com"]\n',
  "pyproject.toml": '[project]\nname = "shop"\nversion = "1.2"\ndependencies = ["django~=5.2"]\n',
  "manage.py": managePy("shop.settings"),
  "shop/__init__.py": "",
  "shop/settings.py": "DEBUG = False\n",
};

export function managePy(module: string): string {
  return `#!/usr/bin/env python\nimport os, sys\n\n\ndef main():\n    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "${module}")\n    from django.core.management import execute_from_command_line\n    execute_from_command_line(sys.argv)\n`;
}

export function wsgiPy(module: string): string {
  return `import os\nfrom django.core.wsgi import get_wsgi_application\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', '${module}')\napplication = get_wsgi_application()\n`;
}

export interface Seen {
  readonly masked: string[];
  readonly logged: string[];
}

export function worldOf(
  { inputs = {}, files = {}, env = {}, root }: Case,
  seen: Seen = { masked: [], logged: [] },
): SettingsSource {
  return {
    input: (name) => inputs[name] ?? "",
    inputNames: Object.keys(inputs).map((name) => `INPUT_${name.toUpperCase()}`),
    env,
    cwd: root ?? folderWith(files),
    run,
    mask: (text) => seen.masked.push(text),
    log: (line) => seen.logged.push(line),
  };
}

export function settingsOf(given: Case): Promise<Settings> {
  return readSettings(worldOf({ ...given, inputs: { ...rightInputs, ...given.inputs } }));
}

/** The problems of a case that is wrong; fails where it is right. */
export async function problemsOf(given: Case): Promise<readonly Problem[]> {
  const thrown = await settingsOf(given).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof SettingsError) return thrown.problems;
  throw thrown ?? new Error("the settings were accepted");
}

/** Each problem as one line, for comparison. */
export async function told(given: Case): Promise<readonly string[]> {
  return (await problemsOf(given)).map(
    ({ where, what, next }) => `${where}: ${what}${next === undefined ? "" : ` | ${next.replaceAll("\n", " ⏎ ")}`}`,
  );
}

/** One problem, in this place, that says these names: values as they were written, and what to write instead. */
export function expectOne(problems: readonly Problem[], where: string, names: readonly string[]): void {
  expect(problems.map((problem) => problem.where)).toEqual([where]);
  const said = problems.map(({ what, next = "" }) => `${what}\n${next}`).join("\n");
  for (const name of names) expect(said).toContain(name);
}

export const noConfig: ConfigFile = readConfig(undefined, undefined, () => undefined);
