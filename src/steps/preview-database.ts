// The database of a preview on the database server of its node: made for it, with a user that reaches no other, and dropped with it. Its
// password never leaves the node.
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { Layout } from "../release/layout.ts";
import { siteUser } from "../release/layout.ts";
import { type DataServiceName, type NodePlace, serviceUrl, variableOf } from "../settings/data-services.ts";
import { previewFolder } from "./preview.ts";

export interface PreviewDatabase {
  /** A service of the node that has databases. */
  readonly service: DataServiceName;
  /** The distribution that it is a preview of. Its user is the one that the live release logs in with. */
  readonly base: string;
  /** The live release whose data it gets. Undefined: it begins empty. */
  readonly copy?: { readonly place: Layout; readonly site: number } | undefined;
}

/** PostgreSQL cuts a longer name off. */
const longestName = 63;

/** The name of its user and of its database. No other distribution has such a name. */
export function databaseName(distribution: string): string | undefined {
  return distribution.length <= longestName ? distribution : undefined;
}

/** Makes the database, unless an earlier run has. */
export function makePreviewDatabase({ distribution }: Layout, site: number, database: PreviewDatabase): Step {
  const { service, base, copy } = database;
  const spec = {
    folder: previewFolder(distribution),
    service,
    base,
    name: databaseName(distribution),
    user: siteUser(site),
    ...(copy
      ? {
          copy: {
            reader: siteUser(copy.site),
            environment: `${copy.place.release}/environment/${siteUser(copy.site)}.json`,
          },
        }
      : {}),
  };
  return {
    id: "preview-database",
    title: copy ? `Copy the ${service} database of ${base}` : `Make a ${service} database for the preview`,
    limit: 3600,
    files: [{ name: "preview-database.json", content: JSON.stringify(spec) }],
    preview: sh`[ -e ${`${spec.folder}/database.json`} ] || detail ${`would make the user and the database ${distribution}${copy ? `, as a copy of ${base}` : ""}`}`,
    apply: sh`tool preview-database make "$files/preview-database.json" "$run"
[ -s "$run/details" ] || touch "$run/unchanged"`,
    state: "Nothing that is live was changed.",
    next: "Fix what the output reports, and run the command again.",
  };
}

/** Adds its address to the environment of the release that is being built. */
export function addressPreviewDatabase(
  { distribution, staging }: Layout,
  sites: readonly number[],
  { service }: PreviewDatabase,
  node: NodePlace,
): Step {
  const own = { name: service, on: node, from: [] };
  const spec = {
    folder: previewFolder(distribution),
    variable: variableOf(own),
    url: serviceUrl(own, node, { password: "{password}", distribution }),
  };
  const files = [...new Set(sites)].map((id) => `${staging}/environment/${siteUser(id)}.json`);
  return {
    id: "preview-database-address",
    title: `Set ${spec.variable}`,
    plan: "quiet",
    files: [{ name: "preview-database-address.json", content: JSON.stringify(spec) }],
    apply: sh`touch "$run/unchanged"
tool preview-database address "$files/preview-database-address.json" ${files}`,
    state: "Nothing that is live was changed.",
    next: "Run the command again.",
  };
}

/** Of the removal of a preview: also of one that has none. */
export function dropPreviewDatabase({ distribution }: Layout): Step {
  return {
    id: "drop-preview-database",
    title: `Remove the database of ${distribution}`,
    plan: "quiet",
    limit: 600,
    apply: sh`tool preview-database drop ${previewFolder(distribution)} >>"$run/details"
[ -s "$run/details" ] || touch "$run/unchanged"`,
    next: "See that the database server answers, and run the command again. The server itself tries again, too.",
  };
}
