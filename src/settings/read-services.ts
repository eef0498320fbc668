// The setting `services`: a list of what each server has, or a table that says which server has what for all others.
import type { ConfigFile } from "./config-file.ts";
import {
  type DataService,
  type DataServiceName,
  dataServiceNames,
  hasPassword,
  type NodePlace,
  variableOf,
} from "./data-services.ts";
import { nearest } from "./did-you-mean.ts";
import { present } from "./present.ts";
import type { Report } from "./problems.ts";
import { localRole, type Roles } from "./roles.ts";
import type { CommandName } from "./settings.ts";

interface Known {
  readonly roles: Roles;
  readonly command: CommandName;
  /** Those of the run. */
  readonly nodes: readonly NodePlace[];
}

/** Commands that need to know where a service is. */
const placing: readonly CommandName[] = ["setupnode", "deploy", "patch", "startsites"];

export function readServices(
  file: ConfigFile,
  { roles, command, nodes }: Known,
  report: Report,
): readonly DataService[] {
  const { services = [] } = file.config;
  if (Array.isArray(services)) {
    const names = [...new Set(services as readonly DataServiceName[])];
    reportRivals(file, names, report);
    return names.map((name): DataService => ({ name, from: [] }));
  }
  const tables = services as Exclude<typeof services, readonly unknown[]>;
  const given = dataServiceNames.flatMap((name) => {
    const one = tables[name];
    return one === undefined ? [] : [{ name, ...(typeof one === "string" ? { role: one } : one) }];
  });
  reportRivals(
    file,
    given.map(({ name }) => name),
    report,
  );
  return given.flatMap(({ name, role, address, from }): DataService[] => {
    const path = ["services", name];
    if (role === undefined) {
      if (address !== undefined || from !== undefined)
        report(file.problem(path, "has no role", 'Name the role of its server: role = "database"'));
      return [{ name, from: [] }];
    }
    // A rehearsal touches no real server.
    if (nodes.some(({ host }) => host === localRole)) return [{ name, from: [] }];
    const on = serverOf({ file, path, roles, command }, { name, role }, report);
    if (on === undefined) return [];
    const others = [...roles.values()].flat().filter((node) => node.host !== on.host);
    const allowed = from ?? [...new Set(others.map(({ host }) => host))];
    return [present({ name, on, address, from: allowed })];
  });
}

/** Two services that would have the same variable, and often the same port. */
function reportRivals(file: ConfigFile, names: readonly DataServiceName[], report: Report): void {
  for (const [first, second] of [
    ["redis", "valkey"],
    ["postgresql", "mariadb"],
  ] as const) {
    if (!names.includes(first) || !names.includes(second)) continue;
    const next = `List one of them. For the other one, use extra-packages, and set its address in the input env.`;
    report(
      file.problem(["services"], `${first} and ${second} would both set ${variableOf({ name: first })}`, next, second),
    );
  }
}

function serverOf(
  {
    file,
    path,
    roles,
    command,
  }: Pick<Known, "roles" | "command"> & { readonly file: ConfigFile; readonly path: readonly string[] },
  { name, role }: { readonly name: DataServiceName; readonly role: string },
  report: Report,
): NodePlace | undefined {
  const problem = (what: string, next: string) => report(file.problem([...path, "role"], what, next));
  if (!hasPassword({ name })) {
    problem("cannot be on another server: it has no password", `List it for each server: services = ["${name}"]`);
    return undefined;
  }
  const nodes = roles.get(role);
  if (nodes?.length === 1 && nodes[0]) return present({ host: nodes[0].host, port: nodes[0].port });
  if (!placing.includes(command)) return undefined;
  if (nodes === undefined) {
    const near = nearest(role, [...roles.keys()]);
    const known = roles.size === 0 ? "Set the input roles." : `The roles are: ${[...roles.keys()].join(", ")}.`;
    problem(`there is no role "${role}"`, near === undefined ? known : `Did you mean ${near}?`);
  } else if (nodes.length > 1)
    problem(
      `the role ${role} has ${nodes.length} servers, and ${name} runs on one`,
      "Name a role that has one server.",
    );
  return undefined;
}
