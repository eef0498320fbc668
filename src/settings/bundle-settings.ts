// The settings of bundles: what they are built for, which are taken from another job, what is never built.
import type { Inputs } from "./inputs.ts";
import { quoted, type Report } from "./problems.ts";
import type { BundleTarget, CommandName, OnlyBinary } from "./settings.ts";

/** `3.13 x86_64 glibc 2.41`, one a line or between commas, where the command is bundle. */
export function readBundleFor(inputs: Inputs, command: CommandName, report: Report): readonly BundleTarget[] {
  const where = "input bundle-for";
  const given = inputs.list("bundle-for");
  if (given.length > 0 && command !== "bundle") {
    report({
      where,
      what: `is set, and ${command} works on servers`,
      next: "Use it with command: bundle, or leave it out.",
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
      next: "For example: bundle-for: 3.13 x86_64 glibc 2.41. The log of bundle and deploy names these of each server.",
    });
    return [];
  });
}

export function readBundleDigests(inputs: Inputs, report: Report): readonly string[] {
  const given = inputs.list("bundle-digests");
  for (const text of given) {
    if (!/^[0-9a-f]{64}$/.test(text))
      report({
        where: "input bundle-digests",
        what: `${quoted(text)} is not a sha256 digest`,
        next: "Hand over the output bundle-digests of the job that built the bundles.",
      });
  }
  return given;
}

/** `:all:` among the names, as pip has it, stands for all. */
export function readOnlyBinary(given: string | readonly string[] | undefined): OnlyBinary {
  const names = typeof given === "string" ? [given] : (given ?? []);
  return names.some((name) => /^:?all:?$/.test(name)) ? "all" : names;
}
