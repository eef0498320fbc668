// Services for the project: a password each, which the server makes and keeps, and for a database a user and a database of its own.
import { inRun, tool } from "../node/pieces.ts";
import type { Step } from "../node/stage.ts";
import {
  addressesOf,
  type DataService,
  guarded,
  hasDatabases,
  isOn,
  type NodePlace,
} from "../settings/data-services.ts";

/** The passwords, which only root can read. data_services.py writes it. */
export const passwordsFile = "/var/local/woven/services.json";

/** What a service is to be on this server, for `tool service`. */
interface ServiceSpec {
  readonly service: string;
  /** Undefined for a service without databases. */
  readonly distribution?: string;
  /** Addresses and networks of the servers that may reach it. Empty: this server only. */
  readonly from: readonly string[];
}

export interface ServiceSetup {
  readonly services: readonly DataService[];
  readonly node: NodePlace;
  /** Needed by databases. */
  readonly distribution: string | undefined;
  readonly resolved: ReadonlyMap<string, readonly string[]>;
}

/** Sets up the services that this server has. The packages are installed, and the firewall has its rules. */
export function setUpServices({ services, node, distribution, resolved }: ServiceSetup): readonly Step[] {
  return guarded(services)
    .filter((service) => isOn(service, node))
    .map((service) => {
      const { name } = service;
      const spec: ServiceSpec = {
        service: name,
        from: service.on === undefined ? [] : addressesOf(service, resolved),
        ...(hasDatabases(service) && distribution !== undefined ? { distribution } : {}),
      };
      const id = `service-${name}`;
      const file = `${id}.json`;
      const ask = (verb: string) => tool(["service", verb, inRun(`files/${file}`), inRun(".")]);
      return {
        id,
        title: `Set up ${name}`,
        files: [{ name: file, content: JSON.stringify(spec) }],
        limit: 300,
        check: ask("check"),
        preview: ask("preview"),
        apply: ask("apply"),
        state: `The packages are installed, and ${name} may not be usable yet. Nothing that is live was changed.`,
        next: `The output above says what ${name} refused. Fix it, and run setupnode again.`,
      };
    });
}
