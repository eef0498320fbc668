// The update of a preview: usually, only files of the project have changed.
import { wovenVersion } from "../node/stage.ts";
import { activeRelease } from "../node/state.ts";
import { hasSameSettings } from "./configuration-digest.ts";
import type { PlanInput } from "./release-plan.ts";

/** `files` if the preview's live release has the same settings, environment and packages, and comes from this version of Woven. */
export function updateOf(input: Omit<PlanInput, "files" | "source">): "files" | undefined {
  const before = activeRelease(input.facts.state);
  const isSame =
    input.preview !== undefined &&
    before !== undefined &&
    input.base?.listed.release === before.name &&
    before.woven === wovenVersion() &&
    before.content.bundle === packagesKey(input) &&
    hasSameSettings(before.content.configuration, input, before.salt);
  return isSame ? "files" : undefined;
}

/** The bundle's key names the minor version of Python. Whether the node's own or another one is used makes another release. */
export function packagesKey({ bundle, python }: Pick<PlanInput, "bundle" | "python">): string {
  return python?.interpreter === undefined ? bundle.key : `${bundle.key} with its own Python`;
}
