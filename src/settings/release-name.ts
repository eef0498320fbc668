// Turns a version into a part of a file name: `~/env/<distribution>-<release name>`. Two versions never get the same name.
import { fits } from "./grammar.ts";

/**
 * The version made safe for a file name: letters, digits, `.`, `+` and `-` stay (a version starts with a letter or digit), any
 * other character becomes `_` and two hexadecimal digits (`1!2.0` → `1_212.0`). Throws a RangeError if it is not a version.
 */
export function releaseName(version: string): string {
  if (!fits("version", version)) throw new RangeError(`${JSON.stringify(version)} is not a version`);
  return version.replaceAll(
    /[^A-Za-z0-9.+-]/g,
    (character) => `_${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
