// app.json and the other files of a Heroku application: config vars, add-ons, buildpacks, the number of processes, apt packages.
import { fits } from "../../settings/grammar.ts";
import type { ProjectFiles } from "../../settings/project-files.ts";
import { releaseWork } from "./commands.ts";
import type { Foreign } from "./foreign.ts";
import { servicesNamed } from "./services-named.ts";

/** Variables of Heroku itself. */
const herokus = /^(PORT|DYNO|WEB_CONCURRENCY|DISABLE_COLLECTSTATIC|PYTHONUNBUFFERED|HEROKU_\w+|NPM_CONFIG_PRODUCTION)$/;

export function readAppJson(files: ProjectFiles): Foreign | undefined {
  const text = files.read("app.json");
  if (text === undefined) return undefined;
  const app = parsed(text);
  if (app === undefined) return { path: "app.json", notes: ["It is not JSON."] };
  const { env, secrets } = variables(record(app["env"]) ?? {});
  const addons = list(app["addons"]).map((one) => String(record(one)?.["plan"] ?? one));
  const after = String(record(app["scripts"])?.["postdeploy"] ?? "");
  const work = releaseWork(after);
  return {
    path: "app.json",
    env,
    secrets,
    services: addons.flatMap(servicesNamed),
    notes: [
      ...addons.flatMap(addonNote),
      ...[...work.commands, ...work.others].map(
        (command) => `scripts.postdeploy: ${command}: run it once, with command: node, after the first deployment.`,
      ),
    ],
  };
}

/** How many of each process run, by `formation`. */
export function formation(files: ProjectFiles): ReadonlyMap<string, number> {
  const app = parsed(files.read("app.json") ?? "");
  return new Map(
    Object.entries(record(app?.["formation"]) ?? {}).flatMap(([name, value]): [string, number][] => {
      const quantity = record(value)?.["quantity"];
      return typeof quantity === "number" && Number.isInteger(quantity) ? [[name, quantity]] : [];
    }),
  );
}

/** The list of heroku-buildpack-apt: a Debian package on each line. */
export function readAptfile(files: ProjectFiles): Foreign | undefined {
  const text = files.read("Aptfile");
  if (text === undefined) return undefined;
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, "").trim())
    .filter(Boolean);
  const packages = lines.filter((line) => fits("package", line));
  const others = lines.filter((line) => !fits("package", line));
  return { path: "Aptfile", packages, notes: others.map((line) => `${line}: this is not the name of a package.`) };
}

/** The Node buildpack runs the script `build` of package.json before the Python one. */
export function readNodeBuild(files: ProjectFiles): Foreign | undefined {
  const buildpacks = `${files.read(".buildpacks") ?? ""} ${files.read("app.json") ?? ""}`;
  const scripts = record(parsed(files.read("package.json") ?? "")?.["scripts"]);
  if (!/nodejs/.test(buildpacks) || scripts === undefined) return undefined;
  const script = ["heroku-postbuild", "build"].find((name) => typeof scripts[name] === "string");
  if (script === undefined) return undefined;
  const install = files.has("package-lock.json") ? "npm ci" : "npm install";
  return {
    path: "package.json",
    build: [install, `npm run ${script}`],
    notes: ['If git ignores what the build makes, name the folder: include = ["assets/dist"].'],
  };
}

function variables(given: Readonly<Record<string, unknown>>): Required<Pick<Foreign, "env" | "secrets">> {
  const env: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (herokus.test(name) || !fits("envName", name)) continue;
    const described = record(value);
    const text = typeof value === "string" ? value : described?.["value"];
    if (described?.["generator"] === "secret" || (text === undefined && described?.["required"] !== false))
      secrets.push(name);
    else if (typeof text === "string" && text !== "") env[name] = text;
  }
  return { env, secrets };
}

function addonNote(addon: string): readonly string[] {
  if (servicesNamed(addon).length > 0) return [];
  if (/postgres/i.test(addon)) return [`${addon}: give the address of a PostgreSQL in DATABASE_URL.`];
  if (/scheduler/i.test(addon)) return [`${addon}: write its jobs into [schedules].`];
  return [`${addon}: Woven has no such service. Its address is one more variable.`];
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return record(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
