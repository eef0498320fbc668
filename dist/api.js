import { n as usualInput } from "./chunks/command-line.js";
import { F as fleet, I as readLines, S as succeeded, _ as runProcess, b as createLog, g as withLocalNode, h as openRuntime, it as shellWord, rt as sh, t as readSettings, ut as inputNames, x as runCommand } from "./chunks/read.js";
import { n as WovenError, r as asWovenError, t as SettingsError } from "./chunks/errors.js";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

// src/api.ts
/** A run that did not end as asked on every server. `code`, `message` and `details` are those of the first failure. */
var RunFailed = class extends WovenError {
	report;
	constructor(report, { details, cause }) {
		super({
			...details,
			cause
		});
		this.report = report;
	}
};
/** Throws RunFailed, or a SettingsError with all problems. */
async function run(process, command, options) {
	const log = logOf(process, options);
	const settings = await settingsOf(process, command, options, log);
	await using world = await openRuntime(settings, runtimeOptions(process, options, log));
	const report = await runCommand(settings, world);
	if (succeeded(report)) return report;
	const failures = [report.error, ...report.nodes.map(({ error }) => error)];
	throw new RunFailed(report, failures.find((error) => error !== void 0) ?? asWovenError(/* @__PURE__ */ new Error("the run failed")));
}
/** Runs a command on every server at the same time. A status other than 0 is a result, not an error. */
async function runEverywhere(process, command, { as, ...options }) {
	const log = logOf(process, options);
	const settings = await settingsOf(process, "status", options, log);
	await using world = await openRuntime(settings, runtimeOptions(process, options, log));
	await using nodes = fleet(settings, world);
	const answers = [];
	await nodes.phase(async ({ host }) => {
		const session = await host.session();
		const { code, stdout, stderr } = await (as === "root" ? host.root(command) : session.exec(command));
		const lines = readLines((line) => log.remote(host.name, line));
		lines.push(Buffer.from(stdout + stderr));
		lines.end();
		const { role } = host.address;
		const clean = {
			stdout: log.clean(stdout),
			stderr: log.clean(stderr)
		};
		answers.push({
			host: host.name,
			...role === void 0 ? {} : { role },
			code,
			...clean
		});
	});
	const failed = nodes.nodes.find(({ error }) => error !== void 0)?.error;
	if (failed) throw failed;
	return settings.nodes.flatMap((node) => answers.filter(({ host }) => host === node.host));
}
function logOf({ stdout }, { log }) {
	return createLog(log ?? ((line) => stdout.write(`${line}\n`)), { nodes: () => "several" });
}
async function settingsOf(process, command, options, log) {
	const inputs = inputsOf(options);
	const { env } = process;
	const settings = await readSettings({
		input: (name) => name === "command" ? command : inputs.get(name) ?? usualInput(name, env) ?? "",
		env,
		cwd: process.cwd(),
		run: runProcess,
		mask: (secret) => log.mask(secret),
		log: (line) => log.info(line)
	});
	return await withLocalNode(settings, () => process.pid, log);
}
function runtimeOptions({ env }, { signal }, log) {
	return {
		log,
		env,
		cacheDir: join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "woven"),
		scratch: tmpdir(),
		signal: signal ?? new AbortController().signal
	};
}
/** The options as inputs of the action. Throws a TypeError if one is none. */
function inputsOf({ log: _, signal: __, ...options }) {
	return new Map(Object.entries(options).flatMap(([option, value]) => {
		const name = option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
		const known = inputNames.find((input) => input === name);
		if (known === void 0 || known === "command") throw new TypeError(`there is no option ${option}`);
		return value === void 0 ? [] : [[known, asText(known, value)]];
	}));
}
function asText(name, value) {
	if (Array.isArray(value)) return name === "options" ? value.map((word) => shellWord(String(word))).join(" ") : value.join("\n");
	if (typeof value !== "object" || value === null) return String(value);
	if (name === "roles" || name === "files") return JSON.stringify(value);
	return Object.entries(value).map(([key, text]) => `${key}=${envValue(key, String(text))}`).join("\n");
}
/** A value as it is written in the inputs env and hook-env: in the kind of quotes that it does not have itself. */
function envValue(name, value) {
	if (/^[^\s"'#]+$/.test(value)) return value;
	for (const quote of ["\"", "'"]) if (!value.includes(quote)) return `${quote}${value}${quote}`;
	if (/^[^\s"'#].*\S$/.test(value)) return value;
	throw new TypeError(`the value of ${name} has both kinds of quotes, and a line break or blanks at its ends`);
}

// src/entry/api.ts
/** Turns bare servers into servers that releases can be deployed to. Changes nothing on a server that is set up. */
function setupnode(options = {}) {
	return run(process, "setupnode", options);
}
/** Builds the wheels of the requirements for each server's Python in advance. */
function bundle(options = {}) {
	return run(process, "bundle", options);
}
/** Builds a release beside the live one on every server, migrates, checks it, and switches. All servers switch, or none. */
function deploy(options = {}) {
	return run(process, "deploy", options);
}
/** Brings small changes into the live version: all parts, or those in `parts`. */
function patch(options = {}) {
	return run(process, "patch", options);
}
/** Switches to a version that is on the servers. */
function activate(version, options = {}) {
	return run(process, "activate", {
		...options,
		version
	});
}
/** Switches to the healthy version that was live before. */
function rollback(options = {}) {
	return run(process, "rollback", options);
}
/**
* Runs a management command as the site user in the live release, or in the one of `version`, on every server. Its output is the
* `text` of each server in the report.
*/
function runManagementCommand(managementCommand, words = [], options = {}) {
	return run(process, "node", {
		...options,
		managementCommand,
		options: words
	});
}
/** The versions on each server, and which one is live: `nodes[0].version`. Changes nothing. */
function status(options = {}) {
	return run(process, "status", options);
}
/** Removes a release that is not live, or all of a distribution: `what` is a version, or the name of the distribution. */
function remove(what, options = {}) {
	return run(process, "remove", {
		...options,
		version: what
	});
}
/** Shows logs. `words`: `["--source", "web", "--since", "1h"]`, as on the command line. With `--follow`, until `signal` is aborted. */
function logs(words = [], options = {}) {
	return run(process, "logs", {
		...options,
		options: words
	});
}
/** Starts the sites that are listed and not served yet, in the live release. With `retire`, those that are no longer listed end. */
function startsites(options = {}) {
	return run(process, "startsites", options);
}
/** Builds or updates the preview called `name`, from the folder of the project. */
function preview(name, options = {}) {
	return run(process, "preview", {
		...options,
		preview: name
	});
}
/** Removes the previews whose time to live has ended. */
function previewSweep(options = {}) {
	return run(process, "preview-sweep", options);
}
/**
* Runs a command of the shell on every server at the same time, as the deploy user: ``runOnServers(sh`df -h ${folder}`)``. Quote with
* `sh`, which makes each value one word. A status other than 0 is a result, not an error.
*/
function runOnServers(command, options = {}) {
	return runEverywhere(process, command, {
		...options,
		as: "deploy-user"
	});
}
/** The same as root. */
function sudoOnServers(command, options = {}) {
	return runEverywhere(process, command, {
		...options,
		as: "root"
	});
}

export { RunFailed, SettingsError, WovenError, activate, bundle, deploy, logs, patch, preview, previewSweep, remove, rollback, runManagementCommand, runOnServers, setupnode, sh, startsites, status, sudoOnServers };