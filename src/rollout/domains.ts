// Which domains a run takes away from visitors, and which new ones do not lead to its servers. A typo in `domains` takes a site down
// although everything else succeeds. DNS is only asked: it never delays a run by more than seconds, and never fails it.
import { BlockList, isIP, isIPv6 } from "node:net";
import type { ReleaseRecord } from "../node/state.ts";
import { oneOfWildcard } from "../settings/domain.ts";
import type { Site } from "../settings/settings.ts";
import type { Fleet } from "./fleet.ts";
import type { Runtime } from "./runtime.ts";

type Served = readonly Pick<Site, "domains">[];

/** Milliseconds for all answers of DNS. */
const patience = 3000;

const title = "Woven: domains";

export interface DomainCheck {
  /**
   * Compares the domains of a node's live release with those of the next one, and warns. `asks`: also looks up the new domains, in the
   * background.
   */
  compare(live: ReleaseRecord | undefined, next: Served, version: string, asks: "dns" | "nothing"): void;
  /** Waits until the answers of DNS are there, or their time is over. */
  end(): Promise<void>;
}

/** Warnings are annotations, and notices of the fleet: lines at the top of the summary. Each comes once, however many nodes there are. */
export function domainCheck(nodes: Fleet, { log, lookup }: Pick<Runtime, "log" | "lookup">): DomainCheck {
  const asked = new Map<string, Promise<void>>();
  const warn = (text: string) => {
    if (nodes.notice(text)) log.warning(text, { title });
  };
  const hosts = nodes.nodes.map(({ host }) => host.address.host);
  let found: Promise<readonly string[]> | undefined;
  const ask = async (domain: string): Promise<void> => {
    found ??= addressesOf(hosts, lookup);
    const { kind, text } = await domainProblem(domain, hosts, lookup, found);
    if (kind === "wrong") warn(text);
    else log.debug(`DNS of ${domain}: ${text}`);
  };
  return {
    compare(live, next, version, asks) {
      const before = domainsOf(live?.sites ?? []);
      const now = domainsOf(next);
      const lost = before.filter((domain) => !now.includes(domain));
      const added = now.filter((domain) => !before.includes(domain));
      if (live && lost.length > 0) warn(noLongerServed(lost, added, live.version, version));
      if (asks === "nothing") return;
      for (const domain of added) if (!asked.has(domain)) asked.set(domain, ask(domain));
    },
    async end() {
      await Promise.all(asked.values());
    },
  };
}

/** Whether visitors of a domain reach the servers. `unknown`: DNS does not say it. */
export async function domainProblem(
  domain: string,
  hosts: readonly string[],
  lookup: Runtime["lookup"],
  found: Promise<readonly string[]> = addressesOf(hosts, lookup),
): Promise<{ readonly kind: "right" | "wrong" | "unknown"; readonly text: string }> {
  try {
    const ours = await within(patience, found);
    const hidden = ours.find(isPrivate);
    if (hidden !== undefined) return { kind: "unknown", text: `the server has an internal address here, ${hidden}` };
    const theirs = await within(patience, lookup(oneOfWildcard(domain)).catch(noneIfAbsent));
    if (theirs.length === 0) return { kind: "wrong", text: absent(domain, hosts, ours) };
    if (!theirs.some((address) => ours.includes(address)))
      return { kind: "wrong", text: elsewhere(domain, theirs, hosts, ours) };
    return { kind: "right", text: theirs.join(", ") };
  } catch (error) {
    return { kind: "unknown", text: error instanceof Error ? error.message : String(error) };
  }
}

function domainsOf(sites: Served): readonly string[] {
  return sites.flatMap(({ domains }) => domains);
}

function noLongerServed(lost: readonly string[], added: readonly string[], live: string, next: string): string {
  const instead = added.length > 0 ? ` New instead: ${added.join(", ")}.` : "";
  return `${lost.join(", ")} will not be served any more. ${live}, the live version, answers there; the configuration of ${next} does not list it.${instead} If that is a mistake, add it to \`domains\`, and deploy again.`;
}

function elsewhere(
  domain: string,
  theirs: readonly string[],
  hosts: readonly string[],
  ours: readonly string[],
): string {
  return `${domain} leads to ${theirs.join(", ")}, not to ${serversAt(hosts, ours)}. Visitors reach this release only if something at that address passes them on, such as a proxy or a load balancer. If nothing does, change the domain's A or AAAA record.`;
}

function absent(domain: string, hosts: readonly string[], ours: readonly string[]): string {
  return `${domain} does not exist in DNS. Nobody can visit it before it has an A or AAAA record that leads to ${serversAt(hosts, ours)}.`;
}

/** `web1 (198.51.100.7)`. Hosts that are addresses need no second mention. */
function serversAt(hosts: readonly string[], addresses: readonly string[]): string {
  const names = hosts.filter((host) => isIP(host) === 0);
  const shown = names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  return names.length === 0 ? addresses.join(", ") : `${shown} (${addresses.join(", ")})`;
}

async function addressesOf(hosts: readonly string[], lookup: Runtime["lookup"]): Promise<readonly string[]> {
  return [...new Set((await Promise.all(hosts.map(lookup))).flat())];
}

/** No address, if a name server said that there is none. That no name server answered says nothing. */
function noneIfAbsent(error: unknown): readonly string[] {
  if (["ENOTFOUND", "ENODATA"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
  throw error;
}

/** Behind such an address, names often have other addresses for everybody else (RFC 1918, 6598, 4193). Local nodes have those of RFC 2544. */
function isPrivate(address: string): boolean {
  return internal.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

const internal = new BlockList();
for (const [network, bits] of [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["198.18.0.0", 15],
] as const)
  internal.addSubnet(network, bits, "ipv4");
for (const [network, bits] of [
  ["fc00::", 7],
  ["fe80::", 10],
] as const)
  internal.addSubnet(network, bits, "ipv6");
internal.addAddress("::1", "ipv6");

/** The value, or an error after so many milliseconds. */
async function within<T>(milliseconds: number, value: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  try {
    return await Promise.race([value, promise]);
  } finally {
    clearTimeout(timer);
  }
}
