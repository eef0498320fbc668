// status: shows the versions on each node, which one is live, and what happened recently. Changes nothing.
import { type NodeFacts, readFacts } from "../node/facts.ts";
import { type Attempt, activeRelease, type HistoryEvent, type ReleaseRecord, rollbackTarget } from "../node/state.ts";
import type { RunReport } from "../report.ts";
import { certificateState } from "../rollout/certificates.ts";
import { fleet } from "../rollout/fleet.ts";
import { distributionFacts } from "../rollout/release-facts.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import type { Settings } from "../settings/settings.ts";

export async function status(settings: Settings, runtime: Runtime): Promise<RunReport> {
  await using nodes = fleet(settings, runtime);
  const { distributionName } = settings;
  await nodes.phase(async (node) => {
    const facts = await (distributionName
      ? distributionFacts(node.host, distributionName.value, settings)
      : readFacts(node.host));
    node.liveAtStart(activeRelease(facts.state)?.version);
    node.text = describeNode(facts, runtime.now());
    const live = activeRelease(facts.state);
    const certificate = live && certificateState(live, facts, runtime.now());
    if (certificate?.state === "ending") runtime.log.warning(`${node.host.name}: ${certificate.text}`);
    runtime.log.remote(node.host.name, node.text);
  });
  return runReport(nodes, settings, runtime);
}

/** Text for a terminal: a line about the node, a line for each version, the last events. */
export function describeNode(facts: NodeFacts, now: number): string {
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
        ...(release === active ? [...services(release, facts), ...certificate(release, facts, now)] : []),
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

/** `  2026-01-02 12:34  deploy 1.2 failed at health by ada` */
function attemptLine({ at, command, release, step, end, actor }: Attempt): string {
  const what = [command, ...(release ? [release] : [])].join(" ");
  return `  ${minute(at)}  ${what} ${end === "failed" ? "failed" : "was cancelled"}${step ? ` at ${step}` : ""} by ${actor}`;
}

/** A line for each service of the live release. */
function services({ services }: ReleaseRecord, { running }: NodeFacts): readonly string[] {
  return services.map(({ name, server, units }) => {
    const down = units.filter((unit) => !running.includes(unit));
    return `    ${name} (${server}): ${down.length === 0 ? "running" : `not running: ${down.join(", ")}`}`;
  });
}

function certificate(release: ReleaseRecord, facts: NodeFacts, now: number): readonly string[] {
  const found = certificateState(release, facts, now);
  return found ? [`    ${found.text}`] : [];
}

/** `2026-01-02 12:34` of a time in ISO 8601. */
function minute(at: string): string {
  return at.slice(0, 16).replace("T", " ");
}
