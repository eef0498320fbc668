// The action's inputs: their names and defaults, as in action.yml, and how their texts become booleans, numbers and lists.

import { suggestion } from "./did-you-mean.ts";
import type { Report } from "./problems.ts";
import { quoted } from "./problems.ts";
import type { SettingsSource } from "./source.ts";
import { notSupported, reservedInputs } from "./unsupported.ts";

/** Every input with its default in action.yml. `""` means none. A unit test compares the two. */
export const inputDefaults = {
  command: "deploy",
  role: "",
  roles: "",
  "ssh-key": "",
  "ssh-passphrase": "",
  "known-hosts": "",
  "host-key-policy": "strict",
  jump: "",
  "jump-ssh-key": "",
  "jump-ssh-passphrase": "",
  "jump-password": "",
  password: "",
  "working-directory": ".",
  distribution: "",
  version: "",
  overwrite: "false",
  parts: "",
  migrate: "",
  env: "",
  files: "",
  "management-command": "",
  options: "",
  site: "",
  "hook-env": "",
  "basic-auth": "",
  "tls-certificate": "",
  "tls-key": "",
  "dry-run": "false",
  dirty: "false",
  "max-parallel": "10",
  cache: "true",
  "bundle-for": "",
  "bundle-digests": "",
  preview: "",
  "preview-env": "",
  "preview-label": "",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's runner.
  "github-token": "${{ github.token }}",
  retire: "false",
} as const;

export type InputName = keyof typeof inputDefaults;
export const inputNames = Object.keys(inputDefaults) as readonly InputName[];

/** Inputs that hold only a secret, or one secret on each line. */
export const secretInputs = [
  "ssh-key",
  "ssh-passphrase",
  "password",
  "jump-ssh-key",
  "jump-ssh-passphrase",
  "jump-password",
  "basic-auth",
  "tls-key",
  "github-token",
] as const satisfies readonly InputName[];

export interface Inputs {
  /** The trimmed text, or undefined if the input is empty and has no default. */
  text(name: InputName): string | undefined;
  flag(name: InputName): boolean;
  /** A whole number within the limits. */
  count(name: InputName, limits: { readonly least: number; readonly most: number }): number;
  /** The items, one on each line or separated by commas. Skips blank ones. */
  list(name: InputName): readonly string[];
}

/** The inputs of one run. A wrong value is passed to `report`, and the default is used instead. */
export function readInputs(source: SettingsSource, report: Report): Inputs {
  const text = (name: InputName): string | undefined => {
    const preset: string = inputDefaults[name];
    // Only GitHub's runner can replace an expression.
    return source.input(name).trim() || (preset.startsWith("${") ? "" : preset) || undefined;
  };
  return {
    text,
    flag(name) {
      const given = text(name) ?? "false";
      if (["true", "True", "TRUE"].includes(given)) return true;
      if (!["false", "False", "FALSE"].includes(given))
        report({
          where: `input ${name}`,
          what: `${quoted(given)} is neither true nor false`,
          next: `Write ${name}: true or ${name}: false.`,
        });
      return inputDefaults[name] === "true" && !/^false$/i.test(given);
    },
    count(name, { least, most }) {
      const given = text(name) ?? String(least);
      const number = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
      if (number >= least && number <= most) return number;
      report({ where: `input ${name}`, what: `${quoted(given)} is not a whole number from ${least} to ${most}` });
      return least;
    },
    list: (name) => (text(name) ?? "").split(/[\n,]/).flatMap((item) => item.trim() || []),
  };
}

/** Reports unknown inputs. The runner only warns about them, and a misspelt `overwrite` would go unnoticed. */
export function checkInputNames(seen: readonly string[], report: Report): void {
  for (const raw of seen) {
    const name = raw.replace(/^INPUT_/i, "").toLowerCase();
    if (name === "" || inputNames.some((known) => known === name)) continue;
    if (reservedInputs.has(name)) {
      report({ where: `input ${name}`, ...notSupported });
      continue;
    }
    report({ where: `input ${name}`, what: "is not an input of this action", next: suggestion(name, inputNames) });
  }
}
