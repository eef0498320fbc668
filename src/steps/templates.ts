// Renders what Woven puts on a node; a project's own templates/woven/<path> wins over Woven's of the same path.
import { join } from "node:path";
import mustache from "mustache";
import { WovenError } from "../errors.ts";
import { readPackageFile } from "../package-files.ts";
import { suggestion } from "../settings/did-you-mean.ts";
import { readTemplate } from "./project-templates.ts";

export type View = Readonly<Record<string, unknown>>;

export interface Templates {
  /** The rendered text of `templates/woven/<name>`. Throws where the template is not well-formed. */
  render(name: string, view: View): string;
}

/** Templates of Woven, overridden by those of the project in `workingDirectory`; `context` is there in every one. */
export function templates(workingDirectory: string, context: View = {}): Templates {
  return {
    render(name, view) {
      const own = readTemplate(workingDirectory, name);
      const overridden = own !== undefined;
      const text = own ?? readPackageFile(`templates/woven/${name}`);
      const given = { ...context, ...view };
      try {
        checkNames(text, Object.keys(given));
        // Values are checked by strict grammars where they come in, and what is rendered is configuration, not HTML.
        return mustache.render(text, given, undefined, { escape: String });
      } catch (error) {
        throw new WovenError({
          code: "template",
          message: `the template ${overridden ? join("templates/woven", name) : `woven/${name}`} cannot be rendered: ${(error as Error).message}`,
          next: "It is a mustache template: https://mustache.github.io/mustache.5.html",
          ...(overridden ? { file: join("templates/woven", name) } : {}),
          cause: error,
        });
      }
    },
  };
}

/** mustache puts nothing in the place of a name that it does not know; in a configuration, nobody means that. */
function checkNames(text: string, given: readonly string[]): void {
  for (const [kind = "", name = ""] of mustache.parse(text) as readonly (readonly string[])[]) {
    if (kind === ">") throw new Error(`there are no partials, such as {{> ${name}}}`);
    const known = name === "." || given.includes(name.split(".")[0] ?? "");
    if ((kind === "name" || kind === "&") && !known)
      throw new Error(`nothing has the name {{${name}}}. ${suggestion(name, given)}`);
  }
}
