// The nodes of a run: the `role` input, looked up in the roles of the `roles` input or of the configuration.

import { defaults } from "./defaults.ts";
import type { Repository } from "./distribution.ts";
import type { Inputs } from "./inputs.ts";
import { type Report, secretExpression } from "./problems.ts";
import { parseRoles, type Roles, rolesFrom, selectNodes } from "./roles.ts";
import type { NodeAddress, NodeSetup } from "./settings.ts";

/** The nodes, in the order in which they are written. */
export function readNodes(
  inputs: Inputs,
  repository: Repository,
  purpose: { readonly command: string; readonly setup: NodeSetup },
  report: Report,
): readonly NodeAddress[] {
  const { config: file } = repository;
  const user = file.config.user === "root" ? defaults.user : (file.config.user ?? defaults.user);
  if (file.config.user === "root")
    report(
      file.problem(
        ["user"],
        "root cannot be the deploy user",
        "Name another user: setupnode makes it, and uses root-user for its first login.",
      ),
    );
  let complaints = 0;
  const counting: Report = (problem) => {
    complaints += 1;
    report(problem);
  };
  const roles = readRoles(inputs, repository, user, counting);
  // If the roles could not be read, nothing is known about a role name.
  if (roles.size === 0 && (complaints > 0 || repository.state === "unreadable" || file.isWrong("roles"))) return [];
  const next = `Store the roles as a secret, such as
production: ["woven@web1.example.com"]
and write roles: ${secretExpression("WOVEN_ROLES")}, or name a host: role: woven@web1.example.com`;
  const wanted = inputs.list("role");
  if (purpose.command === "setupnode") checkOneRole(wanted, roles, purpose.setup, report);
  return selectNodes(
    wanted,
    roles,
    {
      user,
      rolesProblem: () =>
        report({ where: "input roles", what: "no server is named: neither roles nor role is set", next }),
    },
    report,
  );
}

/** The roles of the run, without any report: `readNodes` makes it. */
export function knownRoles(inputs: Inputs, repository: Repository): Roles {
  return readRoles(inputs, repository, repository.config.config.user ?? defaults.user, () => undefined);
}

function readRoles(inputs: Inputs, repository: Repository, user: string, report: Report): Roles {
  const given = inputs.text("roles");
  if (given !== undefined) return parseRoles(given, { user }, report);
  const { config: file } = repository;
  const { roles } = file.config;
  if (roles === undefined) return new Map();
  const { where } = file.problem(["roles"], "");
  return rolesFrom(roles, { where, user }, ({ what, next }) => report(file.problem(["roles"], what, next)));
}

/** Reports a host in two roles that need different packages or rules. */
function checkOneRole(wanted: readonly string[], roles: Roles, setup: NodeSetup, report: Report): void {
  const asked = [...roles].filter(([role]) => wanted.includes(role));
  const hosts = new Set(asked.flatMap(([, nodes]) => nodes.map(({ host }) => host)));
  for (const host of hosts) {
    const among = asked.filter(([, nodes]) => nodes.some((node) => node.host === host)).map(([role]) => role);
    const wants = new Set(
      among.map((role) => JSON.stringify([setup.rolePackages[role] ?? null, setup.roleUfwRules[role] ?? null])),
    );
    if (wants.size > 1)
      report({
        where: "input role",
        what: `${host} is in ${among.join(" and ")}, which need different packages or rules`,
        next: "Set it up in one role only.",
      });
  }
}
