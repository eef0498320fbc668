// Finds out, from a node's facts, that setupnode has to run again before a deploy: the settings list what the node does not have.
import { WovenError } from "../errors.ts";
import type { NodeFacts, SetupRequest } from "../node/facts.ts";
import type { NodeAddress } from "../settings/settings.ts";
import { type Lists, neededPackages, wantedRules } from "./role-lists.ts";

/** What the facts have to look for. */
export function setupRequest(address: Pick<NodeAddress, "role" | "host" | "port">, settings: Lists): SetupRequest {
  return {
    packages: [...neededPackages(address, settings).keys()],
    rules: wantedRules(address, settings),
    units: ["nginx.service"],
  };
}

/**
 * Throws `setup-due` if the node lacks a package that the settings list, or if a service that every release needs does not run. Returns
 * a warning if only firewall rules are missing: a release can be served without them.
 */
export function requireSetup(
  { missing }: Pick<NodeFacts, "missing">,
  address: Pick<NodeAddress, "role" | "host" | "port">,
  settings: Lists,
): string | undefined {
  const reasons = neededPackages(address, settings);
  const packages = missing.packages.map((name) => `the package ${name} is not installed (${reasons.get(name)})`);
  const gone = missing.units.map((unit) => [unit, unit.replace(/\.service$/, "")] as const);
  const units = gone.flatMap(([unit, name]) => (missing.packages.includes(name) ? [] : [`${unit} does not run`]));
  const rules = missing.rules.map((rule) => `the firewall does not have the rule ${JSON.stringify(rule)}`);
  const due = `setupnode is due on ${address.host}`;
  if (packages.length + units.length === 0)
    return rules.length === 0 ? undefined : `${due}: ${rules.join("; ")}. Run setupnode to add what is missing`;
  throw new WovenError({
    code: "setup-due",
    message: `${due}: ${[...packages, ...units, ...rules].join("; ")}`,
    state: "Nothing was built or changed.",
    next: "Run setupnode with these settings, and then this command again.",
    node: address.host,
  });
}
