// Checks that the node has the system libraries that the release's compiled packages load.
import { libraryPackage } from "../node/library-packages.ts";
import { inRun, inTurn, tool } from "../node/pieces.ts";
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { Layout } from "../release/layout.ts";

/**
 * Reports missing libraries, as data. That is no failure: a package may load a library only for a part that the project does not use, and
 * Django's checks and the health check come later.
 */
export function checkLibraries({ staging }: Layout): Step {
  return {
    id: "libraries",
    title: "Check system libraries",
    plan: "quiet",
    apply: inTurn(
      tool(["libraries", `${staging}/packages`], { out: inRun("missing") }),
      sh`touch "$run/unchanged"
cat "$run/missing" >&3
while read -r library package; do detail "$package loads $library, which this server does not have"; done <"$run/missing"`,
    ),
  };
}

/** The warning about missing libraries, from the data of the step. Undefined if none is missing. */
export function missingLibraries(data: string, node: string): string | undefined {
  const missing = data.split("\n").flatMap((line) => {
    const [, library, name] = /^([\w.+-]{1,100}) ([\w-]{1,100})$/.exec(line) ?? [];
    return library === undefined || name === undefined ? [] : [{ library, name }];
  });
  if (missing.length === 0) return undefined;
  const list = missing.map(({ library, name }) => `${library} (for ${name})`).join(", ");
  const packages = [...new Set(missing.map(({ library }) => libraryPackage(library)))].toSorted();
  return [
    `${node} lacks system libraries that packages of the release load: ${list}.`,
    "If the application needs them, add their packages to woven.toml, and run setupnode:",
    `extra-packages = ${JSON.stringify(packages)}`,
  ].join("\n");
}
