// The addresses of the servers that may reach a service of a node: its firewall and its configuration list addresses, not names.
import { asWovenError, WovenError } from "../errors.ts";
import type { Runtime } from "../rollout/runtime.ts";
import { hostsToResolve } from "../settings/data-services.ts";
import type { NodeAddress, Settings } from "../settings/settings.ts";

/** Addresses by host name. Throws `service-client` for a host that DNS does not know. */
export async function serviceClients(
  node: NodeAddress,
  { services }: Pick<Settings, "services">,
  { lookup }: Pick<Runtime, "lookup">,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const hosts = hostsToResolve(services, node);
  return new Map(await Promise.all(hosts.map(async (host) => [host, await addresses(host, node, lookup)] as const)));
}

async function addresses(host: string, node: NodeAddress, lookup: Runtime["lookup"]): Promise<readonly string[]> {
  try {
    return (await lookup(host)).toSorted();
  } catch (cause) {
    throw new WovenError({
      code: "service-client",
      message: `the address of ${host}, which may reach a service of ${node.host}, is not known: ${asWovenError(cause).message}`,
      state: "Nothing was changed.",
      next: 'Check the name, or write the addresses from which the other servers come, such as from = ["10.0.0.0/24"] in the table of the service.',
      node: node.host,
      cause,
    });
  }
}
