// The stages of startsites as they are sent to a node: two sites join a release and one leaves it.
import type { Stage } from "../../src/node/stage.ts";
import type { LiveRelease } from "../../src/rollout/joining-sites.ts";
import { planRelease } from "../../src/rollout/release-plan.ts";
import { noFacts, prepareStage, sitesStage } from "../../src/rollout/site-stages.ts";
import type { Settings, Site } from "../../src/settings/settings.ts";
import { newLease } from "../../src/steps/lease.ts";
import { planInput, runtime } from "../rollout/release.ts";

export const served: readonly Site[] = [
  { id: 1, domains: ["one.example.com"] },
  { id: 2, domains: ["two.example.com"] },
];
export const joining: readonly Site[] = [
  { id: 4, domains: ["four.example.com"] },
  { id: 12, domains: ["twelve.example.com", "www.twelve.example.com"] },
];

export const lease = newLease({
  state: "/var/local/woven/shop",
  owner: "ada",
  command: "startsites",
  expected: { link: "", folder: "" },
});

export async function liveRelease(server: Settings["server"], more: Partial<Settings> = {}): Promise<LiveRelease> {
  const input = await planInput({}, { server, sites: served, ...more });
  const { place, record } = planRelease(input, runtime());
  const [address] = input.settings.nodes;
  if (address === undefined) throw new Error("no node");
  const settings = { ...input.settings, sites: [...served, ...joining], ...more, command: "startsites" as const };
  return { ...input, settings, address, place, record, instance: "127.9.8.7" };
}

/** What the node has of the sites so far. */
export const siteSettings = 'SITES = {1: {"settings": "shop.settings", "domains": ["one.example.com"]}}\n';

export async function siteStages(): Promise<readonly Stage[]> {
  const all = await Promise.all(
    (["gunicorn", "apache"] as const).map(async (server) => {
      const tls = { kind: "acme", directory: "https://acme.example.com/", trusted: [] } as const;
      const live = await liveRelease(server, { tls, retire: true });
      const reports = new Map(joining.map((site) => [site, noFacts]));
      const retired = live.record.sites.slice(1);
      const prepared = { added: joining, reports, files: new Map(), retired, failed: 0 };
      return [prepareStage(live, joining, siteSettings, lease), sitesStage(live, prepared, lease)];
    }),
  );
  return all.flat();
}
