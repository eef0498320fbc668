// The lines that a project adds to the units of its sites: as a drop-in does, but in the unit's own file, so they come and go with it.
import { WovenError } from "../errors.ts";
import type { ServerFile } from "../servers/server.ts";
import type { Templates } from "./templates.ts";

/**
 * The text to add to a unit, which is empty without a template of the project. systemd takes the last of several values, adds to lists,
 * and reads sections that come twice as one (systemd.syntax(7)).
 */
export function dropInOf({ dropIn, view }: Pick<ServerFile, "dropIn" | "view">, templates: Templates): string {
  if (dropIn === undefined || !templates.has(dropIn)) return "";
  const text = templates.render(dropIn, view);
  const [first = ""] = text.split("\n").filter((line) => !/^\s*([#;]|$)/.test(line));
  if (!/^\[(Unit|Service|Install)\]$/.test(first.trim())) throw noSection(dropIn);
  return `\n${text.trimEnd()}\n`;
}

function noSection(dropIn: string): WovenError {
  const file = `templates/woven/${dropIn}`;
  return new WovenError({
    code: "template",
    message: `the template ${file} does not begin with a section`,
    next: "Write [Service] above its lines, as in a drop-in of systemd.",
    file,
  });
}
