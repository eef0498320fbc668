// Finds all environment variables that the settings need and nobody sets, before anything is built. A Python program on the runner
// reads the settings without running them. If it does not understand them, or is not certain, that is no error.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import * as v from "valibot";
import { WovenError } from "../errors.ts";
import { packageRoot } from "../package-files.ts";
import { releasePaths } from "../release/file-set.ts";
import { fsPath } from "../release/path-bytes.ts";
import { allServers } from "../servers/servers.ts";
import { secretExpression } from "../settings/problems.ts";
import { fileVariable, fileVariablePrefix } from "../settings/secret-files.ts";
import type { Settings } from "../settings/settings.ts";
import { readTemplate } from "../steps/project-templates.ts";
import { sourcePaths } from "./generated-files.ts";
import type { Runtime } from "./runtime.ts";
import { variables } from "./variables.ts";

const Variables = v.array(
  v.object({ name: v.string(), file: v.string(), line: v.number(), any_case: v.optional(v.boolean(), false) }),
);
type Variable = v.InferOutput<typeof Variables>[number];

/** Variables that the processes of every release have. */
const alwaysSet =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|PWD|TZ|TMPDIR|HOSTNAME|PYTHON\w+|VIRTUAL_ENV|(WOVEN(?!_FILE)|SYSTEMD)_\w+|DJANGO_SETTINGS_MODULE|DJANGO_CONFIGURATION|SITE_ID)$/;

function isAlwaysSet(name: string): boolean {
  return (
    alwaysSet.test(name) || allServers.some((server) => server.variablePrefixes.some((one) => name.startsWith(one)))
  );
}

/** Throws `missing-variables` if the settings are certain to fail for variables that neither the input `env` nor `[env]` sets. */
export async function requireVariables(settings: Settings, runtime: Pick<Runtime, "run" | "tempDir">): Promise<void> {
  const missing = await unsetVariables(settings, runtime);
  if (missing.length > 0) throw missingVariables(missing, settings);
}

/** The variables without which the settings are certain to fail, and that nothing sets: each use of one, with its file and line. */
export async function unsetVariables(
  settings: Settings,
  { run, tempDir }: Pick<Runtime, "run" | "tempDir">,
): Promise<readonly Variable[]> {
  const { workingDirectory, distribution, sites } = settings;
  if (distribution === undefined || mayAddVariables(settings)) return [];
  const modules = [distribution.settingsModule.value, ...sites.flatMap((site) => site.settingsModule ?? [])];
  const roots = sourcePaths(settings).map((path) => join(workingDirectory, path));
  const program = join(packageRoot, "templates/runner/required_variables.py");
  const order = JSON.stringify({ roots, modules: [...new Set(modules)] });
  const result = await run("python3", ["-B", "-I", "-S", program, order], { cwd: tempDir });
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), Variables), result.code === 0 ? result.stdout : "[]");
  if (!read.success || read.output.length === 0) return [];
  const given = [...variables(settings), ...(await deployedVariables(settings, run))];
  return read.output.filter(({ name, any_case: anyCase }) => {
    const isIt = (other: string) => (anyCase ? other.toUpperCase() === name : other === name);
    return !isAlwaysSet(name) && !given.some(isIt);
  });
}

/** A project with its own sitesettings, or its own templates of the scripts, may set variables there. */
function mayAddVariables(settings: Settings): boolean {
  const { workingDirectory } = settings;
  const own = sourcePaths(settings).some((path) =>
    ["sitesettings", "sitesettings.py"].some((name) => existsSync(join(workingDirectory, path, name))),
  );
  const starters = [
    "sitesettings.py",
    "release/settings.py",
    "release/environment.py",
    "release/manage.py",
    "release/site.wsgi",
  ];
  return own || starters.some((name) => readTemplate(workingDirectory, name) !== undefined);
}

/** Names in files such as .env that are part of the release: the settings may load them. */
async function deployedVariables(settings: Settings, run: Runtime["run"]): Promise<readonly string[]> {
  const { workingDirectory, include, exclude } = settings;
  const paths = await releasePaths({ workingDirectory, include, exclude, run });
  const loaded = paths.filter((path) => isVariables.test(path) && !/example|sample|template|dist/.test(path));
  const texts = await Promise.all(
    loaded.map((path) => readFile(fsPath(workingDirectory, path), "utf8").catch(() => "")),
  );
  return texts.flatMap((text) =>
    [...text.matchAll(/^\s*(?:export\s+)?([A-Za-z_]\w*)\s*[=:]/gm)].flatMap(([, name]) => name ?? []),
  );
}

/** `.env`, `.env.production`, `prod.env`, `.envs/.production/.django`, and decouple's settings.ini. */
const isVariables = /(^|\/)\.?envs?(\.[^/]*)?(\/|$)|\.env$|(^|\/)settings\.ini$/;

/** Words in the names of variables whose values are secret, or often hold a login. */
const maybeSecret = /SECRET|KEY|PASS|PWD|TOKEN|URL|URI|DSN|CREDENTIAL|PRIVATE|AUTH|SALT|CERT|LOGIN|USER|CONNECTION/i;

function missingVariables(
  missing: readonly Variable[],
  { workingDirectory, configFile }: Pick<Settings, "workingDirectory" | "configFile">,
): WovenError {
  const first = new Map(missing.toReversed().map((one) => [one.name, one]));
  const all = [...first.values()].toSorted((one, other) => missing.indexOf(one) - missing.indexOf(other));
  const shown = (file: string) => relative(workingDirectory, file);
  const [one] = all;
  const values = all.filter(({ name }) => !name.startsWith(fileVariablePrefix));
  const plain = values.find(({ name }) => !maybeSecret.test(name));
  const table = configFile === "woven.toml" ? "[env]" : "[tool.woven.env]";
  return new WovenError({
    code: "missing-variables",
    message: `the settings need variables that are not set: ${all.map(({ name, file, line }) => `${name} (${shown(file)}:${line})`).join(", ")}`,
    next: [
      ...(values.length > 0
        ? [
            "Pass secrets in the workflow, in the input env below `with:`",
            "env: |",
            ...values.map(({ name }) => `  ${name}=${secretExpression(name)}`),
          ]
        : []),
      ...(values.length < all.length
        ? [
            "Pass files in the input files below `with:`",
            "files: |",
            `  google.json: \${{ toJSON(secrets.GOOGLE_JSON) }} # ${fileVariable("google.json")}`,
          ]
        : []),
      ...(plain ? [`Values that are not secret can be in ${configFile} instead:`, table, `${plain.name} = "…"`] : []),
    ].join("\n"),
    file: one && shown(one.file),
    line: one?.line,
  });
}
