// The command that starts a web server, as Procfiles, Dockerfiles and supervisor have it: which server, with which options.
import { fits } from "../../settings/grammar.ts";
import { serverNames } from "../../settings/settings.ts";
import { splitShellWords } from "../../settings/shell-words.ts";
import type { ForeignServer } from "./foreign.ts";

export interface WebCommand {
  readonly server: ForeignServer;
  readonly notes: readonly string[];
}

/** Servers, and the one of Woven's that does their work. */
const programs: Readonly<Record<string, string>> = {
  gunicorn: "gunicorn",
  uvicorn: "uvicorn",
  daphne: "uvicorn",
  hypercorn: "uvicorn",
  uwsgi: "uwsgi",
  "waitress-serve": "gunicorn",
};

/** Options of a number, by the key of [server]. `-w` means another thing in each server. */
const numbers: Readonly<Record<string, Readonly<Record<string, NumberKey>>>> = {
  gunicorn: {
    "-w": "workers",
    "--workers": "workers",
    "--threads": "threads",
    "-t": "timeout",
    "--timeout": "timeout",
  },
  uvicorn: { "--workers": "workers" },
  hypercorn: { "-w": "workers", "--workers": "workers" },
};

/** Options of gunicorn that stay options. */
const kept = ["--max-requests", "--max-requests-jitter", "--keep-alive", "--graceful-timeout", "--limit-request-line"];
/** Options that Woven decides: where the server listens, and where it logs. */
const decided =
  /^(-b|--bind|-p|--port|--host|--listen|--log-file|--access-logfile|--error-logfile|--log-level|--access-log|--no-access-log|-a|--name|-n|--pid|--daemon|-D|--user|-u|--group|-g|--chdir|--proxy-headers|--forwarded-allow-ips|--reload|--preload|--worker-tmp-dir|--capture-output|--proxy-protocol|--lifespan|--loop|--http|--ws)$/;
const valueless =
  /^(-D|--daemon|--reload|--preload|--capture-output|--proxy-headers|--no-access-log|--access-log|--proxy-protocol)$/;

/** Undefined if the command starts no server that Woven knows. */
export function readWebCommand(text: string): WebCommand | undefined {
  const split = splitShellWords(text);
  const words = split.kind === "words" ? split.words : [];
  const at = words.findIndex((word) => Object.hasOwn(programs, nameOf(word)));
  const found = nameOf(words[at] ?? "");
  const program = programs[found];
  if (program === undefined) return undefined;
  return readOptions(found, program, words.slice(at + 1));
}

type NumberKey = "workers" | "threads" | "timeout";
type Effect =
  | { readonly kind: "application" | "argument" | "note" | "program"; readonly text: string }
  | { readonly kind: "number"; readonly key: NumberKey; readonly value: number }
  | { readonly kind: "none" };

function readOptions(found: string, usual: string, words: readonly string[]): WebCommand {
  const effects = options(words).map((option) => effectOf(found, option));
  const texts = (kind: Effect["kind"]) =>
    effects.flatMap((one) => (one.kind === kind && "text" in one ? [one.text] : []));
  const program = texts("program").at(-1) ?? usual;
  const named = serverNames.find((one) => one === program) ?? "gunicorn";
  const numbersOf = effects.flatMap((one): [NumberKey, number][] =>
    one.kind === "number" && !(named === "uvicorn" && one.key === "threads") ? [[one.key, one.value]] : [],
  );
  const args = named === "gunicorn" ? texts("argument") : [];
  return {
    server: {
      program: named,
      ...Object.fromEntries(numbersOf),
      ...(args.length > 0 ? { arguments: args } : {}),
      ...applicationOf(texts("application").at(-1), named),
    },
    notes: [...texts("note"), ...(found === named ? [] : [`${found}: ${named} takes its place.`])],
  };
}

/** What an option of another server's command means for Woven. */
function effectOf(found: string, { name, value }: { readonly name: string; readonly value: string }): Effect {
  if (name === "") return { kind: "application", text: value };
  const key = numbers[found]?.[name];
  // A variable such as $WEB_CONCURRENCY: Woven's own number fits the server.
  if (key !== undefined)
    return /^\d{1,4}$/.test(value) ? { kind: "number", key, value: Number(value) } : { kind: "none" };
  if (/^(-k|--worker-class)$/.test(name)) return workerClass(found, value);
  if (kept.includes(name) && fits("argument", `${name}=${value}`))
    return { kind: "argument", text: `${name}=${value}` };
  if (decided.test(name)) return { kind: "none" };
  const shown = `${found} ${name}${value === "" ? "" : ` ${value}`}`;
  return { kind: "note", text: `${shown}: write it into arguments of [server] if you need it.` };
}

function workerClass(found: string, value: string): Effect {
  if (/uvicorn/i.test(value)) return { kind: "program", text: "uvicorn" };
  if (/^(sync|gthread)$/.test(value)) return { kind: "none" };
  return { kind: "note", text: `${found} --worker-class ${value}: Woven runs threads instead.` };
}

/** `--workers 3`, `--workers=3`, `-w3` and words alone, which have no name. */
function options(words: readonly string[]): readonly { readonly name: string; readonly value: string }[] {
  const found: { name: string; value: string }[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const [, name, inline] = /^(--[\w-]+)(?:=(.*))?$/s.exec(word) ?? /^(-\w)(.+)?$/s.exec(word) ?? [];
    if (name === undefined) found.push({ name: "", value: word });
    else if (inline !== undefined) found.push({ name, value: inline });
    else if (valueless.test(name) || (words[at + 1] ?? "-").startsWith("--")) found.push({ name, value: "" });
    else {
      at += 1;
      found.push({ name, value: words[at] ?? "" });
    }
  }
  return found;
}

/** Woven finds `<project>.wsgi:application` by itself. */
function applicationOf(given: string | undefined, program: string): Pick<ForeignServer, "application"> {
  const full = given === undefined || given.includes(":") ? given : `${given}:application`;
  if (full === undefined || !fits("application", full)) return {};
  return program !== "uvicorn" && /\.wsgi:application$/.test(full) ? {} : { application: full };
}

function nameOf(word: string): string {
  return word.replace(/^.*\//, "");
}
