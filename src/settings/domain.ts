// The domains of sites: they become server names and file names, so they are plain ASCII names and nothing more.
import { isIPv4 } from "node:net";
import { domainToASCII } from "node:url";
import { fits, misfit } from "./grammar.ts";

/** What is wrong with a domain, to follow the domain itself, or undefined where it is right. */
export function domainProblem(domain: string): string | undefined {
  if (/^[a-z]+:\/\//i.test(domain)) return "is a URL: write the domain alone, without https:// and without a path";
  if (domain.includes("/")) return "holds a path: write the domain alone";
  if (/:\d+$/.test(domain)) return "holds a port: write the domain alone";
  if (domain.includes("*")) return "is a wildcard, which is not supported: write each domain";
  if (domain.endsWith(".")) return "ends with a dot: write it without";
  if (/[^\0-\x7f]/.test(domain))
    return `has letters outside ASCII: write it in its ASCII form, ${domainToASCII(domain) || "xn--…"}`;
  if (!fits("domain", domain)) return misfit("domain");
  if (/(^|\.)\d+$/.test(domain) && !isIPv4(domain)) return misfit("domain");
  return undefined;
}

/** The domain that a site is reached at, which names its files on a node. The others of the site are redirected to it. */
export function primaryDomain({ domains }: { readonly domains: readonly string[] }): string {
  return domains[0] ?? "";
}
