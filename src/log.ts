// The only way to print: hides secrets, and lets nothing a server said act as a command of the runner or the terminal.

import { stripVTControlCharacters } from "node:util";
import { createMasker } from "./mask.ts";

/** What an annotation points at: the user's own file, relative to the repository. */
export interface Place {
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
}

export interface Log {
  /** A line in Woven's own words. */
  info(line: string): void;
  /** What a node said, as whole lines (see node/line-reader.ts): each behind `│ `, and behind its host where there are several. */
  remote(host: string, text: string): void;
  warning(text: string, place?: Place): void;
  error(text: string, place?: Place): void;
  debug(line: string): void;
  /** Groups cannot nest, and nodes run side by side: one begun inside another is a plain line with its title. */
  group<T>(title: string, body: () => Promise<T>): Promise<T>;
  /** Never prints this value again, nor any of its lines and common encodings. */
  mask(secret: string): void;
  /** Text without secrets, control characters and commands, for the places that print by other means (the summary). */
  clean(text: string): string;
}

/** How the surroundings take what is more than a line; what is left out is printed as plain text. All get clean text. */
export interface LogSurface {
  readonly warning?: (text: string, place: Place) => void;
  readonly error?: (text: string, place: Place) => void;
  readonly debug?: (line: string) => void;
  readonly startGroup?: (title: string) => void;
  readonly endGroup?: () => void;
  /** Gets every form to hide, before anything with it is printed: the runner masks what others print, too. */
  readonly mask?: (value: string) => void;
}

export interface LogOptions {
  readonly surface?: LogSurface;
  /** With `several`, every remote line names its host. */
  readonly nodes?: "one" | "several";
}

/** `write` gets one line at a time, without its newline. */
export function createLog(write: (line: string) => void, options: LogOptions = {}): Log {
  const { surface = {}, nodes = "one" } = options;
  const masker = createMasker();
  let group: "open" | "closed" = "closed";
  // Masked before, since cleaning could take a secret apart, and after, since it could put one together.
  const clean = (text: string) => masker.hide(disarm(masker.hide(text)));
  const print = (text: string) => {
    for (const line of clean(text).split("\n")) write(line);
  };
  return {
    info: print,
    remote(host, text) {
      const bar = nodes === "several" ? `${clean(host)} │ ` : "│ ";
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

// C0 and C1 but tab and newline, and what reorders or hides text (Unicode: Cc, Cf, and its own line separators).
const unseen = /[^\P{Cc}\t\n]|[\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Text that neither a terminal nor GitHub's runner acts on. The runner takes a line as a command where it begins with
 * `::` after blanks (actions/runner ActionCommand.TryParseV2), or holds `##[` anywhere (TryParse).
 */
export function disarm(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r\n?/g, "\n")
    .replace(unseen, "")
    .replace(/##(?=\[)/g, "# #")
    .replace(/^([^\S\n]*):(?=:)/gm, "$1: ");
}
