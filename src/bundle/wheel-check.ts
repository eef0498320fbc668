// Checks the wheels of a bundle: that builds left them alone, that none is missing, and that a kept one has the hashes that the user wrote.
import { join } from "node:path";
import { WovenError } from "../errors.ts";
import type { BundledWheel, Manifest } from "./bundle-folder.ts";
import { digestsOfFile } from "./digests.ts";
import { allowedHashes, type Pin } from "./pin.ts";
import type { RequirementText } from "./requirement-files.ts";
import { normaliseName, parseWheelName } from "./wheel-tags.ts";

/** A kept bundle must have the hashes that the user wrote, too. */
export async function forbiddenWheel(
  directory: string,
  manifest: Manifest,
  text: RequirementText,
): Promise<string | undefined> {
  const allowed = allowedHashes(text.lines);
  for (const { file } of manifest.wheels) {
    const hashes = allowed.get(parseWheelName(file)?.name ?? "");
    // A wheel built here from an allowed source archive has another digest than the archive.
    if (hashes === undefined || manifest.built.includes(file)) continue;
    const digests = await digestsOfFile(join(directory, "wheels", file), hashes);
    if (!digests.some((digest) => hashes.has(digest)))
      return `${file} has none of the hashes that the requirements allow`;
  }
  return undefined;
}

/** Checks the fetched wheels again after the builds, because the code of built packages could change them. */
export function requireAll(pins: readonly Pin[], fetched: readonly BundledWheel[], manifest: Manifest): void {
  const digests = new Map(manifest.wheels.map((wheel) => [wheel.file, wheel.sha256]));
  const changed = fetched.filter(({ file, sha256 }) => digests.get(file) !== sha256);
  const have = new Set(manifest.packages.map((entry) => entry.name));
  const missing = pins.filter((pin) => !have.has(normaliseName(pin.name))).map((pin) => pin.name);
  if (missing.length === 0 && changed.length > 0)
    throw new WovenError({
      code: "hash-mismatch",
      message: `${changed.map(({ file }) => file).join(", ")} was changed while other packages were built`,
      state: "Nothing was deployed.",
      next: "A package that was built on the runner changed files of other packages. Find out which one before you deploy. `only-binary` forbids builds.",
    });
  if (missing.length > 0)
    throw new WovenError({
      code: "download-failed",
      message: `The bundle lacks the wheels of ${missing.join(", ")}`,
      next: "This is a bug in Woven. Please report it, with the requirements.",
    });
}
