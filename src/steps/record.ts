// Writes down what is true now: the release's record, a line of history, and which releases may go.
import { lines, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { HistoryEvent, ReleaseRecord } from "../node/state.ts";
import { type Layout, layout } from "../release/layout.ts";
import { confName } from "./webconf.ts";

/** The record of a release that has proved itself, and the line of history that says so. */
export function record(place: Layout, release: ReleaseRecord, event: HistoryEvent): Step {
  return {
    id: "record",
    title: "Record the release",
    files: [
      { name: "record.json", content: `${JSON.stringify(release)}\n` },
      { name: "history.jsonl", content: `${JSON.stringify(event)}\n` },
    ],
    apply: sh`touch "$run/unchanged"
mkdir -p ${`${place.state}/releases`}
tool write ${`${place.state}/releases/${place.name}.json`} 600 root root <"$files/record.json"
cat "$files/history.jsonl" >>${`${place.state}/history.jsonl`}`,
  };
}

/** Only the line of history: the release was recorded before. */
export function recordEvent(place: Layout, event: HistoryEvent): Step {
  return {
    id: "record",
    title: "Record the change",
    files: [{ name: "history.jsonl", content: `${JSON.stringify(event)}\n` }],
    apply: sh`touch "$run/unchanged"
cat "$files/history.jsonl" >>${`${place.state}/history.jsonl`}`,
  };
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
