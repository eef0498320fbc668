// The only way to print. Masks secrets, and makes sure that no text from a server acts as a command of the runner or the terminal.

import { stripVTControlCharacters } from "node:util";
import { createMasker } from "./mask.ts";

/** The place of an annotation: a file of the user, relative to the repository. */
export interface Place {
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
}

export interface Log {
  /** A message of Woven itself. */
  info(line: string): void;
  /** Output of a node, in whole lines (see node/line-reader.ts). Each line begins with `│ `, and with its host if there are several. */
  remote(host: string, text: string): void;
  warning(text: string, place?: Place): void;
  error(text: string, place?: Place): void;
  debug(line: string): void;
  /** Groups cannot nest, and nodes run in parallel: a group inside another is a plain line with its title. */
  group<T>(title: string, body: () => Promise<T>): Promise<T>;
  /** Masks this value from now on, with each of its lines and common encodings. */
  mask(secret: string): void;
  /** Text without secrets, control characters and commands, for text that is not printed here (the summary). */
  clean(text: string): string;
}

/** How the runtime shows groups, warnings and errors. If one is left out, plain text is printed. All get clean text. */
export interface LogSurface {
  readonly warning?: (text: string, place: Place) => void;
  readonly error?: (text: string, place: Place) => void;
  readonly debug?: (line: string) => void;
  readonly startGroup?: (title: string) => void;
  readonly endGroup?: () => void;
  /** Gets every form of a secret before it can be printed, because the runner also masks the output of other programs. */
  readonly mask?: (value: string) => void;
}

export interface LogOptions {
  readonly surface?: LogSurface;
  /** With `several`, every remote line names its host. A function, because the settings say how many servers there are. */
  readonly nodes?: () => "one" | "several";
}

/** `write` gets one line at a time, without its newline. */
export function createLog(write: (line: string) => void, options: LogOptions = {}): Log {
  const { surface = {}, nodes = () => "one" } = options;
  const masker = createMasker();
  let group: "open" | "closed" = "closed";
  // Masked before cleaning, which could split a secret, and after it, because it could join one.
  const clean = (text: string) => masker.hide(disarm(masker.hide(text)));
  const print = (text: string) => {
    for (const line of clean(text).split("\n")) write(line);
  };
  return {
    info: print,
    remote(host, text) {
      const bar = nodes() === "several" ? `${clean(host)} │ ` : "│ ";
      for (const line of clean(text.replace(/\r?\n$/, "")).split("\n")) write(bar + line);
    },
    warning(text, place = {}) {
      if (surface.warning) surface.warning(clean(text), place);
      else print(`warning: ${located(text, place)}`);
    },
    error(text, place = {}) {
      if (surface.error) surface.error(clean(text), place);
      else print(`error: ${located(text, place)}`);
    },
    debug: (line) => surface.debug?.(clean(line)),
    async group(title, body) {
      if (group === "open") {
        print(title);
        return await body();
      }
      group = "open";
      (surface.startGroup ?? write)(clean(title));
      try {
        return await body();
      } finally {
        group = "closed";
        surface.endGroup?.();
      }
    },
    mask(secret) {
      for (const form of masker.add(secret)) surface.mask?.(form);
    },
    clean,
  };
}

function located(text: string, { title, file, line }: Place): string {
  const where = file === undefined ? "" : `${file}${line === undefined ? "" : `:${line}`}: `;
  return `${where}${title === undefined ? "" : `${title}: `}${text}`;
}

// C0 and C1 except tab and newline, and characters that reorder or hide text (Unicode Cc and Cf, and line separators).
const unseen = /[^\P{Cc}\t\n]|[\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Text that is no command for a terminal or for GitHub's runner. The runner reads a line as a command if it begins with `::` after
 * blanks (actions/runner ActionCommand.TryParseV2), or contains `##[` (TryParse).
 */
export function disarm(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r\n?/g, "\n")
    .replace(unseen, "")
    .replace(/##(?=\[)/g, "# #")
    .replace(/^([^\S\n]*):(?=:)/gm, "$1: ");
}
