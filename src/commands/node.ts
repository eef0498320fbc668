// node: run a management command under the active release, as its site user, and show what it says.
import { WovenError } from "../errors.ts";
import { readLines } from "../node/line-reader.ts";
import { activeRelease } from "../node/state.ts";
import { runUnit } from "../node/unit-command.ts";
import { layout, siteUser } from "../release/layout.ts";
import type { RunReport } from "../report.ts";
import { fleet } from "../rollout/fleet.ts";
import { deployFacts } from "../rollout/release-facts.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import type { Settings } from "../settings/settings.ts";
import { causeOf } from "../traceback.ts";

/** Longest part of the output that is kept for the summary, in characters, from its end. */
const kept = 20_000;

export async function node(settings: Settings, runtime: Runtime): Promise<RunReport> {
  await using nodes = fleet(settings, runtime);
  const { managementCommand = "", options } = settings;
  const site = settings.sites[0]?.id ?? 1;
  await nodes.phase(async (one) => {
    const facts = await deployFacts(one, settings);
    const active = activeRelease(facts.state);
    if (!active)
      throw new WovenError({
        code: "nothing-active",
        message: `nothing is active on ${one.host.name}`,
        next: "Deploy first.",
        node: one.host.name,
      });
    const place = layout(facts.deploymentRoot, active.distribution, active.name);
    const words = [managementCommand, ...options];
    if (settings.dryRun) {
      // What a management command would change, nobody knows but the command.
      one.text = `Would run: manage ${words.join(" ")}`;
      runtime.log.remote(one.host.name, one.text);
      return;
    }
    const output = readLines((line) => runtime.log.remote(one.host.name, line));
    const result = await runUnit(one.host, ["/usr/bin/env", `SITE_ID=${site}`, `${place.release}/manage`, ...words], {
      user: siteUser(site),
      environment: givenEnvironment(settings),
      onOutput: (chunk) => output.push(chunk),
      limitSeconds: 3600,
    }).finally(() => output.end());
    const said = runtime.log.clean(result.stdout).slice(-kept);
    one.text = said;
    if (result.stdout.trim() === "") runtime.log.remote(one.host.name, "(no output)");
    if (result.code !== 0) {
      const cause = causeOf(said) ?? (result.code === null ? result.signal : `exit status ${result.code}`);
      throw new WovenError({
        code: "management-command",
        message: `manage ${words.join(" ")} failed: ${cause}`,
        next: "What the command had done by then stays done. Fix the cause, and run it again.",
        node: one.host.name,
        output: said,
      });
    }
  });
  return runReport(nodes, settings, runtime);
}

/** The `env` input, for this run alone; its variables win over those of the release, which reads by this name which they are. */
function givenEnvironment({ secretEnv }: Settings): Readonly<Record<string, string>> {
  const given = Object.fromEntries(Object.entries(secretEnv).map(([name, value]) => [name, value.reveal()]));
  return { ...given, _WOVEN_GIVEN: Object.keys(given).join(" ") };
}
