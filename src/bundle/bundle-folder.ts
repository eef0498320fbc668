// A finished bundle on disk: wheels/, requirements.lock, bundle.json and its signature. Every digest is checked when it is read.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import * as v from "valibot";
import { type BundleTrust, digestOf, isTrusted, signatureOf } from "./bundle-trust.ts";
import { parseWheelName } from "./wheel-tags.ts";

const Sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const Wheel = v.object({
  file: v.pipe(v.string(), v.regex(/^[A-Za-z0-9][\w.+!-]*\.whl$/)),
  sha256: Sha256,
  bytes: v.number(),
});
const Manifest = v.object({
  key: v.string(),
  python: v.object({ version: v.string(), implementation: v.literal("cp"), machine: v.string(), glibc: v.string() }),
  packages: v.array(v.object({ name: v.string(), version: v.string() })),
  wheels: v.array(Wheel),
  /** Files that were built on the runner, not fetched. */
  built: v.array(v.string()),
});
/** The content of bundle.json. */
export type Manifest = v.InferOutput<typeof Manifest>;
export type BundledWheel = v.InferOutput<typeof Wheel>;

/** A manifest, and the sha256 of its text. */
export interface SealedManifest {
  readonly manifest: Manifest;
  readonly digest: string;
}

/** The wheels in a folder. */
export async function describeWheels(directory: string): Promise<BundledWheel[]> {
  const files = (await readdir(directory)).toSorted();
  return Promise.all(files.map((file) => describe(directory, file)));
}

/** Describes `directory/wheels` in requirements.lock and bundle.json, signs it if the run has a key, and returns the manifest. */
export async function sealBundle(
  directory: string,
  about: Pick<Manifest, "key" | "python" | "built">,
  { key }: BundleTrust,
): Promise<SealedManifest> {
  const wheels = await describeWheels(join(directory, "wheels"));
  const packages = wheels.flatMap(({ file }) => {
    const name = parseWheelName(file);
    return name ? [{ name: name.name, version: name.version }] : [];
  });
  const manifest: Manifest = { ...about, packages, wheels };
  await writeFile(join(directory, "requirements.lock"), lockText(manifest));
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  await writeFile(join(directory, "bundle.json"), text);
  if (key) await writeFile(join(directory, signatureFile), signatureOf(text, key));
  return { manifest, digest: digestOf(text) };
}

const signatureFile = "bundle.signature";

/** The manifest of a kept bundle, or why it is refused: not trusted, another key, other wheels, a changed lock. */
export async function openBundle(
  directory: string,
  key: string,
  trust: BundleTrust,
): Promise<SealedManifest | { readonly refused: string } | undefined> {
  const text = await readFile(join(directory, "bundle.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const signature = await readFile(join(directory, signatureFile), "utf8").catch(() => undefined);
  if (!isTrusted(text, signature, trust))
    return { refused: "it is not signed with this ssh-key, and not listed in bundle-digests" };
  const parsed = v.safeParse(Manifest, parseJson(text));
  if (!parsed.success) return { refused: "its bundle.json cannot be read" };
  const manifest = parsed.output;
  if (manifest.key !== key) return { refused: "it was made for another key" };
  const there = (await readdir(join(directory, "wheels")).catch(() => [])).toSorted();
  const expected = manifest.wheels.map((wheel) => wheel.file).toSorted();
  if (there.join("\n") !== expected.join("\n")) return { refused: "its files are not the listed ones" };
  for (const wheel of manifest.wheels) {
    const path = join(directory, "wheels", wheel.file);
    if (!(await lstat(path)).isFile() || (await sha256Of(path)) !== wheel.sha256)
      return { refused: `${wheel.file} was changed` };
  }
  const lock = await readFile(join(directory, "requirements.lock"), "utf8").catch(() => "");
  return lock === lockText(manifest)
    ? { manifest, digest: digestOf(text) }
    : { refused: "its requirements.lock does not match its wheels" };
}

const mostKept = 10;

/** Marks a bundle as used now, and keeps only the ten bundles in its folder that were used last. */
export async function keepNewest(directory: string): Promise<void> {
  const now = new Date();
  await utimes(directory, now, now);
  const parent = dirname(directory);
  const names = (await readdir(parent)).filter((name) => name.startsWith("woven-bundle-"));
  const used = await Promise.all(
    names.map(async (name) => ({
      name,
      at: (await stat(join(parent, name)).catch(() => undefined))?.mtimeMs ?? now.getTime(),
    })),
  );
  // Another run on this machine may still use a bundle that was used today.
  const old = used
    .toSorted((a, b) => b.at - a.at)
    .slice(mostKept)
    .filter(({ at }) => now.getTime() - at > 24 * 3600 * 1000);
  await Promise.all(old.map(({ name }) => rm(join(parent, name), { recursive: true, force: true })));
}

/** `name==version --hash=sha256:…` for each wheel, so that the node can install with --require-hashes and without an index. */
export function lockText(manifest: Manifest): string {
  const lines = manifest.wheels.flatMap((wheel) => {
    const name = parseWheelName(wheel.file);
    return name ? [`${name.name}==${name.version} --hash=sha256:${wheel.sha256}`] : [];
  });
  return lines.map((line) => `${line}\n`).join("");
}

async function describe(directory: string, file: string): Promise<BundledWheel> {
  const path = join(directory, file);
  return { file, sha256: await sha256Of(path), bytes: (await lstat(path)).size };
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
