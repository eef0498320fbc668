// The services of a release: what runs for it on a node. Whatever starts, asks, switches, retires, lists or removes works on this list.
import * as v from "valibot";

/** What a node keeps becomes lines of logs, tables and outputs: it holds no line breaks. */
export const line = v.pipe(v.string(), v.regex(/^[^\p{Cc}\u2028\u2029]*$/u));

export const ServiceSchema = v.object({
  /** Unique in its release: `web`, `site_1`. */
  name: line,
  kind: v.picklist(["web", "process", "schedule"]),
  /** What runs it, as the configuration names it: a patch keeps it. */
  server: line,
  /** SITE_IDs. */
  sites: v.array(v.number()),
  /** The only part of its site that it answers for: the subdomain. Absent: the site, and every part without a service of its own. */
  subdomain: v.exactOptional(line),
  /** Instances of template units, in the order in which they are started. */
  units: v.array(line),
  /** The OS user whose code it runs; `root` where the service itself changes to the users of its sites. */
  user: line,
  /** `host:port`, where it listens on TCP. */
  address: v.exactOptional(line),
  /** Path of a unix socket, where it listens on one. */
  socket: v.exactOptional(line),
  /** Links that lead to it while the release is live: targets by path. */
  links: v.record(line, line),
  /** What its health check sends beside Host: a key is among it, so only root may read the record. */
  probe: v.object({ headers: v.record(line, line) }),
  /** Absolute paths of its configuration, units among them. */
  files: v.array(line),
  /** Debian packages that it needs. */
  packages: v.array(line),
  /** Where its errors are read. */
  logs: v.array(line),
  /** Of a process: seconds that it must stay up after the switch, and that it may take to stop. */
  settle: v.exactOptional(v.number()),
  drain: v.exactOptional(v.number()),
});
export type Service = Whole<v.InferOutput<typeof ServiceSchema>>;

/** Read-only all the way down. */
export type Whole<T> = T extends object ? { readonly [K in keyof T]: Whole<T[K]> } : T;

/** The services that answer visitors. */
export function webServices(services: readonly Service[]): readonly Service[] {
  return services.filter(({ kind }) => kind === "web");
}

/** The web service that answers for a site, or for a part of one. */
export function serviceOf(
  { id, subdomain }: { readonly id: number; readonly subdomain?: string },
  services: readonly Service[],
): Service | undefined {
  const all = webServices(services).filter(({ sites }) => sites.includes(id));
  return all.find((one) => one.subdomain === subdomain) ?? all.find((one) => one.subdomain === undefined);
}

/** Processes and schedules: of one release at a time. They start after the switch, once those of the previous release have stopped. */
export function backgroundOf(services: readonly Service[]): readonly Service[] {
  return services.filter(({ kind }) => kind !== "web");
}

/** The units that run while those of the services do: a timer starts the service of its name. */
export function startedBy(units: readonly string[]): readonly string[] {
  return units.flatMap((unit) => (unit.endsWith(".timer") ? [unit.replace(/\.timer$/, ".service")] : []));
}

export function unitsOf(services: readonly Service[]): readonly string[] {
  return services.flatMap(({ units }) => units);
}

export function filesOf(services: readonly Service[]): readonly string[] {
  return [...new Set(services.flatMap(({ files }) => files))];
}

export function packagesOf(services: readonly Service[]): readonly string[] {
  return [...new Set(services.flatMap(({ packages }) => packages))];
}

/** Links that lead to the services of a live release: targets by path. */
export function linksOf(services: readonly Service[]): Readonly<Record<string, string>> {
  return Object.assign({}, ...services.map(({ links }) => links)) as Readonly<Record<string, string>>;
}
