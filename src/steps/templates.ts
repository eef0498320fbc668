// Renders the files that Woven puts on a node. A project's templates/woven/<path> is used instead of Woven's of the same path.
import { join } from "node:path";
import mustache from "mustache";
import { WovenError } from "../errors.ts";
import { readPackageFile } from "../package-files.ts";
import type { Outdated } from "../servers/server.ts";
import { suggestion } from "../settings/did-you-mean.ts";
import { type HeldTemplates, heldTemplates } from "./project-templates.ts";

export type View = Readonly<Record<string, unknown>>;

export interface Templates {
  /** The rendered text of `templates/woven/<name>`. Throws if the template is not valid, or uses an unknown name. */
  render(name: string, view: View, own?: OwnTemplate): string;
  /** Whether the project has a template of this name. Throws if it cannot be placed on a node. */
  has(name: string): boolean;
  /** The texts of the project's own templates, by name. */
  readonly own: ReadonlyMap<string, string>;
}

/** Requirements for a project's own template. */
export interface OwnTemplate {
  /** Its path in earlier versions of Woven. It is still found there. */
  readonly formerly?: string;
  /** Names that it has to use: without them, the release would not work, or would not be safe. */
  readonly required?: readonly string[];
  readonly outdated?: Outdated;
}

/** Woven's templates, overridden by those that the project in `workingDirectory` has now. Every template may use the names in `context`. */
export function templates(workingDirectory: string, context: View = {}): Templates {
  return rendering(heldTemplates(workingDirectory), context);
}

/** Woven's templates alone. They become files of root, so those of a pull request do not count. */
export function plainTemplates(): Templates {
  return rendering({ texts: new Map(), read: () => undefined }, {});
}

function rendering(held: HeldTemplates, context: View): Templates {
  return {
    own: held.texts,
    has: (name) => held.read(name) !== undefined,
    render(name, view, { formerly, required = [], outdated } = {}) {
      const found = [name, ...(formerly === undefined ? [] : [formerly])]
        .map((path) => ({ path, text: held.read(path) }))
        .find(({ text }) => text !== undefined);
      const text = found?.text ?? readPackageFile(`templates/woven/${name}`);
      const given = { ...context, ...view };
      try {
        if (found) checkRequired(text, required, name);
        if (found && outdated) checkOutdated(text, outdated);
        checkNames(text, Object.keys(given));
        // No escaping: the result is configuration, not HTML, and every value was checked when the settings were read.
        return mustache.render(text, given, undefined, { escape: String });
      } catch (error) {
        const file = found && join("templates/woven", found.path);
        throw new WovenError({
          code: "template",
          message: `the template ${file ?? `woven/${name}`} cannot be rendered: ${(error as Error).message}`,
          next: "It is a mustache template: https://mustache.github.io/mustache.5.html",
          ...(file === undefined ? {} : { file }),
          cause: error,
        });
      }
    },
  };
}

/** Throws if the template lacks a required name: it may have been written for an earlier version of Woven. */
function checkRequired(text: string, required: readonly string[], name: string): void {
  const lacking = required.filter((one) => !new RegExp(`\\{\\{[{#&]?\\s*${one}\\b`).test(text));
  if (lacking.length === 0) return;
  const names = lacking.map((one) => `{{{${one}}}}`).join(", ");
  throw new Error(`it does not use ${names}. Copy the lines with ${names} from Woven's own templates/woven/${name}`);
}

/** Throws with the first line that has the outdated text. */
function checkOutdated(text: string, { pattern, now }: Outdated): void {
  const lines = text.split("\n");
  const index = lines.findIndex((line) => !/^\s*#/.test(line) && pattern.test(line));
  if (index !== -1) throw new Error(`line ${index + 1} is out of date (${lines[index]?.trim()}). ${now}`);
}

/** mustache renders an unknown name as nothing. In a configuration that is always a mistake, so it is an error here. */
function checkNames(text: string, given: readonly string[]): void {
  for (const [kind = "", name = ""] of mustache.parse(text) as readonly (readonly string[])[]) {
    if (kind === ">") throw new Error(`partials, such as {{> ${name}}}, are not supported`);
    const known = name === "." || given.includes(name.split(".")[0] ?? "");
    if ((kind === "name" || kind === "&") && !known)
      throw new Error(`there is no name {{${name}}}. ${suggestion(name, given)}`);
  }
}
