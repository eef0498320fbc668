// Digests of packages, `sha256:…`, in all algorithms that both pip and uv know: in hashes of requirements, in locks, and on the pages of an index.
// https://pip.pypa.io/en/stable/topics/secure-installs/#hash-checking-mode

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** The strongest last. The value is the number of hexadecimal digits. */
const algorithms: Readonly<Record<string, number>> = {
  md5: 32,
  sha256: 64,
  sha384: 96,
  sha512: 128,
};
/** pip accepts only these in `--hash`. The others only as a part of the address. */
const strong = ["sha256", "sha384", "sha512"];

/** The digests in the `--hash` options of a requirement. */
export function digestsIn(text: string): string[] {
  return [...text.matchAll(/--hash[=\s]+(\w+:[0-9a-fA-F]+)/g)].flatMap(([, digest]) => knownDigest(digest) ?? []);
}

/** The digest in lower case, or undefined if it is none that pip and uv know. */
export function knownDigest(text: string | undefined): string | undefined {
  const [algorithm = "", digits = ""] = text?.toLowerCase().split(":") ?? [];
  return algorithms[algorithm] === digits.length && /^[0-9a-f]+$/.test(digits) ? `${algorithm}:${digits}` : undefined;
}

export function algorithmOf(digest: string): string {
  return digest.slice(0, digest.indexOf(":"));
}

/** Whether a file with the stated digests may be taken. `unknown`: they have no algorithm in common, so only the file can tell. */
export function judge(stated: readonly string[], allowed: ReadonlySet<string>): "allowed" | "refused" | "unknown" {
  if (stated.some((digest) => allowed.has(digest))) return "allowed";
  const known = new Set([...allowed].map(algorithmOf));
  return stated.some((digest) => known.has(algorithmOf(digest))) ? "refused" : "unknown";
}

/** The strongest of the digests that an index states, sha256 before the longer ones, because all have it. Empty if it states none. */
export function bestDigest(stated: readonly string[]): readonly string[] {
  const order = ["sha256", "sha512", "sha384", "md5"];
  const [best] = stated.toSorted((one, other) => order.indexOf(algorithmOf(one)) - order.indexOf(algorithmOf(other)));
  return best === undefined ? [] : [best];
}

/** The digests of a file in the algorithms of these digests. */
export async function digestsOfFile(path: string, like: ReadonlySet<string>): Promise<readonly string[]> {
  const used = [...new Set([...like].map(algorithmOf))];
  const hashes = used.map((algorithm) => ({ algorithm, hash: createHash(algorithm) }));
  for await (const chunk of createReadStream(path)) for (const { hash } of hashes) hash.update(chunk);
  return hashes.map(({ algorithm, hash }) => `${algorithm}:${hash.digest("hex")}`);
}

/** A requirement that pip takes only with one of these digests. */
export function withDigests(name: string, url: string, digests: readonly string[]): string {
  const options = digests.filter((digest) => strong.includes(algorithmOf(digest)));
  const [weak] = digests;
  if (options.length > 0 || weak === undefined)
    return [`${name} @ ${url}`, ...options.map((digest) => `--hash=${digest}`)].join(" ");
  return `${name} @ ${url}${url.includes("#") ? "&" : "#"}${weak.replace(":", "=")}`;
}
