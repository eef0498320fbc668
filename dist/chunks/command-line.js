import { ct as nearest, dt as require_dist, it as quoted } from "./secret.js";
import { t as SettingsError } from "./errors.js";
import { ct as logOptionNames, it as shellWord, lt as logOptions, ot as commandNames, pt as readPackageFile, ut as inputNames } from "./read.js";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, stripVTControlCharacters } from "node:util";

// src/settings/terminal-commands.ts
var import_dist = require_dist();
const terminalCommands = {
	console: "node",
	doctor: "deploy"
};
function isTerminalCommand(word) {
	return word !== void 0 && Object.hasOwn(terminalCommands, word);
}
/** The inputs that the words stand for. `options`: what the input of that name is otherwise. */
function inputsOf({ command = "", roles, options, after }, given) {
	if (command === "console") {
		const [role, managementCommand = "shell"] = roles;
		return new Map([
			["command", terminalCommands[command]],
			...role === void 0 ? [] : [["role", role]],
			["management-command", managementCommand],
			["options", after.map(shellWord).join(" ")]
		]);
	}
	return new Map([
		["command", isTerminalCommand(command) ? terminalCommands[command] : command],
		...roles.length > 0 ? [["role", roles.join("\n")]] : [],
		...command === "logs" ? [["options", [given ?? "", ...logWords(options)].join(" ")]] : []
	]);
}
/** The options of logs, as words of its `options` input. */
function logWords(options) {
	return logOptionNames.flatMap((name) => {
		const value = options.get(name);
		if (value === void 0) return [];
		return logOptions[name] === "none" ? `--${name}` : shellWord(`--${name}=${value}`);
	});
}

// src/command-line.ts
/** Inputs that are written without an option name. */
const words = ["command", "role"];
const flags = [
	"overwrite",
	"dry-run",
	"dirty",
	"retire",
	"no-rehearsal"
];
/** Inputs that may be read from a file. Not `--env-file`, because Node itself reads that option. */
const fromFiles = [
	"roles",
	"ssh-key",
	"jump-ssh-key",
	"known-hosts",
	"env",
	"files",
	"hook-env",
	"preview-env"
];
const suffix = "-from";
function isInput(name) {
	return inputNames.some((known) => known === name);
}
/** Options of single commands, which are no inputs. */
const ownOptions = {
	...Object.fromEntries(logOptionNames.filter((name) => !isInput(name)).map((name) => [name, "logs"])),
	"no-rehearsal": "doctor"
};
const named = inputNames.filter((name) => !words.includes(name));
const optionNames = [
	"help",
	...named,
	...fromFiles.map((name) => `${name}${suffix}`),
	...Object.keys(ownOptions)
];
/** Reads the words, the environment (`WOVEN_<INPUT>`) and the files they name. Throws a SettingsError with all mistakes. */
function readCommandLine(argv, { env, cwd }) {
	const { options, positionals, problems, after } = readOptions(argv);
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
		next: `Write it first: woven ${[...commandNames, ...Object.keys(terminalCommands)].join("|")} …`
	});
	const inputs = /* @__PURE__ */ new Map();
	for (const name of named) {
		const file = options.get(`${name}${suffix}`);
		const last = options.get(name) ?? (file === void 0 ? void 0 : fromFile({
			where: `--${name}${suffix}`,
			path: file,
			cwd
		}, problems)) ?? usualInput(name, env);
		if (last !== void 0) inputs.set(name, last);
		if (file !== void 0 && options.has(name)) problems.push({
			where: `--${name}${suffix}`,
			what: `is given together with --${name}`,
			next: "Keep one of the two."
		});
	}
	if (problems.length > 0) throw new SettingsError(problems);
	for (const [name, value] of inputsOf({
		command,
		roles,
		options,
		after
	}, inputs.get("options"))) inputs.set(name, value);
	return {
		kind: "run",
		inputs,
		rehearsal: options.has("no-rehearsal") ? "left out" : "wanted",
		...isTerminalCommand(command) ? { terminal: command } : {}
	};
}
function readOptions(argv) {
	const isFlag = (name) => flags.some((flag) => flag === name) || logOptions[name] === "none";
	const type = (name) => name === "help" || isFlag(name) ? "boolean" : "string";
	const parsed = parseArgs({
		args: [...argv],
		options: Object.fromEntries(optionNames.map((name) => [name, {
			type: type(name),
			...name === "help" ? { short: "h" } : {}
		}])),
		allowPositionals: true,
		strict: false,
		tokens: true
	});
	const plain = parsed.tokens.filter((token) => token.kind === "positional");
	const last = plain[0]?.value === "console" ? plain[2]?.index ?? argv.length : argv.length;
	const tokens = parsed.tokens.filter(({ index }) => index <= last);
	const positionals = plain.filter(({ index }) => index <= last).map(({ value }) => value);
	const after = argv.slice(last + 1);
	const options = /* @__PURE__ */ new Map();
	const problems = [];
	for (const token of tokens) {
		if (token.kind !== "option") continue;
		const { name, rawName, value, inlineValue } = token;
		const elsewhere = Object.hasOwn(ownOptions, name) && ownOptions[name] !== positionals[0];
		const problem = optionNames.includes(name) && !elsewhere ? valueProblem({
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
		problems,
		after: after[0] === "--" ? after.slice(1) : after
	};
}
function unknown(name, rawName) {
	const where = stripVTControlCharacters(rawName);
	if (words.some((word) => word === name)) return {
		where,
		what: "is not an option",
		next: "Write the command and the roles without dashes: woven deploy production"
	};
	const of = Object.hasOwn(ownOptions, name) ? ownOptions[name] : void 0;
	if (of !== void 0) return {
		where,
		what: "is not an option of this command",
		next: `It belongs to ${of}.`
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
/** An input that is not given: the environment variable for it, or the file that ssh(1) would use. */
function usualInput(name, env) {
	const set = env[`WOVEN_${name.toUpperCase().replaceAll("-", "_")}`];
	if (set !== void 0) return set;
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
woven startproject NAME | woven init

${entry("COMMAND", `${inputs["command"]?.description ?? ""} Only here: ${Object.keys(terminalCommands).join(", ")}.`)}
${entry("ROLE", inputs["role"]?.description ?? "")}

  woven console [--site 2] ROLE [shell|dbshell|COMMAND …]: a management command with your terminal.
  woven doctor ROLE [--no-rehearsal]: checks all that a first deployment needs, and changes nothing on the server.
  woven logs ROLE [--source application,web,worker,journal] [--since 1h] [--filter TEXT] [--lines 100] [--site 1] [--follow]

The options are the inputs of the action. docs/settings.md describes them in full.

${entries.join("\n")}
${entry(`--INPUT${suffix}`, `An input that is read from a file: ${fromFiles.join(", ")}.`)}
${entry("--help", "Show this help.")}

${entry("startproject", "Make a new Django project that deploys at once. woven startproject --help lists its options.")}
${entry("init", "Prepare a project that exists: woven.toml and the workflows. woven init --help lists its options.")}

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

export { usualInput as n, readCommandLine as t };