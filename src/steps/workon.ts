// workon: a shell in a release, for the deploy user.
import type { Step } from "../node/stage.ts";
import { placeFile } from "./place-file.ts";
import type { Templates } from "./templates.ts";

/** `root`: the deployment root, if it is not the home of the deploy user. */
export function workon(templates: Templates, root = ""): Step {
  return placeFile({
    path: "/usr/local/bin/workon",
    content: templates.render("workon", { root }),
    mode: "755",
    title: "Install the command workon",
  });
}
