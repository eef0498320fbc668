// `only-binary`: packages that may not be built, so that none of their code runs on the runner.
import { WovenError } from "../errors.ts";
import type { OnlyBinary } from "../settings/settings.ts";
import { labelOf, type Pin, placeOf } from "./pin.ts";
import type { RequirementLine } from "./requirement-files.ts";
import { normaliseName } from "./wheel-tags.ts";

/** With this, uv also builds no source archive to read its dependencies. */
export function onlyBinaryArguments(onlyBinary: OnlyBinary): readonly string[] {
  const names = onlyBinary === "all" ? [":all:"] : onlyBinary;
  return names.flatMap((name) => ["--only-binary", name]);
}

/** Throws `build-forbidden` if a package must be built but may not be. */
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
    message: `${labelOf(pin)} has no wheel for the server, and only-binary forbids building it`,
    next: `Require a version of ${pin.name} that has a wheel. Or take ${pin.name} out of only-binary. Or build its wheel in a job without secrets, and set PIP_FIND_LINKS.`,
    file: place?.file,
    line: place?.line,
  });
}
