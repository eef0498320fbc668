// Sites cannot join or leave a service that all sites share while it runs: its reload would end the processes of every site. So another
// instance of it starts beside, on an address of its own, and nginx sends the requests there. The first instance ends after its last
// request. As in a deployment, no request is lost.
import { type Service, unitsOf } from "../node/services.ts";
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { askServices, askVisitor } from "./health.ts";
import { type PlacedFile, placeFiles, selfChecking } from "./place-file.ts";
import { unitFunctions } from "./remove.ts";
import { type PlacedRelease, retireUnits } from "./services.ts";
import { nothingStarted, passed, startUnits, stopStarted, stopUnits } from "./starting-sites.ts";

export interface Replacement {
  /** The instance that is live, and the one that takes its place. */
  readonly before: Service;
  readonly next: Service;
  /** Fails if the server cannot read its configuration. */
  readonly test: Shell;
  /** The file that lists the sites. */
  readonly list: string;
  /** The sites that join it: it is replaced if one of them passes. None: a site leaves it, so it is replaced in any case. */
  readonly awaits: readonly string[];
}

/** A file in `$run` that is there if the instance is replaced. Only the node knows: it depends on the sites that pass. */
export const replaced = sh`"$run/instance-replaced"`;

function ifReplaced(step: Step): Step {
  return {
    ...step,
    apply: sh`[ -e ${replaced} ] || { touch "$run/unchanged"; exit 0; }
${step.apply}`,
  };
}

function hasSites({ awaits }: Replacement): Shell {
  return awaits.length === 0 ? sh`:` : sh`grep -qxF ${awaits.flatMap((name) => ["-e", name])} ${passed}`;
}

/** Starts the next instance. Needs `startUnits`. */
export function startNext(replacement: Replacement): Shell {
  return sh`if ${hasSites(replacement)}; then
${replacement.test}
touch ${replaced}
start_units ${replacement.next.units}
fi`;
}

/** Starts the next instance again, because some of its sites were left out. It has no visitors yet. Stops it if nobody needs it. */
export function restartNext(replacement: Replacement): Shell {
  const { next, test } = replacement;
  return sh`if [ ! -e ${replaced} ]; then :
elif ${hasSites(replacement)}; then
${test}
systemctl restart ${next.units}
else
rm ${replaced}
printf '%s\n' ${next.units} >"$run/units-unneeded"
${stopUnits(sh`"$run/units-unneeded"`)}
fi`;
}

/** The step for it where no site joins. */
export function startReplacement(replacement: Replacement): Step {
  return {
    id: "start-instance",
    title: `Start ${unitsOf([replacement.next]).join(", ")}`,
    plan: "quiet",
    limit: 3600,
    apply: sh`${startUnits}
: >"$run/units-started"
${startNext(replacement)}`,
    undo: stopStarted,
    ...nothingStarted,
  };
}

interface Move {
  readonly replacement: Replacement;
  /** The sites that were served before and stay, and nginx's configuration of them for the next instance. */
  readonly stays: ReleaseRecord["sites"];
  readonly confs: readonly PlacedFile[];
}

/** Moves nginx to the next instance, once it answers for the sites that were served before. `reload`: the steps that reload nginx. */
export function moveToNext(
  { replacement: { next }, stays, confs }: Move,
  { place, record }: PlacedRelease,
  reload: readonly Step[],
): readonly Step[] {
  const to = { place, record: { ...record, sites: stays, services: [next] } };
  const change = { to, from: to, drain: 0 };
  const asked = (step: Step, id: string): Step => {
    // Their sentences are about a new release.
    const { failure: _, advice: __, ...rest } = step;
    return ifReplaced({ ...rest, id, ...nothingStarted });
  };
  return [
    asked(askServices(change), "health-others"),
    ifReplaced(moveNginx(confs)),
    ...reload,
    asked(askVisitor(change), "verify-others"),
  ];
}

/** nginx's worker processes. After a reload, the old ones finish their requests before they exit. */
const workers = sh`nginx_workers() { pgrep -P "$(systemctl show -p MainPID --value nginx.service)" || :; }
await_workers() {
  end=$(($(date +%s) + $1))
  while nginx_workers | grep -qxF -f "$run/nginx-workers" && [ "$(date +%s)" -lt "$end" ]; do sleep 0.2; done
}`;

/** If this is undone after a reload, nginx goes back before the next instance ends. A cancelled job has only ten seconds. */
function moveNginx(confs: readonly PlacedFile[]): Step {
  const placed = selfChecking(placeFiles({ id: "nginx-move", title: "Let nginx use the new instance" }, confs));
  return {
    ...placed,
    apply: sh`${workers}
nginx_workers >"$run/nginx-workers"
${placed.apply}`,
    undo: sh`${placed.undo ?? sh`:`}
[ -e "$run/links/known" ] || exit 0
${workers}
nginx_workers >"$run/nginx-workers"
nginx -t -q && systemctl reload nginx
await_workers 5`,
    ...nothingStarted,
  };
}

/**
 * Retires the instance that was replaced. If a site has left it, its processes must have ended when the run ends: the step waits until
 * nginx sends no more requests, at most `drain` seconds.
 */
export function retireReplaced(replacement: Replacement, drain: number): Step {
  const { before, awaits } = replacement;
  const units = sh`printf '%s\n' ${before.units}`;
  return ifReplaced({
    id: "retire-instance",
    title: `Stop ${before.units.join(", ")} after its last request`,
    plan: "quiet",
    limit: drain + 120,
    apply: sh`touch "$run/unchanged"
${unitFunctions}
${retireUnits}
${units} | retire_units ${drain}
${
  awaits.length > 0
    ? sh`:`
    : sh`${workers}
await_workers ${drain}
${units} | stop_units`
}`,
    next: "The instance stops by itself. If it still runs after that, stop it with systemctl stop.",
  });
}

/** The text of the list without some of its lines, and with others. */
export function changedList(
  path: string,
  text: string,
  { joins, leaves }: { readonly joins: readonly string[]; readonly leaves: readonly string[] },
): PlacedFile {
  const stays = text
    .trimEnd()
    .split("\n")
    .filter((line) => !leaves.includes(line));
  const content = [...stays, ...joins.filter((line) => !stays.includes(line))].map((line) => `${line}\n`).join("");
  return { path, content };
}

/** Removes lines from the list, on the node. */
export function dropLine(list: string, line: string): Shell {
  return sh`{ grep -vxF -e ${line} ${list} >"$run/list" || :; tool write ${list} 644 root root <"$run/list"; }`;
}
