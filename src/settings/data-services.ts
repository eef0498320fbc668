// Services that a project uses and the distribution's packages bring: what setupnode installs where, and how the project finds them.
import type { NodeAddress } from "./settings.ts";
import { networkProblem } from "./ufw-rule.ts";

export const dataServiceNames = ["redis", "valkey", "postgresql", "mariadb", "memcached"] as const;
export type DataServiceName = (typeof dataServiceNames)[number];

/** The place of a node, whoever logs in. */
export type NodePlace = Pick<NodeAddress, "host" | "port">;

export interface DataService {
  readonly name: DataServiceName;
  /** The one server of its role, which has it for all others. Undefined: each server has its own. */
  readonly on?: NodePlace;
  /** By which the others reach it. */
  readonly address?: string;
  /** Hosts, addresses and networks that may reach it. Empty if each server has its own. */
  readonly from: readonly string[];
}

interface Kind {
  /** Debian and Ubuntu name it alike. Its own configuration listens on loopback only. */
  readonly package: string;
  /** What the drivers of Python packages load, on a server that reaches the service over the network. */
  readonly library?: string;
  /** Set for the Django process, unless the user sets it. */
  readonly variable: string;
  readonly port: number;
  /** Of its URL, which has a password. Undefined: it has neither. */
  readonly scheme?: string;
  /** Whether each distribution has a user and a database of its own, by its name. */
  readonly databases: boolean;
  /** What a URL over the network asks of the driver. */
  readonly query?: string;
}

const kinds: Readonly<Record<DataServiceName, Kind>> = {
  redis: { package: "redis-server", variable: "REDIS_URL", port: 6379, scheme: "redis", databases: false },
  valkey: { package: "valkey-server", variable: "REDIS_URL", port: 6379, scheme: "redis", databases: false },
  postgresql: {
    package: "postgresql",
    library: "libpq5",
    variable: "DATABASE_URL",
    port: 5432,
    scheme: "postgres",
    databases: true,
    query: "?sslmode=require",
  },
  mariadb: {
    package: "mariadb-server",
    library: "libmariadb3",
    variable: "DATABASE_URL",
    port: 3306,
    scheme: "mysql",
    databases: true,
  },
  memcached: { package: "memcached", variable: "MEMCACHED_SERVERS", port: 11211, databases: false },
};

/** Whether this server has the service: its own, or the one of its role. */
export function isOn({ on }: DataService, node: NodePlace): boolean {
  return on === undefined || (on.host === node.host && on.port === node.port);
}

/** The packages that a service needs on this server. */
export function packagesOfServices(services: readonly DataService[], node: NodePlace): readonly string[] {
  return services.flatMap((service) => {
    const { package: name, library } = kinds[service.name];
    if (isOn(service, node)) return [name];
    return library === undefined ? [] : [library];
  });
}

/** Whether a service may be on another server: only with a password. */
export function hasPassword({ name }: Pick<DataService, "name">): boolean {
  return kinds[name].scheme !== undefined;
}

/** The services that have a password. */
export function guarded(services: readonly DataService[]): readonly DataService[] {
  return services.filter(hasPassword);
}

export function hasDatabases({ name }: Pick<DataService, "name">): boolean {
  return kinds[name].databases;
}

/** The services that have a database for each distribution. */
export const databaseServices = dataServiceNames.filter((name) => hasDatabases({ name }));

export function portOf({ name }: DataService): number {
  return kinds[name].port;
}

/** The name of the variable that a service gives the Django process. */
export function variableOf({ name }: Pick<DataService, "name">): string {
  return kinds[name].variable;
}

/** The names of the variables that the services give the Django process. */
export function variablesOf(services: readonly DataService[]): readonly string[] {
  return services.map(variableOf);
}

/** The addresses that are no secret, as variables of the Django process. */
export function plainAddresses(services: readonly DataService[]): Readonly<Record<string, string>> {
  const plain = services.map(({ name }) => kinds[name]).filter(({ scheme }) => scheme === undefined);
  return Object.fromEntries(plain.map(({ variable, port }) => [variable, `127.0.0.1:${port}`]));
}

/** Under which name a server keeps the password. */
export function passwordKey(service: Pick<DataService, "name">, distribution: string): string {
  return hasDatabases(service) ? `${service.name} ${distribution}` : service.name;
}

/** The URL by which a site on this server reaches the service. A password is hexadecimal, and a distribution's name needs no escape. */
export function serviceUrl(
  service: DataService,
  node: NodePlace,
  { password, distribution }: { readonly password: string; readonly distribution: string },
): string {
  const { scheme, port, databases, query = "" } = kinds[service.name];
  const own = isOn(service, node);
  const address = own ? "127.0.0.1" : (service.address ?? service.on?.host ?? "");
  const host = address.includes(":") ? `[${address}]` : address;
  const [user, path] = databases ? [distribution, distribution] : ["", "0"];
  return `${scheme}://${user}:${password}@${host}:${port}/${path}${own ? "" : query}`;
}

/**
 * The rules that let others reach the services of this server. `resolved` has the addresses of hosts; the rule of a host that it lacks is
 * left out.
 */
export function serviceRules(
  services: readonly DataService[],
  node: NodePlace,
  resolved: ReadonlyMap<string, readonly string[]> = new Map(),
): readonly string[] {
  return services
    .filter((service) => service.on !== undefined && isOn(service, node))
    .flatMap((service) =>
      addressesOf(service, resolved).map((from) => `allow from ${from} to any port ${portOf(service)} proto tcp`),
    );
}

/** The addresses and networks that may reach a service, each once. */
export function addressesOf(
  { from }: DataService,
  resolved: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  return [...new Set(from.flatMap((one) => (networkProblem(one) === undefined ? [one] : (resolved.get(one) ?? []))))];
}

/** The hosts whose addresses only a server can look up. */
export function hostsToResolve(services: readonly DataService[], node: NodePlace): readonly string[] {
  const here = services.filter((service) => service.on !== undefined && isOn(service, node));
  return [...new Set(here.flatMap(({ from }) => from.filter((one) => networkProblem(one) !== undefined)))];
}
