// Prints the changelog's section of a version: `node scripts/release-notes.ts v1.2.3`. Fails if the tag, package.json
// and CHANGELOG.md do not have the same version.
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");

/** The text below `## [version]` up to the next version, or undefined if there is none. */
export function sectionOf(changelog: string, version: string): string | undefined {
  const [, ...sections] = changelog.split(/^## /m);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  return section?.slice(section.indexOf("\n")).trim();
}

if (import.meta.main) {
  const tag = process.argv[2] ?? "";
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  if (tag !== `v${version}`) throw new Error(`the tag is ${tag}, but package.json has ${version}`);
  const notes = sectionOf(await readFile(join(root, "CHANGELOG.md"), "utf8"), version);
  if (!notes) throw new Error(`CHANGELOG.md has no section for ${version}: add ## [${version}]`);
  console.log(notes);
}
