// The stage that removes a preview: for a run that removes it, and kept on the node for the end of its time to live.
import type { PreviewRecord } from "../node/previews.ts";
import type { Stage } from "../node/stage.ts";
import { layout } from "../release/layout.ts";
import { newLease, takeLease, underLease } from "../steps/lease.ts";
import { dropPreviewDatabase } from "../steps/preview-database.ts";
import { forgetPreview, removePreview } from "../steps/preview-removal.ts";
import { closeDomains } from "../steps/remove.ts";
import type { Runtime } from "./runtime.ts";

/** Whatever is live then: `by` says who removes it. */
export function previewRemoval(
  { distribution, root, sites }: Pick<PreviewRecord, "distribution" | "root" | "sites">,
  by: Runtime["by"] | "the server",
): Stage {
  const place = layout(root, distribution, "");
  const { actor = "somebody", run } = by === "the server" ? { actor: by } : by;
  const lease = newLease({
    state: place.state,
    owner: actor,
    command: "preview",
    ...(run === undefined ? {} : { run }),
    expected: { link: place.active, folder: null },
  });
  return {
    name: "remove",
    undoes: "stage",
    steps: [
      takeLease(lease, "first"),
      closeDomains(place),
      removePreview({ place, sites }),
      dropPreviewDatabase(place),
      forgetPreview(place),
    ],
    ...underLease(lease, "last"),
  };
}
