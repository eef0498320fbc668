// Asks apt what it would remove, before it installs or removes anything (packages.py).
import { inRun, tool } from "../node/pieces.ts";
import { type Shell, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import { aptGet } from "./apt-get.ts";

/** The packages that the settings list, for `tool packages`. */
export function listedPackages(packages: readonly string[]): StageFile {
  return { name: "packages.json", content: JSON.stringify(packages) };
}

/** Calls a verb of packages.py, such as `missing` or `conflicts`, with the listed packages. */
export function askPackages(verb: string): Shell {
  return tool(["packages", verb, inRun("files/packages.json"), inRun(".")]);
}

/** Fails if apt would remove a package to install a listed one. Runs before anything is upgraded or installed. */
export function checkPackageConflicts(packages: readonly string[]): Step {
  return {
    id: "package-conflicts",
    title: "Check for package conflicts",
    plan: "quiet",
    files: [listedPackages(packages)],
    check: askPackages("missing"),
    apply: sh`touch "$run/unchanged"
${askPackages("conflicts")}`,
    state: "Nothing was installed or removed.",
    next: "Take one of the packages out of base-packages, extra-packages or role-packages (enable-ufw adds ufw), or remove the other one by hand.",
  };
}

/**
 * Updates the list of packages that Woven installed. If somebody removed one and installs it again, Woven must not remove it later.
 * Nothing on the node changes, so it is not reported as a change.
 */
export function forgetRemovedPackages(packages: readonly string[]): Step {
  return {
    id: "forget-packages",
    title: "Update the list of packages that Woven installed",
    plan: "quiet",
    files: [listedPackages(packages)],
    check: askPackages("known"),
    apply: sh`touch "$run/unchanged"
${askPackages("forget")}`,
  };
}

/** Removes (never purges) what Woven installed and the settings no longer list, unless something else needs it. */
export function removePackages(packages: readonly string[]): Step {
  return {
    id: "remove-packages",
    title: "Remove unused packages",
    limit: 1800,
    files: [listedPackages(packages)],
    check: askPackages("unlisted"),
    preview: sh`while read -r package; do detail "remove $package"; done <"$run/packages-to-remove"`,
    apply: sh`${aptGet} -o APT::Get::AutomaticRemove=false remove $(cat "$run/packages-to-remove") 2>&1
${askPackages("removed")}`,
    next: "apt could not remove the packages. Its output is above. They may still be installed, which does no harm. Fix the cause, and run setupnode again.",
  };
}
