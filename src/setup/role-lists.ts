// The packages and firewall rules that the settings list for a server of a role.
import type { Server } from "../servers/server.ts";
import { allServers, servers } from "../servers/servers.ts";
import { packagesOfServices, serviceRules } from "../settings/data-services.ts";
import { serversToHave } from "../settings/server.ts";
import type { NodeAddress, Settings } from "../settings/settings.ts";
import { acmePackages } from "../steps/acme.ts";
import { basePackages } from "../steps/apt.ts";

type Node = Pick<NodeAddress, "role" | "host" | "port">;
/** The settings that the lists depend on. */
export type Lists = Pick<
  Settings,
  "setup" | "server" | "serverOptions" | "sites" | "sitesWithoutDomain" | "tls" | "services"
>;

/** What setupnode installs. */
export function wantedPackages(address: Node, { setup, tls, services, ...running }: Lists): readonly string[] {
  const { role } = address;
  const own = ofRole(setup.rolePackages, role);
  // The firewall and sudo are Woven's own need, and services have a setting of their own, whatever a role's list says.
  const needed = [...(setup.enableUfw ? ["ufw"] : []), "sudo", "python3", ...packagesOfServices(services, address)];
  const all = [...basePackages, ...serversToHave(running).flatMap((name) => servers[name].packages)];
  const base = setup.basePackages ?? all.filter((name) => name !== "ufw" || setup.enableUfw);
  const listed = own ?? [...base, ...setup.extraPackages];
  return [...new Set([...listed, ...(listed.includes("nginx") ? acmePackages(tls) : []), ...needed])];
}

/** What a release needs on a server, by package: the setting that asks for it, as one writes it. */
export function neededPackages(
  address: Node,
  { setup, tls, services, ...running }: Lists,
): ReadonlyMap<string, string> {
  const { role } = address;
  const own = ofRole(setup.rolePackages, role);
  const listed = (names: readonly string[] | undefined, setting: string) =>
    (names ?? []).map((name) => [name, setting] as const);
  return new Map([
    ...(own
      ? listed(own, `role-packages.${role}`)
      : [...listed(setup.basePackages, "base-packages"), ...listed(setup.extraPackages, "extra-packages")]),
    ...serversToHave(running).flatMap((name) => listed(servers[name].packages, `server = ${JSON.stringify(name)}`)),
    ...services.flatMap((one) => listed(packagesOfServices([one], address), `services: ${one.name}`)),
    ...listed(acmePackages(tls), `tls = ${JSON.stringify(tls.kind)}`),
    ...listed(["nginx"], "every release needs it"),
  ]);
}

/** The rules that setupnode adds; none if the firewall is left alone. `resolved`: addresses of hosts that may reach a service. */
export function wantedRules(
  address: Node,
  { setup, services }: Pick<Settings, "setup" | "services">,
  resolved?: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  if (!setup.enableUfw) return [];
  return [
    ...new Set([
      ...(ofRole(setup.roleUfwRules, address.role) ?? setup.ufwRules),
      ...serviceRules(services, address, resolved),
    ]),
  ];
}

/** The servers that these packages bring, whether or not they are the one that the settings name. */
export function serversWith(packages: readonly string[]): readonly Server[] {
  return allServers.filter(
    (server) => server.packages.length > 0 && server.packages.some((name) => packages.includes(name)),
  );
}

function ofRole<T>(byRole: Readonly<Record<string, T>>, role: string | undefined): T | undefined {
  return role !== undefined && Object.hasOwn(byRole, role) ? byRole[role] : undefined;
}
