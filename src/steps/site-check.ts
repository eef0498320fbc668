// Checks new sites in the live release before anything is started: each with Django's checks, as its own user. As in a deployment, this also
// renders their error pages.
import { lines, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { siteName, siteUser } from "../release/layout.ts";
import type { Site } from "../settings/settings.ts";
import { errorPages, withErrorPages } from "./error-pages.ts";

/** The step's data has a line for each site: its name, `ok` or `failed`, and in base64 what Django reports of it, or the output. */
export function checkSites(release: string, sites: readonly Pick<Site, "id" | "subdomain">[]): Step {
  const checks = sites.flatMap((site) => {
    const words = [String(site.id), ...(site.subdomain === undefined ? [] : [`part=${site.subdomain}`])];
    return withErrorPages(
      release,
      site,
      (
        more,
      ) => sh`if as ${siteUser(site.id)} ${`${release}/bin/python`} "$describe" ${[...words, ...more]} >"$run/described" 2>"$run/said"; then
  printf '%s ok %s\n' ${siteName(site)} "$(sed -n 1p "$run/described" | base64 -w0)" >&3
  sed 1d "$run/described" >>"$run/details"
else
  printf '%s failed %s\n' ${siteName(site)} "$(tail -c 4000 "$run/said" | base64 -w0)" >&3
fi`,
    );
  });
  return {
    id: "check-sites",
    title: `Run Django's checks for ${sites.map(siteName).join(", ")}`,
    plan: "quiet",
    limit: 1800,
    preview: sh`detail "not run, because a dry run changes no release"`,
    apply: sh`describe=${`${release}/wsgi/_woven_describe.py`}
[ -e "$describe" ] || describe=${`${release}/wsgi/describe.py`}
${lines(checks)}
[ -s "$run/details" ] || touch "$run/unchanged"`,
    undo: sh`rm -rf --one-file-system ${sites.map((site) => `${release}/${errorPages(site)}`)}`,
  };
}

export interface CheckedSite {
  readonly name: string;
  readonly kind: "ok" | "failed";
  readonly text: string;
}

export function readChecks(data: string): readonly CheckedSite[] {
  return [...data.matchAll(/^(site_\S+) (ok|failed) ?([A-Za-z0-9+/=]*)$/gm)].map(
    ([, name = "", kind = "", text = ""]) => ({
      name,
      kind: kind === "ok" ? "ok" : "failed",
      text: Buffer.from(text, "base64").toString("utf8"),
    }),
  );
}

/** The sites that were left out, each with the end of its output: a line of data is a name and base64. */
export function readLeftOut(data: string): ReadonlyMap<string, string> {
  return new Map(
    [...data.matchAll(/^(site_\S+) ([A-Za-z0-9+/=]*)$/gm)].map(([, name = "", text = ""]) => [
      name,
      Buffer.from(text, "base64").toString("utf8"),
    ]),
  );
}
