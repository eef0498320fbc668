// Runs scripts/<name>.ts on Node 24 from a clone that may have nothing installed yet: `node scripts/run.mjs test …`.
// Plain JavaScript without dependencies, because it installs them. Works with the system's Node 20 or newer.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";

const root = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "..");
const modules = join(root, "node_modules");
const [name, ...args] = process.argv.slice(2);

if (name === "--install") {
  installPackages();
  process.exit();
}
if (name === undefined || !existsSync(join(root, "scripts", `${name}.ts`))) {
  fail(`there is no scripts/${name}.ts to run`);
}
// One process installs, and others wait for it: flock(1) on a file that every clone has.
if (whyInstall() !== undefined) {
  const again = [process.execPath, import.meta.filename ?? new URL(import.meta.url).pathname, "--install"];
  const done = spawnSync("flock", [join(root, "package-lock.json"), ...again], { cwd: root, stdio: ["ignore", 2, 2] });
  if (done.status !== 0) fail(done.error ? `flock: ${done.error.message}` : "the npm packages are not installed");
}
run(node24(), [join(root, "scripts", `${name}.ts`), ...args]);

function installPackages() {
  const reason = whyInstall();
  if (reason === undefined) return;
  say(`installing the npm packages with npm ci: ${reason}`);
  // npm sets npm_execpath for its scripts, so this runs the same npm, independent of PATH.
  const npm = process.env.npm_execpath;
  const command = npm?.endsWith(".js") ? [process.execPath, npm] : ["npm"];
  const [program, ...first] = [...command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const done = spawnSync(program, first, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (done.status !== 0) fail(`npm ci failed (${done.error?.message ?? `exit ${done.status}`})`);
}

/** Why node_modules does not match package-lock.json. Undefined if it matches. */
function whyInstall() {
  const hidden = join(modules, ".package-lock.json");
  if (!existsSync(hidden)) return "there is no node_modules yet";
  const wanted = lockedPackages(join(root, "package-lock.json"));
  const installed = lockedPackages(hidden);
  for (const [path, { version, integrity, optional }] of Object.entries(wanted)) {
    const found = installed[path];
    // An optional package may belong to another platform.
    if (found === undefined && optional) continue;
    if (found?.version !== version || found?.integrity !== integrity) return `${path} is not at ${version}`;
  }
  const stray = Object.keys(installed).find((path) => wanted[path] === undefined);
  return stray === undefined ? undefined : `${stray} is not in package-lock.json`;
}

function lockedPackages(file) {
  const { "": _project, ...packages } = JSON.parse(readFileSync(file, "utf8")).packages;
  return packages;
}

/** The Node that the action runs on at GitHub: the one from the registry, or this one if it is new enough. */
function node24() {
  const bundled = join(modules, `node-${process.platform}-${process.arch}`, "bin", "node");
  if (existsSync(bundled)) return bundled;
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  return fail(
    `this is Node ${process.version}, and there is no Node 24 package for ${process.platform} ${process.arch}: install Node 24 and run this again`,
  );
}

function run(program, programArgs) {
  const path = [join(program, ".."), join(modules, ".bin"), process.env.PATH].join(delimiter);
  const child = spawn(program, programArgs, { cwd: root, stdio: "inherit", env: { ...process.env, PATH: path } });
  // The child cleans up (nodes, mounts, namespaces) and decides when to end; the terminal sends it Ctrl-C as well.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`${program}: ${error.message}`));
  child.on("close", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function say(message) {
  process.stderr.write(`woven: ${message}\n`);
}

function fail(message) {
  say(message);
  process.exit(1);
}
