// Writes down what is true now: the release's record, and a line of history.
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { HistoryEvent, ReleaseRecord } from "../node/state.ts";
import type { Layout } from "../release/layout.ts";

/** The newest schema of a record that this version knows. */
const recordSchema: ReleaseRecord["schema"] = 2;
const historySchema = 1;

/**
 * The record of a release that is about to serve, and has not proved itself: were the power to go after the switch, the next
 * run would know what it finds.
 */
export function recordRelease(place: Layout, release: ReleaseRecord): Step {
  const file = recordFile(place);
  return {
    id: "record-release",
    title: "Record the release",
    files: [{ name: "record.json", content: `${JSON.stringify({ ...release, healthy: false })}\n` }],
    apply: sh`${keepBefore(file, "record")}
tool state put ${file} <"$files/record.json"`,
    undo: bringBack(file, "record"),
  };
}

/** Of a release that was gone back from before all servers had it: it has proved nothing, and its number may be built again. */
export function recordDoubt(place: Layout): Step {
  const file = recordFile(place);
  return {
    id: "record-doubt",
    title: `Record that ${place.name} has not proved itself`,
    apply: sh`touch "$run/unchanged"
[ ! -e ${file} ] || tool state set ${file} ${recordSchema} healthy false`,
  };
}

/** The line of history; and the release has proved itself. From then on it is so: what comes after, and fails, takes nothing back. */
export function recordChange(place: Layout, event: HistoryEvent): Step {
  const file = `${place.state}/history.jsonl`;
  const release = recordFile(place);
  return {
    id: "record",
    title: "Record the change",
    settles: true,
    files: [{ name: "history.jsonl", content: historyLine(event) }],
    apply: sh`touch "$run/unchanged"
${keepBefore(file, "history")}
tool state append ${file} <"$files/history.jsonl"
[ ! -e ${release} ] || tool state set ${release} ${recordSchema} healthy true`,
    undo: bringBack(file, "history"),
  };
}

/** The event as it stands in history.jsonl. */
export function historyLine(event: HistoryEvent): string {
  return `${JSON.stringify({ schema: historySchema, ...event })}\n`;
}

function recordFile({ state, name }: Layout): string {
  return `${state}/releases/${name}.json`;
}

function keepBefore(file: string, name: string): Shell {
  return sh`if [ -e ${file} ]; then cp ${file} "$run"/${`${name}-before`}; fi
touch "$run"/${`${name}-begun`}`;
}

function bringBack(file: string, name: string): Shell {
  return sh`[ -e "$run"/${`${name}-begun`} ] || exit 0
if [ -e "$run"/${`${name}-before`} ]; then tool write ${file} 600 root root <"$run"/${`${name}-before`}; else rm -f ${file}; fi`;
}
