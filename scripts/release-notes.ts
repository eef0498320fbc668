// Prints the changelog's section of a version: `node scripts/release-notes.ts v1.2.3`. Fails where the tag, package.json
// and CHANGELOG.md do not say the same, so that nothing is released that does not know its own version.
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");

/** The text below `## [version]` up to the next version, or undefined where there is none. */
export function sectionOf(changelog: string, version: string): string | undefined {
  const [, ...sections] = changelog.split(/^## /m);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  return section?.slice(section.indexOf("\n")).trim();
}

if (import.meta.main) {
  const tag = process.argv[2] ?? "";
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  if (tag !== `v${version}`) throw new Error(`the tag is ${tag}, and package.json says ${version}`);
  const notes = sectionOf(await readFile(join(root, "CHANGELOG.md"), "utf8"), version);
  if (!notes) throw new Error(`CHANGELOG.md has nothing to say about ${version}: give it a section ## [${version}]`);
  console.log(notes);
}
