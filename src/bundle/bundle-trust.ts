// Why a kept bundle is believed. A cache can be written to by others, and what lies there may say anything of itself: so a run
// signs the bundles it keeps with a key that only runs with the same ssh-key have, or is told by another job which digests are right.
import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

export interface BundleTrust {
  /** Signs the bundles of this run; without it nothing kept is believed but by its digest. */
  readonly key?: SigningKey | undefined;
  /** sha256 of the manifests that another job vouches for. */
  readonly digests: readonly string[];
}

export interface SigningKey {
  readonly bytes: Buffer;
  /** Tells keys apart in the names of cache entries, and tells nothing else. */
  readonly name: string;
}

/** Believes nothing that was kept. */
export const trustNothing: BundleTrust = { digests: [] };

/**
 * The key that a private SSH key's owners share (HKDF, RFC 5869). Not made from passwords: a signature that can be read
 * would let anyone try passwords against it.
 */
export function signingKey(privateKey: string): SigningKey {
  const material = Buffer.from(privateKey.replaceAll("\r", "").trim());
  const derived = (use: string, bytes: number) => Buffer.from(hkdfSync("sha256", material, "", `woven ${use}`, bytes));
  return { bytes: derived("bundle signature v1", 32), name: derived("bundle key name v1", 6).toString("hex") };
}

/** Hex HMAC-SHA-256 of a manifest's text. */
export function signatureOf(manifest: string, { bytes }: SigningKey): string {
  return createHmac("sha256", bytes).update(manifest).digest("hex");
}

export function digestOf(manifest: string): string {
  return createHash("sha256").update(manifest).digest("hex");
}

/** Whether a manifest is one that this run, or a job it listens to, has made. */
export function isTrusted(manifest: string, signature: string | undefined, { key, digests }: BundleTrust): boolean {
  if (digests.includes(digestOf(manifest))) return true;
  if (!key || signature === undefined) return false;
  const [given, right] = [Buffer.from(signature), Buffer.from(signatureOf(manifest, key))];
  return given.length === right.length && timingSafeEqual(given, right);
}

/** The names of cache entries that may hold a bundle this run believes. */
export function entriesToRead(bundleKey: string, { key, digests }: BundleTrust): readonly string[] {
  return [...digests.map((digest) => entryOf(bundleKey, digest)), ...(key ? [`${bundleKey}-${key.name}`] : [])];
}

/** The name under which this run keeps a bundle. Entries cannot be replaced: so each key, and each unsigned bundle, has its own. */
export function entryToWrite(bundleKey: string, digest: string, { key }: BundleTrust): string {
  return key ? `${bundleKey}-${key.name}` : entryOf(bundleKey, digest);
}

function entryOf(bundleKey: string, digest: string): string {
  return `${bundleKey}-${digest.slice(0, 16)}`;
}
