#!/usr/bin/env node
import { _ as quoted, l as require_dist, u as nearest } from "./chunks/secret.js";
import { r as asWovenError, t as SettingsError } from "./chunks/errors.js";
import { a as openRuntime, c as createLog, d as readPackageFile, i as cancellation, l as runCommand, n as inputNames, o as withLocalNode, r as commandNames, s as runProcess, t as readSettings, u as succeeded } from "./chunks/read.js";
import { n as nodeLine } from "./chunks/report.js";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, stripVTControlCharacters } from "node:util";
import { existsSync, readFileSync } from "node:fs";

// src/command-line.ts
var import_dist = require_dist();
/** Inputs that are written as words, without a name in front. */
const words = ["command", "role"];
const flags = ["overwrite", "dry-run"];
/** Inputs that may be read from a file. Not `--env-file`, which Node itself reads wherever it stands on its command line. */
const fromFiles = [
	"roles",
	"ssh-key",
	"known-hosts",
	"env",
	"hook-env"
];
const suffix = "-from";
const named = inputNames.filter((name) => !words.includes(name));
const optionNames = [
	"help",
	...named,
	...fromFiles.map((name) => `${name}${suffix}`)
];
/** Reads the words, the environment (`WOVEN_<INPUT>`) and the files they name. Throws a SettingsError with all that is wrong. */
function readCommandLine(argv, { env, cwd }) {
	const { options, positionals, problems } = readOptions(argv);
	if (options.has("help")) return {
		kind: "help",
		text: help(),
		asked: "yes"
	};
	if (argv.length === 0) return {
		kind: "help",
		text: help(),
		asked: "no"
	};
	const [command, ...roles] = positionals;
	if (command === void 0) problems.push({
		where: "the command",
		what: "is missing",
		next: `Write it first: woven ${commandNames.join("|")} …`
	});
	const inputs = /* @__PURE__ */ new Map();
	for (const name of named) {
		const file = options.get(`${name}${suffix}`);
		const last = options.get(name) ?? (file === void 0 ? void 0 : fromFile({
			where: `--${name}${suffix}`,
			path: file,
			cwd
		}, problems)) ?? env[`WOVEN_${name.toUpperCase().replaceAll("-", "_")}`] ?? usual(name);
		if (last !== void 0) inputs.set(name, last);
		if (file !== void 0 && options.has(name)) problems.push({
			where: `--${name}${suffix}`,
			what: `stands beside --${name}`,
			next: "Keep one of the two."
		});
	}
	if (problems.length > 0) throw new SettingsError(problems);
	inputs.set("command", command ?? "");
	if (roles.length > 0) inputs.set("role", roles.join("\n"));
	return {
		kind: "run",
		inputs
	};
}
function readOptions(argv) {
	const type = (name) => name === "help" || flags.some((flag) => flag === name) ? "boolean" : "string";
	const { tokens, positionals } = parseArgs({
		args: [...argv],
		options: Object.fromEntries(optionNames.map((name) => [name, {
			type: type(name),
			...name === "help" ? { short: "h" } : {}
		}])),
		allowPositionals: true,
		strict: false,
		tokens: true
	});
	const options = /* @__PURE__ */ new Map();
	const problems = [];
	for (const token of tokens) {
		if (token.kind !== "option") continue;
		const { name, rawName, value, inlineValue } = token;
		const problem = optionNames.includes(name) ? valueProblem({
			rawName,
			value,
			inlineValue,
			given: options.has(name),
			takes: type(name)
		}) : unknown(name, rawName);
		if (problem) problems.push(problem);
		options.set(name, value ?? "true");
	}
	return {
		options,
		positionals,
		problems
	};
}
function unknown(name, rawName) {
	const where = stripVTControlCharacters(rawName);
	if (words.some((word) => word === name)) return {
		where,
		what: "is no option",
		next: "Command and roles are written as words: woven deploy production"
	};
	const near = nearest(name.replace(/-file$/, suffix), optionNames);
	return {
		where,
		what: "is no option",
		next: near === void 0 ? "woven --help lists the options." : `Did you mean --${near}?`
	};
}
function valueProblem({ rawName, value, inlineValue, given, takes }) {
	if (given) return {
		where: rawName,
		what: "is given twice",
		next: "Keep one of the two."
	};
	if (takes === "boolean") return void 0;
	if (value === void 0) return {
		where: rawName,
		what: "needs a value",
		next: `Write ${rawName} and the value after it.`
	};
	if (inlineValue === false && /^-./.test(value)) return {
		where: rawName,
		what: "needs a value, and what follows looks like an option",
		next: `A value that begins with a dash is written with an equals sign: ${rawName}=-…`
	};
}
function fromFile({ where, path, cwd }, problems) {
	try {
		return readFileSync(resolve(cwd, path), "utf8");
	} catch (error) {
		const { code, message } = error;
		const reason = {
			ENOENT: "there is no file",
			ENOTDIR: "there is no file",
			EISDIR: "this is a folder:",
			EACCES: "you may not read"
		}[code ?? ""];
		problems.push({
			where,
			what: reason === void 0 ? message : `${reason} ${quoted(path)}`,
			next: `It is looked for from ${cwd}.`
		});
		return;
	}
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
/** Made of action.yml, so that it names every input, and says of it what the action says. */
function help() {
	const { inputs } = (0, import_dist.parse)(readPackageFile("action.yml"));
	const entries = Object.entries(inputs).flatMap(([name, { description, default: usually = "" }]) => {
		if (words.some((word) => word === name)) return [];
		const shown = usually === "" || usually.includes("{{") || flags.some((flag) => flag === name) ? "" : ` (${usually})`;
		return [entry(`--${name}${flags.some((flag) => flag === name) ? "" : " VALUE"}`, `${description}${shown}`)];
	});
	return `woven COMMAND [ROLE or user@host[:port] …] [--option value …]

${entry("COMMAND", inputs["command"]?.description ?? "")}
${entry("ROLE", inputs["role"]?.description ?? "")}

Options are the inputs of the action; docs/settings.md says more about them.

${entries.join("\n")}
${entry(fromFiles.map((name) => `--${name}${suffix}`).join(", "), "The same, read from a file.")}
${entry("--help", "This text.")}

An option that is not given is taken from the environment, where secrets are better off: WOVEN_SSH_KEY, WOVEN_PASSWORD,
WOVEN_ENV, … (WOVEN_<OPTION>). Without a key and known hosts, ~/.ssh/id_ed25519 and ~/.ssh/known_hosts are used.
`;
}
/** A name and what it means, in lines of a hundred columns at most. */
function entry(name, meaning) {
	const indent = " ".repeat(30);
	const lines = meaning.match(/\S.{0,69}(?=\s|$)/g) ?? [];
	return (name.length < 28 ? `  ${name}`.padEnd(30) : `  ${name}\n${indent}`) + lines.join(`\n${indent}`);
}

// src/cli.ts
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
	const given = readCommandLine(argv, {
		env: process.env,
		cwd: process.cwd()
	});
	if (given.kind === "help") {
		process.stdout.write(given.text);
		return given.asked === "yes" ? 0 : 2;
	}
	const asked = await readSettings({
		input: (name) => given.inputs.get(name) ?? "",
		env: process.env,
		cwd: process.cwd(),
		run: runProcess,
		mask: (secret) => log.mask(secret),
		log: (line) => log.info(line)
	});
	const settings = await withLocalNode(asked, terminal, log);
	const cacheDir = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "woven");
	await using world = await openRuntime(settings, {
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