// Which kept bundles are trusted. Others can write to a cache, so a bundle in it proves nothing by itself. A run trusts a bundle that
// is signed with its own ssh-key, or whose digest another job passed on in `bundle-digests`.
import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

export interface BundleTrust {
  /** Signs the bundles of this run. Without it, a kept bundle is trusted only by its digest. */
  readonly key?: SigningKey | undefined;
  /** sha256 of the manifests that another job passed on. */
  readonly digests: readonly string[];
}

export interface SigningKey {
  readonly bytes: Buffer;
  /** Identifies the key in names of cache entries. Reveals nothing else about it. */
  readonly name: string;
}

/** Trusts no kept bundle. */
export const trustNothing: BundleTrust = { digests: [] };

/**
 * A key that everybody with the same private SSH key shares (HKDF, RFC 5869). Not made from passwords, because anyone who can read a
 * signature could then guess the password.
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

/** Whether a manifest has this run's signature, or a digest that another job passed on. */
export function isTrusted(manifest: string, signature: string | undefined, { key, digests }: BundleTrust): boolean {
  if (digests.includes(digestOf(manifest))) return true;
  if (!key || signature === undefined) return false;
  const [given, right] = [Buffer.from(signature), Buffer.from(signatureOf(manifest, key))];
  return given.length === right.length && timingSafeEqual(given, right);
}

/** The names of cache entries that may hold a trusted bundle. */
export function entriesToRead(bundleKey: string, { key, digests }: BundleTrust): readonly string[] {
  return [...digests.map((digest) => entryOf(bundleKey, digest)), ...(key ? [`${bundleKey}-${key.name}`] : [])];
}

/** The name of this run's cache entry. Entries cannot be replaced, so each key and each unsigned bundle has its own. */
export function entryToWrite(bundleKey: string, digest: string, { key }: BundleTrust): string {
  return key ? `${bundleKey}-${key.name}` : entryOf(bundleKey, digest);
}

function entryOf(bundleKey: string, digest: string): string {
  return `${bundleKey}-${digest.slice(0, 16)}`;
}
