// Collects the licences of all bundled packages: most of them require that their text is shipped with the code.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

// What BSD-3-Clause code may carry along without a duty beyond showing the notice.
const allowed = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "ISC",
  "MIT",
  "Unlicense",
]);

/**
 * Packages without the text of their licence, with the licence they declare and our copy of its text. Neither the package nor its
 * repository (github.com/nodable/val-parsers) holds one. The text is SPDX's, https://spdx.org/licenses/MIT.html, with the name of the
 * author in its package.json.
 */
const keptTexts: Readonly<Record<string, { readonly license: string; readonly file: string }>> = {
  "@nodable/entities": { license: "MIT", file: "nodable-entities.txt" },
};

interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly texts: readonly string[];
}

/**
 * One text for all packages that the bundled modules (absolute paths) come from, in order of name and version.
 * Only bundled packages count, so optional packages of a platform do not matter. Throws on a licence that is not in `allowed`, and on
 * one without a text.
 */
export async function licenseText(moduleIds: readonly string[]): Promise<string> {
  const folders = new Set(moduleIds.flatMap((id) => packageFolder(id) ?? []));
  const packages = await Promise.all([...folders].map(readPackage));
  const unique = new Map(packages.map((bundled) => [`${bundled.name}@${bundled.version}`, bundled]));
  const sorted = [...unique].sort(([a], [b]) => (a < b ? -1 : 1));
  const heading = "Woven's dist/ holds code of the following packages. These are their licences.\n";
  return [heading, ...sorted.map(([id, bundled]) => section(id, bundled))].join(`\n${"-".repeat(80)}\n\n`);
}

function section(id: string, { license, texts }: BundledPackage): string {
  if (!isAllowed(license))
    throw new Error(`${id} has the licence ${license}, which scripts/licenses.ts does not allow`);
  if (texts.length === 0)
    throw new Error(
      `${id} comes without the text of its licence (${license}): keep it in scripts/license-texts, and name it in scripts/licenses.ts`,
    );
  return `${[`${id} (${license})`, ...texts].join("\n\n")}\n`;
}

/** Reads the little of SPDX expressions that occurs: names joined by AND or OR. */
function isAllowed(expression: string): boolean {
  return expression.split(" OR ").some((all) => all.split(" AND ").every((name) => allowed.has(name)));
}

function packageFolder(moduleId: string): string | undefined {
  return /^(.*\/node_modules\/(?:@[^/]+\/)?[^/\0]+)\//.exec(moduleId)?.[1];
}

async function readPackage(folder: string): Promise<BundledPackage> {
  const { name, version, license, licenses } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  // npm's old form, still in ssh2: a list of { type, url }.
  const expression = String(license ?? licenses?.map(({ type }: { type: string }) => type).join(" OR "));
  return {
    name,
    version,
    license: expression.replaceAll(/[()]/g, ""),
    texts: (await licenseFiles(folder, name, expression)).map((text) => text.replaceAll("\r\n", "\n").trim()),
  };
}

/** The licence text in the package, or else our copy of it, or nothing. */
async function licenseFiles(folder: string, name: string, license: string): Promise<readonly string[]> {
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  const kept = keptTexts[name];
  // A notice is no licence.
  if (files.some((file) => !/^notice/i.test(file))) {
    if (kept) throw new Error(`${name} now has the text of its licence: remove our copy from scripts/license-texts`);
    return Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  }
  return kept?.license === license
    ? [await readFile(join(import.meta.dirname, "license-texts", kept.file), "utf8")]
    : [];
}
