// Pins: resolved packages, each with the one artifact that its wheel comes from.
import { resolve as resolvePath } from "node:path";
import { WovenError } from "../errors.ts";
import { bestDigest, judge } from "./digests.ts";
import { digestsOf, type PylockPackage } from "./lock-lines.ts";
import { lineOf, localPathOf, type RequirementLine } from "./requirement-files.ts";
import { normaliseName } from "./wheel-tags.ts";

interface Named {
  readonly name: string;
  readonly version?: string | undefined;
}

/**
 * A resolved package, and the one artifact that its wheel comes from. `digests`: the file must have one of them, `sha256:…`. Empty if
 * neither the index nor the requirements state any.
 */
export type Pin =
  | (Named & { readonly kind: "wheel" | "sdist"; readonly url: string; readonly digests: readonly string[] })
  | (Named & { readonly kind: "directory"; readonly path: string })
  | (Named & { readonly kind: "vcs"; readonly target: string });

/** `psycopg2 2.9.10`, for messages. */
export function labelOf({ name, version }: Pin): string {
  return version === undefined ? name : `${name} ${version}`;
}

/** The requirement that names it. Undefined if only another package needs it. */
export function placeOf(pin: Pin, lines: readonly RequirementLine[]): RequirementLine | undefined {
  const named = lineOf(lines, pin.name);
  if (named || pin.kind !== "directory") return named;
  return lines.find((line) => {
    const path = localPathOf(line.text)?.replace(/^(\.{1,2}\/)+|\/+$/g, "");
    return path !== undefined && pin.path.endsWith(`/${path}`);
  });
}

/** The digests that the user allows for each package. A package without digests may have any. */
export function allowedHashes(lines: readonly RequirementLine[]): ReadonlyMap<string, ReadonlySet<string>> {
  const allowed = new Map<string, Set<string>>();
  for (const line of lines)
    if (line.name && line.hashes.length > 0)
      allowed.set(line.name, new Set([...(allowed.get(line.name) ?? []), ...line.hashes]));
  return allowed;
}

/** Picks the artifact among those with an allowed digest: the wheel that uv prefers for the platform, or else the source archive. Throws `hash-mismatch`, `requirement-version`. */
export function pinOf(
  entry: PylockPackage,
  context: { readonly base: string; readonly lines: readonly RequirementLine[] },
): Pin {
  const { name, version, vcs, directory } = entry;
  if (vcs) {
    const target = `${vcs.type}+${vcs.url ?? `file://${vcs.path ?? ""}`}@${vcs["commit-id"]}`;
    return {
      name,
      version,
      kind: "vcs",
      target: vcs.subdirectory ? `${target}#subdirectory=${vcs.subdirectory}` : target,
    };
  }
  if (directory)
    return {
      name,
      version,
      kind: "directory",
      path: resolvePath(context.base, directory.path, directory.subdirectory ?? ""),
    };
  const artifacts = artifactsOf(entry, context.base);
  const chosen = chosenFrom(artifacts, allowedHashes(context.lines).get(normaliseName(name)));
  if (!chosen) throw noArtifact(entry, artifacts, lineOf(context.lines, name));
  return { name, version, kind: /\.whl(#|$)/.test(chosen.url) ? "wheel" : "sdist", ...chosen };
}

/** The first artifact with an allowed digest. If the index states digests of other kinds only, the first of which the file can tell. */
function chosenFrom(
  artifacts: readonly FoundArtifact[],
  allowed: ReadonlySet<string> | undefined,
): FoundArtifact | undefined {
  const [first] = artifacts;
  if (!allowed) return first && { url: first.url, digests: bestDigest(first.digests) };
  const sure = artifacts.find(({ digests }) => judge(digests, allowed) === "allowed");
  if (sure) return { url: sure.url, digests: sure.digests.filter((digest) => allowed.has(digest)) };
  const open = artifacts.find(({ digests }) => judge(digests, allowed) === "unknown");
  return open && { url: open.url, digests: [...allowed] };
}

interface FoundArtifact {
  readonly url: string;
  readonly digests: readonly string[];
}

function artifactsOf({ archive, wheels, sdist }: PylockPackage, base: string): FoundArtifact[] {
  return [archive, ...wheels, sdist].flatMap((artifact) =>
    artifact
      ? [
          {
            url: artifact.url ?? `file://${resolvePath(base, artifact.path ?? "")}`,
            digests: digestsOf(artifact),
          },
        ]
      : [],
  );
}

function noArtifact(
  { name, version = "" }: PylockPackage,
  artifacts: readonly FoundArtifact[],
  place: RequirementLine | undefined,
): WovenError {
  const at = { file: place?.file, line: place?.line };
  if (artifacts.length === 0)
    return new WovenError({
      ...at,
      code: "requirement-version",
      message: `The package index has no file of ${name} ${version} for this server`,
      next: `Require another version of ${name}: the "Download files" page of the package lists the files of each.`,
    });
  return new WovenError({
    ...at,
    code: "hash-mismatch",
    message: `No file of ${name} ${version} in the package index has a hash that ${place?.file ?? "the requirements"} allows`,
    next: "The hashes protect you from changed packages. Find out why they changed. Only then make the hashes again (`uv lock`, `pip-compile --generate-hashes`, …).",
    output: artifacts.map((artifact) => `${bestDigest(artifact.digests).join("")}  ${artifact.url}`).join("\n"),
  });
}
