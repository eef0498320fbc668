// Which database server of a node gives a preview its database: the one that setupnode has set up there for the distribution itself.
import { WovenError } from "../errors.ts";
import type { DjangoFacts } from "../node/django-facts.ts";
import type { Host } from "../node/host.ts";
import { type DataServiceName, databaseServices, passwordKey, variableOf } from "../settings/data-services.ts";
import type { PreviewSettings } from "../settings/preview.ts";
import type { Settings } from "../settings/settings.ts";
import { databaseName } from "../steps/preview-database.ts";
import { isSet, passwordsOf } from "./service-addresses.ts";

/**
 * Undefined if it needs none, or if `preview-env` names one. Throws `preview-database` if the project uses a database that this node does
 * not have: the server of another role lets no preview make one.
 */
export async function previewDatabase(
  host: Host,
  settings: Pick<Settings, "env" | "secretEnv">,
  { base = "", databases }: Pick<PreviewSettings, "base" | "databases">,
  name: string,
): Promise<DataServiceName | undefined> {
  const free = databaseServices.filter((service) => !isSet(settings, variableOf({ name: service })));
  if (free.length === 0) return undefined;
  const passwords = await passwordsOf(host);
  const here = free.filter((service) => Object.hasOwn(passwords, passwordKey({ name: service }, base)));
  const found = here.find((service) => databases.includes(service)) ?? (databases.length === 0 ? here[0] : undefined);
  const [missing] = databases.filter((service) => free.includes(service));
  if (found === undefined) {
    if (missing === undefined) return undefined;
    throw new WovenError({
      code: "preview-database",
      message: `${host.name} has no ${missing} database for ${base}, so it cannot make one for a preview`,
      state: "Nothing was changed.",
      next: `If ${missing} should run on this server, run setupnode there. If it runs on another one, create a database for previews on that server, and pass its address in preview-env: ${variableOf({ name: missing })}=…`,
      node: host.name,
    });
  }
  if (databaseName(name) === undefined) {
    throw new WovenError({
      code: "preview-database",
      message: `${name} is too long for the name of a database, which has at most 63 characters`,
      state: "Nothing was changed.",
      next: "Set a shorter name: the input preview.",
      node: host.name,
    });
  }
  return found;
}

const engines: Readonly<Partial<Record<DataServiceName, RegExp>>> = { postgresql: /postg/, mariadb: /mysql/ };

/** Whether a release has a database of this kind. Records of older versions of Woven do not say. */
export function usesService(described: Pick<DjangoFacts, "databases"> | undefined, service: DataServiceName): boolean {
  return described === undefined || Object.values(described.databases).some((engine) => engines[service]?.test(engine));
}
