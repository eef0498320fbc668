// Which releases share their installed packages: those of a distribution with the same wheels and the same Python, and those of its previews.
import { createHash } from "node:crypto";
import type { NodeFacts } from "../node/facts.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { packagesFolder } from "../release/layout.ts";
import { present } from "../settings/present.ts";
import type { Installation } from "../steps/virtualenv.ts";
import type { ReleasePlan } from "./release-plan.ts";

/**
 * Twenty hexadecimal digits of the Python and the wheels: what releases have in common that share their packages. Not of the key of the
 * bundle: one that was built again under the same key may hold other versions.
 */
export function packagesDigest({ wheels, python, interpreter }: ReleaseRecord): string {
  const all = JSON.stringify([python, interpreter ?? "", wheels]);
  return createHash("sha256").update(all).digest("hex").slice(0, 20);
}

/** Where the node has the packages of the release: with another release, or with the distribution that this is a preview of. */
export function installedPackages(
  { record, preview }: ReleasePlan,
  { state }: NodeFacts,
): Pick<Installation, "digest" | "packages" | "base"> {
  const digest = packagesDigest(record);
  const { packages: base } = preview ?? {};
  const borrowed = base && packagesDigest(base.record) === digest ? packagesFolder(base.place, digest) : undefined;
  const has = borrowed !== undefined || state?.releases.some((other) => packagesDigest(other) === digest);
  return { digest, packages: has ? "installed" : "new", ...present({ base: borrowed }) };
}
