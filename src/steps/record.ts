// Records a release and the history of its distribution on the node.
import { inRun, inTurn, tool } from "../node/pieces.ts";
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { HistoryEvent, ReleaseContent, ReleaseRecord } from "../node/state.ts";
import type { Layout } from "../release/layout.ts";

/** The newest schema of a record that this version knows. */
const recordSchema: ReleaseRecord["schema"] = 4;
const historySchema = 1;

/**
 * Records the release before the switch, as not yet healthy. After a power cut right after the switch, the next run still knows what
 * is live.
 */
export function recordRelease(place: Layout, release: ReleaseRecord): Step {
  const file = recordFile(place);
  return {
    id: "record-release",
    title: "Record the release",
    files: [{ name: "record.json", content: `${JSON.stringify({ ...release, healthy: false })}\n` }],
    apply: inTurn(keepCopy(file, "record"), tool(["state", "put", file], { in: inRun("files/record.json") })),
    undo: restoreCopy(file, "record"),
  };
}

/** For a rollback because another server failed: the release does not count as healthy, so its version may be deployed again. */
export function recordUnproved(place: Layout): Step {
  const file = recordFile(place);
  return {
    id: "record-doubt",
    title: `Mark ${place.name} as not proved healthy`,
    apply: inTurn(sh`touch "$run/unchanged"`, tool(["state", "set-recorded", file, recordSchema, "healthy", "false"])),
  };
}

/** Writes what the release is made of: the settings that it was given since. */
export function recordContent(place: Layout, content: ReleaseContent): Step {
  return {
    id: "record-content",
    title: "Record the settings of the release",
    plan: "quiet",
    apply: inTurn(
      sh`touch "$run/unchanged"`,
      tool(["state", "set", recordFile(place), recordSchema, "content", JSON.stringify(content)]),
    ),
  };
}

/** Adds a line to the history, and records the release as healthy. This settles the switch: a later failure undoes nothing. */
export function recordChange(place: Layout, event: HistoryEvent): Step {
  const file = `${place.state}/history.jsonl`;
  const release = recordFile(place);
  return {
    id: "record",
    title: "Record the change",
    settles: true,
    files: [{ name: "history.jsonl", content: historyLine(event) }],
    apply: inTurn(
      sh`touch "$run/unchanged"
${keepCopy(file, "history")}`,
      tool(["state", "append", file], { in: inRun("files/history.jsonl") }),
      tool(["state", "set-recorded", release, recordSchema, "healthy", "true"]),
    ),
    undo: restoreCopy(file, "history"),
  };
}

/** The event as a line of history.jsonl. */
export function historyLine(event: HistoryEvent): string {
  return `${JSON.stringify({ schema: historySchema, ...event })}\n`;
}

export function recordFile({ state, name }: Layout): string {
  return `${state}/releases/${name}.json`;
}

function keepCopy(file: string, name: string): Shell {
  return sh`if [ -e ${file} ]; then cp ${file} "$run"/${`${name}-before`}; fi
touch "$run"/${`${name}-begun`}`;
}

function restoreCopy(file: string, name: string): Shell {
  return sh`[ -e "$run"/${`${name}-begun`} ] || exit 0
if [ -e "$run"/${`${name}-before`} ]; then tool write ${file} 600 root root <"$run"/${`${name}-before`}; else rm -f ${file}; fi`;
}
