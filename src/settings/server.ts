// The server that runs the application, its options, and what of it a site has for itself.
import type { ConfigFile } from "./config-file.ts";
import type { Config } from "./config-schema.ts";
import { defaults } from "./defaults.ts";
import { present } from "./present.ts";
import type { Report } from "./problems.ts";
import type { Running, ServerName, ServerOptions, Settings, Site } from "./settings.ts";

/** What a server does not have for itself, by its options. */
interface Lacking {
  readonly what: string;
  readonly next: string;
}

type Lacks = { readonly [Name in ServerName]?: { readonly [Option in keyof ServerOptions]?: Lacking } };

/** Options that a server does not have. */
const unfit: Lacks = {
  uvicorn: { threads: { what: "has no threads", next: "Remove it. More workers answer more requests at once." } },
};

const oneService = {
  what: "runs all of its sites as one service",
  next: 'Remove it. A limit for all of them stands in [server], with program = "apache".',
} as const;

/** Options that a server does not have for one of its sites alone. */
const unfitForSite: Lacks = { apache: { memory: oneService, tasks: oneService } };

/** What runs all sites that have nothing of their own. Reports an option that the server does not have. */
export function readServer(file: ConfigFile, report: Report): Running {
  const { server, application } = file.config;
  const { program = defaults.server, ...options } = asTable(server);
  reportUnfit(file, { path: ["server"], program, options, lacks: unfit }, report);
  return present({ server: program, serverOptions: present(options), application });
}

/** What runs a site, if the configuration gives it anything of its own. Reports an option that the server does not have. */
export function readSiteServer(file: ConfigFile, id: string, report: Report): Running | undefined {
  const { server, application } = file.config.sites?.[id] ?? {};
  if (server === undefined && application === undefined) return undefined;
  const all = readServer(file, () => undefined);
  const { program = all.server, ...options } = asTable(server);
  const path = ["sites", id, "server"];
  for (const lacks of [unfit, unfitForSite]) reportUnfit(file, { path, program, options, lacks }, report);
  // To another program, the arguments mean something else, and a WSGI application is none for ASGI.
  const same = program === all.server;
  return present({
    server: program,
    serverOptions: { ...(same ? all.serverOptions : {}), ...present(options) },
    application: application ?? (runsAsgi(program) === runsAsgi(all.server) ? all.application : undefined),
  });
}

function asTable(server: Config["server"]) {
  return typeof server === "object" ? server : present({ program: server });
}

interface Given {
  readonly path: readonly string[];
  readonly program: ServerName;
  readonly options: { readonly [Option in keyof ServerOptions]?: unknown };
  readonly lacks: Lacks;
}

function reportUnfit(file: ConfigFile, { path, program, options, lacks }: Given, report: Report): void {
  for (const [option, { what, next }] of Object.entries(lacks[program] ?? {}))
    if (options[option as keyof ServerOptions] !== undefined)
      report(file.problem([...path, option], `${program} ${what}`, next));
}

/** Whether the server has an option. */
export function hasOption(server: ServerName, option: keyof ServerOptions): boolean {
  return unfit[server]?.[option] === undefined;
}

export function runsAsgi(server: ServerName): boolean {
  return server === "uvicorn";
}

/** What runs a site. */
export function runningOf(all: Running, { runs }: Pick<Site, "runs">): Running {
  return runs ?? all;
}

/** The servers of a release, each once: those of its sites. Without any site, that of all. */
export function serversOfSites(all: Running, sites: readonly Pick<Site, "runs">[]): readonly ServerName[] {
  const names = sites.map((site) => runningOf(all, site).server);
  return names.length === 0 ? [all.server] : [...new Set(names)];
}

/** The servers that a node and a release must have: also for sites whose domain only the database knows. */
export function serversToHave(
  settings: Running & Pick<Settings, "sites" | "sitesWithoutDomain">,
): readonly ServerName[] {
  return serversOfSites(settings, [...settings.sites, ...settings.sitesWithoutDomain]);
}
