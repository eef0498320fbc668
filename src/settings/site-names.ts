// The names of a site: those that it serves, and those that only redirect. `[web] www` and `redirect-domains` decide.
import { isIP } from "node:net";
import { isWildcard } from "./domain.ts";
import type { Site, Web } from "./settings.ts";

type Names = Pick<Site, "domains" | "served">;

/** The names of a site from those that the configuration lists. */
export function siteNames(listed: readonly string[], { www, equalDomains }: Pick<Web, "www" | "equalDomains">): Names {
  const names = listed.map((name) => (www === undefined || !hasTwin(name) ? name : ruled(name, www)));
  const chosen = [...new Set(names)];
  const twins = www === undefined ? [] : chosen.filter(hasTwin).map(twinOf);
  const served = equalDomains ? chosen : chosen.filter((name, index) => index === 0 || isWildcard(name));
  return {
    domains: [...new Set([...chosen, ...twins])],
    ...(served.length > 1 ? { served } : {}),
  };
}

/** The names under which visitors see the site. A wildcard stands for all its names. */
export function servedNames({ domains, served }: Names): readonly string[] {
  return served ?? domains.slice(0, 1);
}

/** Where each of the other names redirects: to the same name with or without `www`, if the site serves that, or else to its first. */
export function redirectedNames(names: Names): ReadonlyMap<string, string> {
  const served = servedNames(names);
  const [first = ""] = served;
  const others = names.domains.filter((name) => !served.includes(name));
  return new Map(others.map((name) => [name, served.includes(twinOf(name)) ? twinOf(name) : first]));
}

function ruled(name: string, www: NonNullable<Web["www"]>): string {
  return name.startsWith("www.") === (www === "add") ? name : twinOf(name);
}

function twinOf(name: string): string {
  return name.startsWith("www.") ? name.slice("www.".length) : `www.${name}`;
}

/** Not an address, a wildcard, or a name of a local network. */
function hasTwin(name: string): boolean {
  return isIP(name) === 0 && !isWildcard(name) && name.replace(/^www\./, "").includes(".");
}
