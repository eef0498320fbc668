// Roles: named lists of nodes, from the `roles` input (a secret, of which only single entries are shown) or from the repository's configuration.
import { LineCounter, parseDocument } from "yaml";
import { parseAddress } from "./address.ts";
import { nearest } from "./did-you-mean.ts";
import { fits, misfit } from "./grammar.ts";
import type { Report } from "./problems.ts";
import { quoted } from "./problems.ts";
import type { NodeAddress } from "./settings.ts";

export type Roles = ReadonlyMap<string, readonly NodeAddress[]>;

/** The role of the throwaway node on the runner itself. */
export const localRole = "local";

const example =
  'Write a role a line, with a list of its nodes:\nproduction: ["woven@web1.example.com", "woven@web2.example.com"]';

/** The `roles` input: a YAML (or JSON) mapping of role to `user@host[:port]`. */
export function parseRoles(text: string, defaults: { readonly user: string }, report: Report): Roles {
  const where = "input roles";
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: "silent" });
  const [error] = document.errors;
  if (error !== undefined) {
    // Not the parser's own message, which quotes the text: it is a secret.
    const { line } = lineCounter.linePos(error.pos[0]);
    report({
      where,
      what: `is not YAML (line ${line}: ${error.code.toLowerCase().replaceAll("_", " ")})`,
      next: `${example}\nAn entry that starts with [ or @ needs quotes.`,
    });
    return new Map();
  }
  return rolesFrom(
    plainValue(() => document.toJS({ maxAliasCount: 20 })),
    { where, user: defaults.user },
    report,
  );
}

/** Checks a mapping of role to entries. Reports each bad entry by its role and number, and leaves it out. */
export function rolesFrom(
  value: unknown,
  context: { readonly where: string; readonly user: string },
  report: Report,
): Roles {
  const { where } = context;
  const roles = new Map<string, readonly NodeAddress[]>();
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    report({ where, what: "is not a mapping of roles to servers", next: example });
    return roles;
  }
  for (const [role, entries] of Object.entries(value)) {
    if (role === localRole)
      report({
        where,
        what: `the role name ${localRole} is reserved for a throwaway server on the runner`,
        next: "Give the role another name.",
      });
    else if (!fits("role", role)) report({ where, what: `${quoted(role)} ${misfit("role")}` });
    else if (!Array.isArray(entries) || entries.length === 0) {
      report({
        where,
        what: `role ${role} is not a list of servers`,
        next: `Write ${role}: ["woven@web1.example.com"]`,
      });
      roles.set(role, []);
    } else roles.set(role, nodesOf(role, entries, context, report));
  }
  if (Object.keys(value).length === 0) report({ where, what: "has no role", next: example });
  return roles;
}

function nodesOf(
  role: string,
  entries: readonly unknown[],
  context: { readonly where: string; readonly user: string },
  report: Report,
): readonly NodeAddress[] {
  const nodes: NodeAddress[] = [];
  entries.forEach((entry, index) => {
    const place = `role ${role}, entry ${index + 1}`;
    if (typeof entry !== "string") {
      report({
        where: context.where,
        what: `${place}: is not a text`,
        next: `Write it in quotes: "woven@web1.example.com"`,
      });
      return;
    }
    const node = nodeFrom(entry, { ...context, where: context.where, prefix: `${place}: `, role }, report);
    if (node !== undefined && nodes.some((other) => sameNode(other, node)))
      report({ where: context.where, what: `${place}: ${quoted(entry)} is listed twice` });
    else if (node !== undefined) nodes.push(node);
  });
  return nodes;
}

/** One `user@host[:port]` as a node that Woven deploys to. */
export function nodeFrom(
  entry: string,
  context: { readonly where: string; readonly user: string; readonly prefix?: string; readonly role?: string },
  report: Report,
): NodeAddress | undefined {
  const { where, prefix = "", role } = context;
  const address = parseAddress(entry);
  if (address.kind === "bad") {
    report({ where, what: `${prefix}${address.what}`, next: address.next });
    return undefined;
  }
  const user = address.user ?? context.user;
  if (user === "root") {
    report({
      where,
      what: `${prefix}root cannot be the deploy user`,
      next: `Write woven@${address.host}: setupnode makes that user, and uses root-user for its first login.`,
    });
    return undefined;
  }
  if (!fits("user", user)) report({ where, what: `${prefix}the user ${quoted(user)} ${misfit("user")}` });
  return {
    user,
    host: address.host,
    ...(address.port === undefined ? {} : { port: address.port }),
    ...(role === undefined ? {} : { role }),
  };
}

/** The nodes that the `role` input names, in its order, each once. */
export function selectNodes(
  wanted: readonly string[],
  roles: Roles,
  context: { readonly user: string; readonly rolesProblem: () => void },
  report: Report,
): readonly NodeAddress[] {
  const names = wanted.length > 0 ? wanted : defaultRole(roles, context.rolesProblem, report);
  const nodes: NodeAddress[] = [];
  for (const name of names) {
    for (const node of nodesNamed(name, roles, context, report)) {
      if (!nodes.some((other) => sameNode(other, node))) nodes.push(node);
    }
  }
  return nodes;
}

function defaultRole(roles: Roles, rolesProblem: () => void, report: Report): readonly string[] {
  const names = [...roles.keys()];
  if (names.length === 1) return names;
  if (roles.has("default")) return ["default"];
  if (names.length === 0) rolesProblem();
  else
    report({
      where: "input role",
      what: "is missing, and there are several roles",
      next: `Write role: with one or more of ${names.join(", ")}.`,
    });
  return [];
}

function nodesNamed(
  name: string,
  roles: Roles,
  context: { readonly user: string },
  report: Report,
): readonly NodeAddress[] {
  const where = "input role";
  if (name === localRole) return [{ user: context.user, host: localRole, role: localRole }];
  const named = roles.get(name);
  if (named !== undefined) return named;
  if (!/[@.:[]/.test(name)) {
    const known = [...roles.keys()];
    const near = nearest(name, known);
    const next =
      near === undefined
        ? `Known roles are: ${known.join(", ") || "none"}. To name a single server, write its user too: woven@${name}.`
        : `Did you mean ${near}?`;
    report({ where, what: `there is no role ${quoted(name)}`, next });
    return [];
  }
  const node = nodeFrom(name, { where, user: context.user }, report);
  if (node === undefined) return [];
  // A host that is listed in a role gets that role's packages and rules, and the role's user and port unless it names its own.
  return [listedNodes(name, roles)[0] ?? node];
}

/** The nodes of the roles that this host, with its user and port if it names them, may be. */
function listedNodes(name: string, roles: Roles): readonly NodeAddress[] {
  const address = parseAddress(name);
  if (address.kind === "bad") return [];
  const { host, user, port } = address;
  return [...roles.values()]
    .flat()
    .filter(
      (other) =>
        other.host === host &&
        (user === undefined || other.user === user) &&
        (port === undefined || other.port === port),
    );
}

/**
 * The roles that the `role` input means, each once: those that it names, and those that list a host that it names. Undefined stands for
 * a host that no role lists.
 */
export function rolesOf(wanted: readonly string[], roles: Roles): readonly (string | undefined)[] {
  const names = wanted.length > 0 ? wanted : defaultRole(roles, ignore, ignore);
  const meant = names.flatMap((name): readonly (string | undefined)[] => {
    if (name === localRole || roles.has(name)) return [name];
    const listed = listedNodes(name, roles);
    return listed.length === 0 ? [undefined] : listed.map(({ role }) => role);
  });
  return [...new Set(meant)];
}

/** For what another reader reports. */
const ignore = (): void => undefined;

function sameNode(one: NodeAddress, other: NodeAddress): boolean {
  return one.host === other.host && one.port === other.port;
}

/** Limits aliases, because many nested ones could fill the memory. */
export function plainValue(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}
