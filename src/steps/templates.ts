// Renders what Woven puts on a node; a project's own templates/woven/<path> wins over Woven's of the same path.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import mustache from "mustache";
import { WovenError } from "../errors.ts";
import { readPackageFile } from "../package-files.ts";

export type View = Readonly<Record<string, unknown>>;

export interface Templates {
  /** The rendered text of `templates/woven/<name>`. Throws where the template is not well-formed. */
  render(name: string, view: View): string;
}

/** Templates of Woven, overridden by those of the project in `workingDirectory`; `context` is there in every one. */
export function templates(workingDirectory: string, context: View = {}): Templates {
  return {
    render(name, view) {
      const own = join(workingDirectory, "templates/woven", name);
      const overridden = existsSync(own);
      const text = overridden ? readFileSync(own, "utf8") : readPackageFile(`templates/woven/${name}`);
      try {
        // Values are checked by strict grammars where they come in, and what is rendered is configuration, not HTML.
        return mustache.render(text, { ...context, ...view }, undefined, { escape: String });
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
