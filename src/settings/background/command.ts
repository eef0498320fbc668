// The command of a process or a schedule: a management command, or a program of the virtualenv. No shell reads it.
import { quoted } from "../problems.ts";
import { splitShellWords } from "../shell-words.ts";

export type BackgroundCommand =
  /** `manage rqworker default`: the words after `manage`. */
  | { readonly kind: "manage"; readonly words: readonly string[] }
  /** `celery -A shop worker`: a program in the `bin` of the virtualenv, and its arguments. */
  | { readonly kind: "program"; readonly words: readonly string[] };

export type ReadCommand =
  | { readonly kind: "command"; readonly command: BackgroundCommand }
  | { readonly kind: "wrong"; readonly what: string; readonly next?: string };

/** Programs that would start the command in another environment than the release's. */
const runners = ["uv", "poetry", "pdm", "pipenv", "hatch", "rye"];
const shells = ["sh", "bash", "dash", "zsh", "sudo", "su", "env", "exec", "nohup", "cd", "source", "."];
const operators = ["&&", "||", "|", ";", "&", ">", ">>", "<", "2>", "2>&1", "&>"];

/** Reads a command. `wrong` says what cannot work, as text after the key. */
export function readCommand(text: string): ReadCommand {
  const split = splitShellWords(text);
  if (split.kind === "unfinished") return wrong(`has ${split.what}`);
  const [first = "", ...rest] = split.words;
  if (first === "") return wrong("is empty", 'For example: command = "manage rqworker"');
  if (text.includes("\0")) return wrong("has a character that no command can have");
  return shellOnly(text, split.words) ?? wrapped(first, rest) ?? read(first, rest);
}

function read(first: string, rest: readonly string[]): ReadCommand {
  if (isManage(first)) return managed(rest);
  const [script = "", ...words] = rest;
  if (/^python3?(\.\d+)?$/.test(first) && isManage(script)) return managed(words);
  if (/^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(first))
    return { kind: "command", command: { kind: "program", words: [first, ...rest] } };
  const what = `starts with ${quoted(first)}, which is no program of the virtualenv`;
  if (/^(\.?[\w.-]*\/)*(bin|Scripts)\//.test(first))
    return wrong(what, `Write its name alone: ${quoted(first.replace(/.*\//, ""))}`);
  return wrong(
    what,
    "Write manage and a management command, a program that a requirement installs, or python and a file.",
  );
}

function managed(words: readonly string[]): ReadCommand {
  const [name] = words;
  if (name === undefined) return wrong("names no management command", "For example: manage rqworker");
  if (!/^[A-Za-z_][\w-]*$/.test(name)) return wrong(`has ${quoted(name)}, which is no management command`);
  return { kind: "command", command: { kind: "manage", words } };
}

function isManage(word: string): boolean {
  return /^(.*\/)?manage(\.py)?$/.test(word);
}

/** What only a shell understands. Quotes make it plain text, but for a variable in double quotes. */
function shellOnly(text: string, words: readonly string[]): ReadCommand | undefined {
  const next = "No shell runs the command. Put what needs a shell into a management command.";
  const unquoted = text.replaceAll(/'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]/g, "_");
  const operator = unquoted.split(/\s+/).find((word) => operators.includes(word));
  if (operator !== undefined) return wrong(`has ${operator}, which only a shell understands`, next);
  const plain = text.replaceAll(/'[^']*'|\\./g, "");
  const [variable] = /\$(\w+|\{[^}]*\}|\()|`/.exec(plain) ?? [];
  if (variable !== undefined) return wrong(`has ${quoted(variable)}, which only a shell replaces`, next);
  const [first = ""] = words;
  if (/^[A-Za-z_]\w*=/.test(first))
    return wrong(`sets ${first.split("=")[0]} before the program`, "Put variables into [env], or into the env input.");
  if (shells.includes(first)) return wrong(`starts with ${first}`, next);
  return undefined;
}

function wrapped(first: string, rest: readonly string[]): ReadCommand | undefined {
  if (!runners.includes(first) || rest[0] !== "run") return undefined;
  return wrong(
    `starts with ${first} run, which is not on the server`,
    `Write the command without it: ${quoted(rest.slice(1).join(" "))}`,
  );
}

function wrong(what: string, next?: string): ReadCommand {
  return { kind: "wrong", what, ...(next === undefined ? {} : { next }) };
}
