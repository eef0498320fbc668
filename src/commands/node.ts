// node: runs a management command of the live release, or of another one that the node has, as its site user. Shows the output.
import { WovenError } from "../errors.ts";
import type { NodeFacts } from "../node/facts.ts";
import { readLines } from "../node/line-reader.ts";
import { activeRelease, type ReleaseRecord } from "../node/state.ts";
import { runUnit } from "../node/unit-command.ts";
import { layout, siteUser } from "../release/layout.ts";
import type { RunReport } from "../report.ts";
import { fleet } from "../rollout/fleet.ts";
import { deployFacts } from "../rollout/release-facts.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import type { Settings } from "../settings/settings.ts";
import { projectFailure } from "../steps/project-failure.ts";
import { causeOf } from "../traceback.ts";

/** How much of the output the summary shows at most: the last characters. */
const maximumCharacters = 20_000;

export async function node(settings: Settings, runtime: Runtime): Promise<RunReport> {
  await using nodes = fleet(settings, runtime);
  const { managementCommand = "", options } = settings;
  await nodes.phase(async (one) => {
    const facts = await deployFacts(one, settings);
    const release = releaseFor(settings.version, facts, one.host.name);
    const site = siteFor(settings.site, release, one.host.name);
    const place = layout(facts.deploymentRoot, release.distribution, release.name);
    const words = [managementCommand, ...options];
    if (settings.dryRun) {
      // Nobody knows what a management command would change.
      one.text = `Would run: manage ${words.join(" ")}, as ${siteUser(site)}`;
      runtime.log.remote(one.host.name, one.text);
      return;
    }
    const output = readLines((line) => runtime.log.remote(one.host.name, line));
    const result = await runUnit(one.host, ["/usr/bin/env", `SITE_ID=${site}`, `${place.release}/manage`, ...words], {
      user: siteUser(site),
      environment: givenEnvironment(settings, site),
      onOutput: (chunk) => output.push(chunk),
      limitSeconds: 3600,
    }).finally(() => output.end());
    const shown = runtime.log.clean(result.stdout).slice(-maximumCharacters);
    one.text = shown;
    if (result.stdout.trim() === "") runtime.log.remote(one.host.name, "(no output)");
    if (result.code !== 0) {
      const known = projectFailure(shown);
      const cause = known?.message ?? causeOf(shown);
      const end = result.code === null ? result.signal : `exit status ${result.code}`;
      throw new WovenError({
        code: "management-command",
        message: `manage ${words.join(" ")} failed (${end})${cause === undefined ? "" : `: ${cause}`}`,
        next: `Changes that the command made before it failed stay. ${known?.next ?? "Fix the cause, and run it again."}`,
        node: one.host.name,
        output: shown,
        streamed: true,
      });
    }
  });
  return runReport(nodes, settings, runtime);
}

/** The release to run the command in: the one of the version, whether it is live or not, or else the live one. */
export function releaseFor(version: string | undefined, { state }: NodeFacts, node: string): ReleaseRecord {
  const releases = state?.releases ?? [];
  const versions = releases.map((release) => release.version).join(", ");
  const release = version === undefined ? activeRelease(state) : releases.find((one) => one.version === version);
  if (release) return release;
  if (version !== undefined)
    throw new WovenError({
      code: "version-unknown",
      message: `${node} does not have version ${JSON.stringify(version)}. It has: ${versions || "none"}`,
      state: "Nothing was run.",
      next: "Set the version input to one of those, or leave it out for the live version.",
      node,
    });
  throw new WovenError({
    code: "nothing-active",
    message: `no version is live on ${node}`,
    next: versions
      ? `To run the command in a version that is there and not live (${versions}), set the version input.`
      : "Deploy a version first.",
    node,
  });
}

/** The SITE_ID that was asked for, or else that of the first site. */
export function siteFor(site: number | undefined, { sites, version }: ReleaseRecord, node: string): number {
  const known = [...new Set(sites.map(({ id }) => id))];
  const found = site === undefined ? (known[0] ?? 1) : known.find((id) => id === site);
  if (found !== undefined) return found;
  throw new WovenError({
    code: "site-unknown",
    message: `${version} on ${node} has no site ${site}. It has: ${known.join(", ")}`,
    state: "Nothing was run.",
    next: "Set the site input to one of those, or leave it out for the first one.",
    node,
  });
}

/** The `env` input, for this run only. These variables win over the release's own: `_WOVEN_GIVEN` lists their names for it. */
function givenEnvironment({ secretEnv, siteEnv }: Settings, site: number): Readonly<Record<string, string>> {
  const own = { ...secretEnv, ...siteEnv[site]?.secretEnv };
  const given = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, value.reveal()]));
  // Python holds back what it prints to a pipe, so a long command would show nothing until its end.
  return { PYTHONUNBUFFERED: "1", ...given, _WOVEN_GIVEN: Object.keys(given).join(" ") };
}
