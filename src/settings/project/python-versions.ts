// Which Pythons a project can run on, by its `requires-python`.
import { satisfies, valid } from "@renovatebot/pep440";

/**
 * Whether a Python meets a PEP 440 specifier. A minor version without a patch (`3.13`) fits if any of its patch releases fits. An empty
 * specifier fits all. Throws a RangeError if the specifier is invalid. An invalid version meets no specifier.
 */
export function pythonFits(specifier: string, version: string): boolean {
  // Debian marks builds after a release with a plus: 3.11.2+.
  const plain = version.trim().replace(/\+$/, "");
  const versions = /^\d+\.\d+$/.test(plain)
    ? [plain, ...Array.from({ length: 40 }, (_, patch) => `${plain}.${patch}`)]
    : [plain];
  const wanted = specifier.trim();
  if (wanted === "") return true;
  if (!isSpecifier(wanted)) throw new RangeError(`${JSON.stringify(specifier)} is not a version specifier`);
  return versions.some((one) => isVersion(one) && satisfies(one, wanted, { prereleases: true }));
}

/** Numbers of more digits are none that the comparing can hold. */
function isVersion(text: string): boolean {
  return !/\d{10}/.test(text) && valid(text) !== null;
}

/** PEP 440's version specifiers, for version numbers of Python. */
export function isSpecifier(text: string): boolean {
  return text
    .split(",")
    .every((part) => /^\s*(===?|!=|~=|<=?|>=?)\s*\d{1,9}(\.\d{1,9})*(\.\*)?([a-z]+\d*)?(\.[a-z]+\d*)*\s*$/i.test(part));
}
