// Packages of which no code may run on the runner: `only-binary`.
import { WovenError } from "../errors.ts";
import type { OnlyBinary } from "../settings/settings.ts";
import { labelOf, type Pin, placeOf } from "./pin.ts";
import type { RequirementLine } from "./requirement-files.ts";
import { normaliseName } from "./wheel-tags.ts";

/** uv then also asks no source archive for its dependencies. */
export function onlyBinaryArguments(onlyBinary: OnlyBinary): readonly string[] {
  const names = onlyBinary === "all" ? [":all:"] : onlyBinary;
  return names.flatMap((name) => ["--only-binary", name]);
}

/** Throws `build-forbidden` where a package would have to be built that may not be. */
export function refuseBuilds(
  pins: readonly Pin[],
  {
    onlyBinary,
    text,
  }: { readonly onlyBinary: OnlyBinary; readonly text: { readonly lines: readonly RequirementLine[] } },
): void {
  const names = onlyBinary === "all" ? "all" : new Set(onlyBinary.map(normaliseName));
  const pin = pins.find(({ kind, name }) => kind !== "wheel" && (names === "all" || names.has(normaliseName(name))));
  if (!pin) return;
  const place = placeOf(pin, text.lines);
  throw new WovenError({
    code: "build-forbidden",
    message: `${labelOf(pin)} has no wheel for the node, and only-binary forbids to build it`,
    next: `Ask for a version of ${pin.name} that has a wheel, build its wheel in a job without secrets and use it by PIP_FIND_LINKS, or take ${pin.name} out of only-binary.`,
    file: place?.file,
    line: place?.line,
  });
}
