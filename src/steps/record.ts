// Writes down what is true now: the release's record, a line of history, and which releases may go.
import { lines, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { HistoryEvent, ReleaseRecord } from "../node/state.ts";
import { type Layout, layout } from "../release/layout.ts";
import { confName } from "./webconf.ts";

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
    apply: sh`mkdir -p ${`${place.state}/releases`}
if [ -e ${file} ]; then cp ${file} "$run/record-before"; fi
touch "$run/recording"
tool write ${file} 600 root root <"$files/record.json"`,
    undo: sh`if [ -s "$run/record-before" ]; then tool write ${file} 600 root root <"$run/record-before"
elif [ -e "$run/recording" ]; then rm -f ${file}; fi`,
  };
}

/** Of a release that was gone back from before all servers had it: it has proved nothing, and its number may be built anew. */
export function recordDoubt(place: Layout): Step {
  const file = recordFile(place);
  return {
    id: "record-doubt",
    title: `Record that ${place.name} has not proved itself`,
    apply: sh`touch "$run/unchanged"
[ -e ${file} ] || exit 0
sed 's/"healthy":true/"healthy":false/' ${file} >"$run/doubted"
tool write ${file} 600 root root <"$run/doubted"`,
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
    files: [{ name: "history.jsonl", content: `${JSON.stringify(event)}\n` }],
    // A line that a full disk cut short is ended first, so that it does not take this one with it. In a string of JSON a quote has
    // a backslash before it: what sed replaces can only be the key.
    apply: sh`touch "$run/unchanged" ${file}
stat -c %s ${file} >"$run/history-size"
[ -z "$(tail -c 1 ${file})" ] || echo >>${file}
cat "$files/history.jsonl" >>${file}
if grep -q '"healthy":false' ${release}; then
  sed 's/"healthy":false/"healthy":true/' ${release} >"$run/healthy"
  tool write ${release} 600 root root <"$run/healthy"
fi`,
    undo: sh`[ ! -s "$run/history-size" ] || truncate -s "$(cat "$run/history-size")" ${file}`,
  };
}

function recordFile({ state, name }: Layout): string {
  return `${state}/releases/${name}.json`;
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
