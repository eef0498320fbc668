// The error of a job that must not run code of packages, and has no bundle from one that may.
import { WovenError } from "../errors.ts";
import { minorOf, type NodePython } from "./build-context.ts";

export function missingBundle({ version, machine, glibc }: NodePython): WovenError {
  const target = `${minorOf(version)} ${machine} glibc ${glibc}`;
  return new WovenError({
    code: "bundle-missing",
    message: `none of the bundles in bundle-digests is here for Python ${target}, and this job must not build one beside the secrets`,
    state: "Nothing was changed.",
    next: `Write "bundle-for: ${target}" in the job that builds it, with the same commit checked out. Hand over its folder woven-cache/bundles in runner.temp, as in docs/previews.md (How do I show a pull request from a fork?).`,
  });
}
