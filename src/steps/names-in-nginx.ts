// The names of a site in nginx's configuration: which server block has which, and where the others redirect.
import type { Site } from "../settings/settings.ts";
import { redirectedNames, servedNames } from "../settings/site-names.ts";

/** Names that have the same target. */
interface Redirect {
  readonly names: string;
  /** In nginx's words. */
  readonly target: string;
}

type Names = Pick<Site, "domains" | "served">;

/** The names in nginx-site.conf about the domains of a site. */
export function namesView(site: Names) {
  const served = servedNames(site);
  const [first = ""] = served;
  // nginx answers no other host in this block, so a visitor cannot choose it.
  const host = served.length > 1 ? "$host" : first;
  const redirected = redirectedNames(site);
  const redirect = grouped([...redirected]);
  return {
    served: served.join(" "),
    host,
    /** Of the other names. Empty: none. */
    redirect,
    /** Where requests over plain http are led, if there is HTTPS. */
    plain_http: grouped(site.domains.map((name) => [name, redirected.get(name) ?? host] as const)),
  };
}

/** The names that a project's own nginx-site.conf must use, so that it does not drop any domain. */
export function namesNames({ served }: Names): readonly string[] {
  return served === undefined ? [] : ["served", "host"];
}

function grouped(pairs: readonly (readonly [name: string, target: string])[]): readonly Redirect[] {
  const targets = [...new Set(pairs.map(([, target]) => target))];
  return targets.map((target) => ({
    names: pairs.flatMap(([name, leads]) => (leads === target ? [name] : [])).join(" "),
    target,
  }));
}
