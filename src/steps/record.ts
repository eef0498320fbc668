// Writes down what is true now: the release's record, a line of history, and which releases may go.
import { lines, type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { HistoryEvent, ReleaseRecord } from "../node/state.ts";
import { type Layout, layout } from "../release/layout.ts";
import { confName } from "./webconf.ts";

/** The newest schema of a record that this version knows. */
const recordSchema: ReleaseRecord["schema"] = 1;
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
    files: [{ name: "history.jsonl", content: `${JSON.stringify({ schema: historySchema, ...event })}\n` }],
    apply: sh`touch "$run/unchanged"
${keepBefore(file, "history")}
tool state append ${file} <"$files/history.jsonl"
[ ! -e ${release} ] || tool state set ${release} ${recordSchema} healthy true`,
    undo: bringBack(file, "history"),
  };
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

/**
 * Removes releases beyond the newest `keep`. Never the active one nor the one a rollback would go to; those are not
 * counted out, they are named in `protect`.
 */
export function pruneReleases(
  root: string,
  releases: readonly ReleaseRecord[],
  keep: number,
  protect: readonly string[],
): Step | undefined {
  const newest = releases.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt));
  const going = newest.slice(keep).filter(({ name }) => !protect.includes(name));
  if (going.length === 0) return undefined;
  return {
    id: "prune",
    preview: lines(going.map(({ version }) => sh`detail ${version}`)),
    title: `Remove ${going.length === 1 ? "a release" : `${going.length} releases`} no longer kept`,
    apply: lines(
      going.map((release) => {
        const place = layout(root, release.distribution, release.name);
        const confs = release.sites.map(({ domains: [domain = ""] }) => confName(domain, release.name));
        return sh`systemctl stop ${`${place.unit}@*.service`} 2>/dev/null || :
rm -rf --one-file-system ${`${root}/env/.${release.distribution}-${release.name}.`}??????
rm -f ${place.release} ${confs.flatMap((conf) => [`/etc/apache2/sites-available/${conf}.conf`, `/etc/nginx/sites-available/${conf}.conf`])} ${place.apacheConf} ${`/etc/systemd/system/${place.unit}@.service`} ${`${place.state}/releases/${place.name}.json`}
detail ${release.version}`;
      }),
    ),
  };
}
