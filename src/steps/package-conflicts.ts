// What apt would take off a node, asked before it does: for a package that comes, and for packages that go (packages.py).
import { type Shell, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import { aptGet } from "./apt-get.ts";

/** The packages that the settings list, for `tool packages`. */
export function listedPackages(packages: readonly string[]): StageFile {
  return { name: "packages.json", content: JSON.stringify(packages) };
}

/** What of them is missing, in the way, or no longer listed. */
export function askPackages(verb: string): Shell {
  return sh`tool packages ${verb} "$files/packages.json" "$run"`;
}

/** Before anything is upgraded or installed. */
export function nothingLost(packages: readonly string[]): Step {
  return {
    id: "package-conflicts",
    title: "No package goes for another one",
    plan: "quiet",
    files: [listedPackages(packages)],
    check: askPackages("missing"),
    apply: sh`touch "$run/unchanged"
${askPackages("conflicts")}`,
    next: "Take one or the other out of base-packages, extra-packages or role-packages (ufw is there for enable-ufw), or remove by hand what is to go. Nothing was installed, and nothing was removed.",
  };
}

/** What somebody else removed is not Woven's any more, should it come back. The node is as it was, and so this is no change. */
export function forgetPackages(wanted: readonly string[]): Step {
  return {
    id: "forget-packages",
    title: "What Woven installed is known",
    plan: "quiet",
    files: [listedPackages(wanted)],
    check: askPackages("known"),
    apply: sh`touch "$run/unchanged"
${askPackages("forget")}`,
  };
}

/** Removes (never purges) what Woven itself installed once and the settings no longer want, unless something else needs it. */
export function removePackages(wanted: readonly string[]): Step {
  return {
    id: "remove-packages",
    title: "Packages no longer wanted",
    limit: 1800,
    files: [listedPackages(wanted)],
    check: askPackages("unlisted"),
    preview: sh`while read -r package; do detail "remove $package"; done <"$run/packages-going"`,
    apply: sh`${aptGet} -o APT::Get::AutomaticRemove=false remove $(cat "$run/packages-going") 2>&1
${askPackages("removed")}`,
    next: "apt could not remove them: what it said is above. Nothing else depends on this step.",
  };
}
