// Reads the command line: the command, the roles, and the action's inputs as options. Reports all mistakes together.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, stripVTControlCharacters } from "node:util";
import { parse } from "yaml";
import { type Problem, SettingsError } from "./errors.ts";
import { readPackageFile } from "./package-files.ts";
import { nearest } from "./settings/did-you-mean.ts";
import { type InputName, inputNames } from "./settings/inputs.ts";
import { type LogOption, logOptionNames, logOptions } from "./settings/log-request.ts";
import { quoted } from "./settings/problems.ts";
import { commandNames } from "./settings/settings.ts";
import { inputsOf, isTerminalCommand, type TerminalCommand, terminalCommands } from "./settings/terminal-commands.ts";

/** Inputs that are written without an option name. */
const words: readonly InputName[] = ["command", "role"];
const flags: readonly string[] = ["overwrite", "dry-run", "dirty", "retire", "no-rehearsal"];
/** Inputs that may be read from a file. Not `--env-file`, because Node itself reads that option. */
const fromFiles: readonly InputName[] = [
  "roles",
  "ssh-key",
  "jump-ssh-key",
  "known-hosts",
  "env",
  "files",
  "hook-env",
  "preview-env",
];
const suffix = "-from";

function isInput(name: string): boolean {
  return inputNames.some((known) => known === name);
}

/** Options of single commands, which are no inputs. */
const ownOptions: Readonly<Record<string, string>> = {
  ...Object.fromEntries(logOptionNames.filter((name) => !isInput(name)).map((name) => [name, "logs"])),
  "no-rehearsal": "doctor",
};
const named = inputNames.filter((name) => !words.includes(name));
const optionNames: readonly string[] = [
  "help",
  ...named,
  ...fromFiles.map((name) => `${name}${suffix}`),
  ...Object.keys(ownOptions),
];

export type CommandLine =
  | { readonly kind: "help"; readonly text: string; readonly asked: "yes" | "no" }
  /** The given inputs, by name. */
  | {
      readonly kind: "run";
      readonly inputs: ReadonlyMap<string, string>;
      readonly terminal?: TerminalCommand;
      readonly rehearsal: "wanted" | "left out";
    };

/** Reads the words, the environment (`WOVEN_<INPUT>`) and the files they name. Throws a SettingsError with all mistakes. */
export function readCommandLine(
  argv: readonly string[],
  { env, cwd }: { readonly env: Readonly<Record<string, string | undefined>>; readonly cwd: string },
): CommandLine {
  const { options, positionals, problems, after } = readOptions(argv);
  if (options.has("help")) return { kind: "help", text: help(), asked: "yes" };
  if (argv.length === 0) return { kind: "help", text: help(), asked: "no" };
  const [command, ...roles] = positionals;
  if (command === undefined)
    problems.push({
      where: "the command",
      what: "is missing",
      next: `Write it first: woven ${[...commandNames, ...Object.keys(terminalCommands)].join("|")} …`,
    });
  const inputs = new Map<string, string>();
  for (const name of named) {
    const file = options.get(`${name}${suffix}`);
    const value =
      options.get(name) ??
      (file === undefined ? undefined : fromFile({ where: `--${name}${suffix}`, path: file, cwd }, problems));
    const last = value ?? usualInput(name, env);
    if (last !== undefined) inputs.set(name, last);
    if (file !== undefined && options.has(name))
      problems.push({
        where: `--${name}${suffix}`,
        what: `is given together with --${name}`,
        next: "Keep one of the two.",
      });
  }
  if (problems.length > 0) throw new SettingsError(problems);
  for (const [name, value] of inputsOf({ command, roles, options, after }, inputs.get("options")))
    inputs.set(name, value);
  const rehearsal = options.has("no-rehearsal") ? "left out" : "wanted";
  return { kind: "run", inputs, rehearsal, ...(isTerminalCommand(command) ? { terminal: command } : {}) };
}

function readOptions(argv: readonly string[]) {
  const isFlag = (name: string) => flags.some((flag) => flag === name) || logOptions[name as LogOption] === "none";
  const type = (name: string) => (name === "help" || isFlag(name) ? "boolean" : "string");
  const parsed = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      optionNames.map((name) => [name, { type: type(name), ...(name === "help" ? { short: "h" } : {}) }] as const),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const plain = parsed.tokens.filter((token) => token.kind === "positional");
  // The words after the management command of a console are its own, options too.
  const last = plain[0]?.value === "console" ? (plain[2]?.index ?? argv.length) : argv.length;
  const tokens = parsed.tokens.filter(({ index }) => index <= last);
  const positionals = plain.filter(({ index }) => index <= last).map(({ value }) => value);
  const after = argv.slice(last + 1);
  const options = new Map<string, string>();
  const problems: Problem[] = [];
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const elsewhere = Object.hasOwn(ownOptions, name) && ownOptions[name] !== positionals[0];
    const problem =
      optionNames.includes(name) && !elsewhere
        ? valueProblem({ rawName, value, inlineValue, given: options.has(name), takes: type(name) })
        : unknown(name, rawName);
    if (problem) problems.push(problem);
    options.set(name, value ?? "true");
  }
  return { options, positionals, problems, after: after[0] === "--" ? after.slice(1) : after };
}

function unknown(name: string, rawName: string): Problem {
  const where = stripVTControlCharacters(rawName);
  if (words.some((word) => word === name))
    return {
      where,
      what: "is not an option",
      next: "Write the command and the roles without dashes: woven deploy production",
    };
  const of = Object.hasOwn(ownOptions, name) ? ownOptions[name] : undefined;
  if (of !== undefined) return { where, what: "is not an option of this command", next: `It belongs to ${of}.` };
  const near = nearest(name.replace(/-file$/, suffix), optionNames);
  return {
    where,
    what: "is not an option",
    next: near === undefined ? "woven --help lists the options." : `Did you mean --${near}?`,
  };
}

interface Given {
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
  /** Whether the option was given before. */
  readonly given: boolean;
  readonly takes: "boolean" | "string";
}

function valueProblem({ rawName, value, inlineValue, given, takes }: Given): Problem | undefined {
  if (given) return { where: rawName, what: "is given twice", next: "Keep one of the two." };
  if (takes === "boolean") return undefined;
  if (value === undefined)
    return { where: rawName, what: "needs a value", next: `Write ${rawName} and the value after it.` };
  if (inlineValue === false && /^-./.test(value))
    return {
      where: rawName,
      what: "needs a value, but an option follows",
      next: `Write a value that begins with a dash after an equals sign: ${rawName}=-…`,
    };
  return undefined;
}

function fromFile(
  { where, path, cwd }: { readonly where: string; readonly path: string; readonly cwd: string },
  problems: Problem[],
): string | undefined {
  try {
    return readFileSync(resolve(cwd, path), "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: "there is no file",
      ENOTDIR: "there is no file",
      EISDIR: "this is a folder:",
      EACCES: "you may not read",
    };
    const reason = reasons[code ?? ""];
    problems.push({
      where,
      what: reason === undefined ? message : `${reason} ${quoted(path)}`,
      next: `Woven looks for it from ${cwd}.`,
    });
    return undefined;
  }
}

/** An input that is not given: the environment variable for it, or the file that ssh(1) would use. */
export function usualInput(name: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const set = env[`WOVEN_${name.toUpperCase().replaceAll("-", "_")}`];
  if (set !== undefined) return set;
  const file = { "ssh-key": "id_ed25519", "known-hosts": "known_hosts" }[name];
  if (file === undefined) return undefined;
  try {
    return readFileSync(join(homedir(), ".ssh", file), "utf8");
  } catch {
    return undefined;
  }
}

/** Made from action.yml, so that the help has every input, with the action's own description. */
function help(): string {
  const { inputs }: { inputs: Record<string, { description: string; default?: string }> } = parse(
    readPackageFile("action.yml"),
  );
  const entries = Object.entries(inputs).flatMap(([name, { description, default: usually = "" }]) => {
    if (words.some((word) => word === name)) return [];
    const shown =
      usually === "" || usually.includes("{{") || flags.some((flag) => flag === name) ? "" : ` (${usually})`;
    const takes = flags.some((flag) => flag === name) ? "" : " VALUE";
    return [entry(`--${name}${takes}`, `${description}${shown}`)];
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
function entry(name: string, meaning: string): string {
  const indent = " ".repeat(30);
  const lines = meaning.match(/\S.{0,69}(?=\s|$)/g) ?? [];
  const first = name.length < 28 ? `  ${name}`.padEnd(30) : `  ${name}\n${indent}`;
  return first + lines.join(`\n${indent}`);
}
