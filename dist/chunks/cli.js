import { a as runProcess, c as runCommand, d as readPackageFile, g as releaseCommands, h as nodeLine, i as withLocalNode, l as succeeded, m as liveNow, n as inputNames, o as cancellation, r as openRuntime, s as createLog, t as readSettings, u as commandNames } from "./read.js";
import { _ as quoted, d as nearest, s as require_dist } from "./roles.js";
import { r as asWovenError, t as SettingsError } from "./errors.js";
import { a as stagePlace, n as failureBelow, o as withoutRepeats } from "./failure-text.js";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, stripVTControlCharacters } from "node:util";

// src/command-line.ts
var import_dist = require_dist();
/** Inputs that are written without an option name. */
const words = ["command", "role"];
const flags = [
	"overwrite",
	"dry-run",
	"dirty"
];
/** Inputs that may be read from a file. Not `--env-file`, because Node itself reads that option. */
const fromFiles = [
	"roles",
	"ssh-key",
	"jump-ssh-key",
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
/** Reads the words, the environment (`WOVEN_<INPUT>`) and the files they name. Throws a SettingsError with all mistakes. */
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
			what: `is given together with --${name}`,
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
		what: "is not an option",
		next: "Write the command and the roles without dashes: woven deploy production"
	};
	const near = nearest(name.replace(/-file$/, suffix), optionNames);
	return {
		where,
		what: "is not an option",
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
		what: "needs a value, but an option follows",
		next: `Write a value that begins with a dash after an equals sign: ${rawName}=-…`
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
			next: `Woven looks for it from ${cwd}.`
		});
		return;
	}
}
/** The files that ssh(1) would use. */
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
/** Made from action.yml, so that the help has every input, with the action's own description. */
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

The options are the inputs of the action. docs/settings.md describes them in full.

${entries.join("\n")}
${entry(fromFiles.map((name) => `--${name}${suffix}`).join(", "), "The same input, read from a file.")}
${entry("--help", "Show this help.")}

An option that you do not give is read from the environment variable WOVEN_<OPTION>: WOVEN_SSH_KEY, WOVEN_PASSWORD,
WOVEN_ENV, … That is the better place for secrets. Without a key and known hosts, woven uses ~/.ssh/id_ed25519 and
~/.ssh/known_hosts.
`;
}
/** A name and its description, in lines of at most a hundred columns. */
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
/** The leader of this session, proc_pid_stat(5): the terminal's shell, also if npx or npm started this process. */
function terminal() {
	const stat = readFileSync("/proc/self/stat", "utf8");
	const leader = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3] ?? "0";
	return existsSync(`/proc/${leader}/stat`) ? Number(leader) : process.ppid;
}
function conclude(log, report) {
	for (const node of report.nodes) {
		const { error } = node;
		if (error) tell(log, error, releaseCommands.has(report.command) && !report.dryRun ? liveNow(node) : void 0);
		log.info(nodeLine(node, report));
	}
	if (report.error) tell(log, report.error);
}
/** Prints one failure: the whole output first, then the summary of what failed. `live`: what is live now. */
function tell(log, error, live) {
	const clean = error.map((text) => log.clean(text));
	const { node, stage, step, output } = clean.details;
	const where = [
		node,
		stagePlace(stage, step),
		step
	].filter((part) => part !== void 0).join(" / ");
	if (output) log.remote(node ?? "runner", withoutRepeats(output));
	log.error(`${where ? `${where}: ` : ""}${failureBelow(clean, live)}`);
	if (error.code === "internal" && error.cause instanceof Error) log.debug(error.cause.stack ?? "");
}

export { runCli };