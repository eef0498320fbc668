// status: shows the versions on each node, which one is live, and what happened recently. Changes nothing.
import { type NodeFacts, readFacts } from "../node/facts.ts";
import { backgroundOf, type Service, startedBy } from "../node/services.ts";
import { type Attempt, activeRelease, type HistoryEvent, type ReleaseRecord, rollbackTarget } from "../node/state.ts";
import { readUnitStates, type UnitState } from "../node/unit-states.ts";
import type { RunReport } from "../report.ts";
import { certificateState } from "../rollout/certificates.ts";
import { fleet } from "../rollout/fleet.ts";
import { distributionsOn, named } from "../rollout/node-distribution.ts";
import { distributionFacts } from "../rollout/release-facts.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import type { Settings } from "../settings/settings.ts";

export async function status(settings: Settings, runtime: Runtime): Promise<RunReport> {
  await using nodes = fleet(settings, runtime);
  await nodes.phase(async (node) => {
    const found = settings.distributionName ? [] : await distributionsOn(node.host, runtime.env);
    const [only, ...others] = found;
    const known = only === undefined || others.length > 0 ? settings : named(settings, only);
    const { distributionName } = known;
    const facts = await (distributionName
      ? distributionFacts(node.host, distributionName.value, known)
      : readFacts(node.host));
    node.liveAtStart(activeRelease(facts.state)?.version);
    const live = activeRelease(facts.state);
    const units = backgroundOf(live?.services ?? []).flatMap((service) => service.units);
    const states = await readUnitStates(node.host, [...units, ...startedBy(units)]);
    const several =
      others.length > 0 ? [`several distributions: ${found.join(", ")}. The input distribution names one`] : [];
    node.text = [describeNode(facts, runtime.now(), states), ...several].join("\n");
    const certificate = live && certificateState(live, facts, runtime.now());
    if (certificate?.state === "ending") runtime.log.warning(`${node.host.name}: ${certificate.text}`);
    runtime.log.remote(node.host.name, node.text);
  });
  return runReport(nodes, settings, runtime);
}

/** Text for a terminal: a line about the node, a line for each version, the last events. */
export function describeNode(facts: NodeFacts, now: number, units: ReadonlyMap<string, UnitState> = new Map()): string {
  const { os, osVersion, machine, python, diskFree, state } = facts;
  const about = `${os} ${osVersion} (${machine}), Python ${python ?? "none"}, ${(diskFree / 2 ** 30).toFixed(1)} GiB free`;
  if (!state) return about;
  const active = activeRelease(state);
  const previous = rollbackTarget(state);
  const { attempts = [] } = state;
  const releases = state.releases
    .toSorted((one, other) => other.createdAt.localeCompare(one.createdAt))
    .flatMap((release) => {
      const marks = [
        ...(release.interpreter === undefined ? [] : [`Python ${release.python}`]),
        ...(release.patched ? ["patched"] : []),
        ...(release.healthy ? [] : ["not proved healthy: its health check failed, or was interrupted"]),
        ...(release === active ? ["live"] : []),
        ...(release === previous ? ["rollback switches to it"] : []),
      ];
      const line = `${release === active ? "*" : " "} ${release.version.padEnd(16)} ${minute(release.createdAt)}`;
      return [
        [line, ...marks].join("  "),
        ...(release === active ? [...services(release, facts, units), ...certificate(release, facts, now)] : []),
      ];
    });
  // Sorted by their time, which begins each line.
  const events = [...state.history.slice(-5).map(eventLine), ...attempts.slice(-3).map(attemptLine)].toSorted();
  const running = state.lease ? [`working now: ${state.lease.owner}, ${state.lease.command}`] : [];
  return [
    about,
    ...(releases.length > 0 ? releases : ["  no versions"]),
    ...(events.length > 0 ? ["recent:", ...events] : []),
    ...running,
  ].join("\n");
}

function eventLine({ at, event, version, previous: before, actor }: HistoryEvent): string {
  const line = `  ${minute(at)}  ${event} ${version}`;
  return `${line}${before ? ` (before: ${before})` : ""}${actor ? ` by ${actor}` : ""}`;
}

/** The titles of the steps that fail because of the project. An attempt has only the id. */
const stepTitles: Readonly<Record<string, string>> = {
  virtualenv: "Install packages from the bundle",
  django: "Run Django's checks",
  migrate: "Migrate the database",
  start: "Start the release",
  health: "Check health before the switch",
  switch: "Switch",
  verify: "Check health as a visitor",
  retire: "Stop the previous release",
  discard: "Remove replaced builds",
  prune: "Remove old releases",
  "discard-conf": "Remove replaced configuration",
  "unused-packages": "Remove packages that no release uses",
  "unused-pythons": "Remove Pythons that no release uses",
  "preview-sleep": "Limit running previews",
};

/** `  2026-01-02 12:34  deploy 1.2 failed at "Migrate the database" by ada` */
function attemptLine({ at, command, release, step, end, actor }: Attempt): string {
  const what = [command, ...(release ? [release] : [])].join(" ");
  const how = { failed: "failed", stopped: "was cancelled", untidied: "succeeded, but did not tidy up: it failed" }[
    end
  ];
  return `  ${minute(at)}  ${what} ${how}${step ? ` at "${stepTitles[step] ?? step}"` : ""} by ${actor}`;
}

/** A line for each service of the live release. */
function services(
  { services }: ReleaseRecord,
  { running }: NodeFacts,
  states: ReadonlyMap<string, UnitState>,
): readonly string[] {
  return services.flatMap((service) => {
    const { name, kind, server, units } = service;
    if (kind === "process") return units.map((unit, index) => worker(service, states.get(unit), index));
    if (kind === "schedule") return [schedule(service, states)];
    const down = units.filter((unit) => !running.includes(unit));
    return [`    ${name} (${server}): ${down.length === 0 ? "running" : `not running: ${down.join(", ")}`}`];
  });
}

function certificate(release: ReleaseRecord, facts: NodeFacts, now: number): readonly string[] {
  const found = certificateState(release, facts, now);
  return found ? [`    ${found.text}`] : [];
}

/** `worker 2 of 3: running, 0 restarts` */
function worker({ name, units }: Service, state: UnitState | undefined, index: number): string {
  const which = units.length > 1 ? ` ${index + 1} of ${units.length}` : "";
  const restarts = `${state?.restarts ?? 0} ${state?.restarts === 1 ? "restart" : "restarts"}`;
  const now = state?.active === "active" ? "running" : `not running (${state?.active ?? "unknown"})`;
  const ended = state?.ended === undefined ? [] : [`last exit ${minute(state.ended)} (${outcome(state)})`];
  return `    ${name}${which}: ${[now, restarts, ...ended].join(", ")}`;
}

/** `clearsessions: next run 2026-01-02 00:00, last run 2026-01-01 00:00 (ok)`, in UTC. */
function schedule({ name, units }: Service, states: ReadonlyMap<string, UnitState>): string {
  const [timer = ""] = units;
  const clock = states.get(timer);
  const [run = ""] = startedBy([timer]);
  const last = states.get(run);
  if (clock?.active !== "active") return `    ${name}: not scheduled (${clock?.active ?? "unknown"})`;
  // While it runs, systemd does not know the next time yet.
  if (last?.active === "activating") return `    ${name}: running now`;
  const next = clock.nextRun === undefined ? "no next run" : `next run ${minute(clock.nextRun)}`;
  // Of the service, not of the timer: a new timer counts as if it had just run.
  const before =
    last?.ended === undefined ? unknownRun : `last run ${minute(last.started ?? last.ended)} (${outcome(last)})`;
  return `    ${name}: ${next}, ${before}`;
}

/** systemd keeps the end of a run until the server is rebooted. */
const unknownRun = "no run since the switch or the last boot";

function outcome({ result, exit = 0 }: UnitState): string {
  if (result === "success" && exit === 0) return "ok";
  if (result === "success" || result === "exit-code") return `exit status ${exit}`;
  return result === "signal" ? `signal ${exit}` : result;
}

/** `2026-01-02 12:34` of a time in ISO 8601. */
function minute(at: string): string {
  return at.slice(0, 16).replace("T", " ");
}
