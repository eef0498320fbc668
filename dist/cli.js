#!/usr/bin/env node
import { a as inputNames, c as createLog, i as readSettings, l as runCommand, n as realWorld, o as commandNames, r as withLocalNode, s as runProcess, t as cancellation, u as succeeded } from "./chunks/surroundings.js";
import { r as asWovenError } from "./chunks/errors.js";
import { n as nodeLine } from "./chunks/report.js";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { existsSync, readFileSync } from "node:fs";

// src/cli.ts
const files = [
	"ssh-key",
	"known-hosts",
	"roles",
	"env"
];
const help = `woven COMMAND [ROLE or user@host …] [--input value …]

Commands: ${commandNames.join(", ")}

Every input of the action is an option here (--dry-run, --version 1.2, --migrate none, …); see docs/settings.md.
${files.map((name) => `--${name}-file`).join(", ")} read the value from a file.
Secrets are better given in the environment: WOVEN_SSH_KEY, WOVEN_PASSWORD, WOVEN_ENV, … (WOVEN_<INPUT>).
Without a key and known hosts, ~/.ssh/id_ed25519 and ~/.ssh/known_hosts are used.
`;
async function runCli(argv, process) {
	const log = createLog((line) => process.stdout.write(`${line}\n`));
	try {
		process.exitCode = await run(argv, process, log);
	} catch (error) {
		tell(log, asWovenError(error));
		process.exitCode = 1;
	}
	await new Promise((resolve) => process.stdout.write("", resolve));
	process.exit();
}
async function run(argv, process, log) {
	const { values, positionals } = parseArgs({
		args: [...argv],
		options: options(),
		allowPositionals: true,
		strict: true
	});
	if (values["help"] === true || positionals.length === 0) {
		process.stdout.write(help);
		return positionals.length === 0 && values["help"] !== true ? 2 : 0;
	}
	const given = inputs(values, positionals, process.env);
	const asked = await readSettings({
		input: (name) => given.get(name) ?? "",
		env: process.env,
		cwd: process.cwd(),
		run: runProcess,
		mask: (secret) => log.mask(secret),
		log: (line) => log.info(line)
	});
	const settings = await withLocalNode(asked, terminal, log);
	const cacheDir = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "woven");
	await using world = await realWorld(settings, {
		log,
		env: process.env,
		cacheDir,
		signal: cancellation(process)
	});
	const report = await runCommand(settings, world);
	conclude(log, report);
	return succeeded(report) ? 0 : 1;
}
/** The process that leads this session, proc_pid_stat(5): the terminal's shell, whatever npx and npm stand in between. */
function terminal() {
	const stat = readFileSync("/proc/self/stat", "utf8");
	const leader = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3] ?? "0";
	return existsSync(`/proc/${leader}/stat`) ? Number(leader) : process.ppid;
}
function options() {
	const flags = /* @__PURE__ */ new Set(["overwrite", "dry-run"]);
	const all = [...inputNames.filter((name) => name !== "command" && name !== "role"), ...files.map((name) => `${name}-file`)];
	return {
		help: {
			type: "boolean",
			short: "h"
		},
		...Object.fromEntries(all.map((name) => [name, { type: flags.has(name) ? "boolean" : "string" }]))
	};
}
function inputs(values, [command = "", ...rest], env) {
	const own = inputNames.flatMap((name) => {
		const value = values[name] ?? fromFile(values[`${name}-file`]) ?? env[`WOVEN_${name.toUpperCase().replaceAll("-", "_")}`] ?? usual(name);
		return value === void 0 ? [] : [[name, String(value)]];
	});
	const positional = [["command", command], ...rest.length > 0 ? [["role", rest.join("\n")]] : []];
	return new Map([...own, ...positional]);
}
function fromFile(path) {
	return typeof path === "string" ? readFileSync(path, "utf8") : void 0;
}
/** What ssh(1) itself would use. */
function usual(name) {
	const file = {
		"ssh-key": "id_ed25519",
		"known-hosts": "known_hosts"
	}[name];
	if (file === void 0) return void 0;
	try {
		return readFileSync(join(homedir(), ".ssh", file), "utf8");
	} catch {
		return;
	}
}
function conclude(log, report) {
	for (const node of report.nodes) {
		const { error } = node;
		log.info(nodeLine(node, report));
		if (error) tell(log, error);
	}
	if (report.error) tell(log, report.error);
}
/** One failure, as the person who has to act on it needs it. */
function tell(log, error) {
	const { node, stage, step, output, next, message } = error.details;
	const where = [
		node,
		stage,
		step
	].filter((part) => part !== void 0).join(" / ");
	if (output) log.remote(node ?? "runner", output);
	log.error(`${where ? `${where}: ` : ""}${message}${next ? `\n${next}` : ""}`);
	if (error.code === "internal" && error.cause instanceof Error) log.debug(error.cause.stack ?? "");
}

// src/entry/cli.ts
await runCli(process.argv.slice(2), process);

export {  };