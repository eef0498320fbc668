// Services that a project uses and the distribution's packages bring: what setupnode installs, and how the project finds them.

interface DataService {
  /** Debian and Ubuntu name it alike. Its own configuration listens on loopback only. */
  readonly package: string;
  /** Set for the Django process, unless the user sets it. */
  readonly variable: string;
  readonly value: string;
}

export const dataServiceNames = ["redis", "memcached"] as const;
export type DataServiceName = (typeof dataServiceNames)[number];

const dataServices: Readonly<Record<DataServiceName, DataService>> = {
  redis: { package: "redis-server", variable: "REDIS_URL", value: "redis://127.0.0.1:6379/0" },
  memcached: { package: "memcached", variable: "MEMCACHED_SERVERS", value: "127.0.0.1:11211" },
};

export function packagesOfServices(names: readonly DataServiceName[]): readonly string[] {
  return names.map((name) => dataServices[name].package);
}

/** The addresses, as variables of the Django process. */
export function addressesOfServices(names: readonly DataServiceName[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [dataServices[name].variable, dataServices[name].value]));
}
