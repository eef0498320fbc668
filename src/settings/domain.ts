// Checks the domains of sites. They become server names and file names, so they must be plain ASCII names.
import { isIPv4 } from "node:net";
import { domainToASCII } from "node:url";
import { fits, misfit } from "./grammar.ts";

/** What is wrong with a domain, as text after the domain. Undefined if it is right. */
export function domainProblem(domain: string): string | undefined {
  if (/^[a-z]+:\/\//i.test(domain)) return "is a URL: write only the domain, without https:// and without a path";
  if (domain.includes("/")) return "has a path: write only the domain";
  if (/:\d+$/.test(domain)) return "has a port: write only the domain";
  if (isWildcard(domain)) return domain.slice(2).includes(".") ? domainProblem(domain.slice(2)) : misfit("domain");
  if (domain.includes("*")) return "has a * that is not its first part: write *.shop.example.com";
  if (domain.endsWith(".")) return "ends with a dot: remove the dot";
  if (/[^\0-\x7f]/.test(domain))
    return `has letters outside ASCII: write it in its ASCII form, ${domainToASCII(domain) || "xn--…"}`;
  if (!fits("domain", domain)) return misfit("domain");
  if (/(^|\.)\d+$/.test(domain) && !isIPv4(domain)) return misfit("domain");
  return undefined;
}

/** `*.shop.example.com`: every name with one part or more before `.shop.example.com`. */
export function isWildcard(domain: string): boolean {
  return domain.startsWith("*.");
}

/** A name that a wildcard stands for. Other names stay. */
export function oneOfWildcard(domain: string): string {
  return domain.replace(/^\*/, "any");
}

/** The first domain of a site. Its files on a node have this name, and the site's other domains redirect to it. */
export function primaryDomain({ domains }: { readonly domains: readonly string[] }): string {
  return domains[0] ?? "";
}
