// The settings of bundles: what they are built for, which come from another job, which packages are never built.
import type { Inputs } from "./inputs.ts";
import { quoted, type Report } from "./problems.ts";
import type { BundleTarget, CommandName, OnlyBinary, Settings } from "./settings.ts";

/** `3.13 x86_64 glibc 2.41`, one on each line or separated by commas. Only for the command bundle. */
export function readBundleFor(inputs: Inputs, command: CommandName, report: Report): readonly BundleTarget[] {
  const where = "input bundle-for";
  const given = inputs.list("bundle-for");
  if (given.length > 0 && command !== "bundle") {
    report({
      where,
      what: `is set, but ${command} builds for its servers`,
      next: "Remove it, or use it with command: bundle.",
    });
    return [];
  }
  return given.flatMap((text) => {
    const [, python, machine, glibc] =
      /^(3\.\d{1,2}(?:\.\d{1,2})?)\s+(x86_64|aarch64)\s+(?:glibc\s+)?(2\.\d{1,2})$/.exec(text) ?? [];
    if (python && machine && glibc) return [{ python, machine, glibc }];
    report({
      where,
      what: `${quoted(text)} is not a Python, a machine (x86_64, aarch64) and a glibc`,
      next: "For example: bundle-for: 3.13 x86_64 glibc 2.41. The log of bundle and deploy shows these values for each server.",
    });
    return [];
  });
}

/** A preview with `bundle-digests`: another job, without secrets, has built its bundle. Nothing of the pull request runs on this runner. */
export function isBuiltElsewhere({ command, bundleDigests }: Pick<Settings, "command" | "bundleDigests">): boolean {
  return command === "preview" && bundleDigests.length > 0;
}

export function readBundleDigests(inputs: Inputs, report: Report): readonly string[] {
  const given = inputs.list("bundle-digests");
  for (const text of given) {
    if (!/^[0-9a-f]{64}$/.test(text))
      report({
        where: "input bundle-digests",
        what: `${quoted(text)} is not a sha256 digest`,
        next: "Use the output bundle-digests of the job that built the bundles.",
      });
  }
  return given;
}

/** `:all:` among the names means all, as in pip. */
export function readOnlyBinary(given: string | readonly string[] | undefined): OnlyBinary {
  const names = typeof given === "string" ? [given] : (given ?? []);
  return names.some((name) => /^:?all:?$/.test(name)) ? "all" : names;
}
