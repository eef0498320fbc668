// The files that Woven generates for a release beside the project's own: settings, scripts, each site's environment.
import { join } from "node:path";
import { codeGroup, type Layout, siteName, siteUser } from "../release/layout.ts";
import { launcher } from "../servers/background.ts";
import { servers } from "../servers/servers.ts";
import { runningOf, serversOfSites } from "../settings/server.ts";
import type { Distribution, Running, Settings, Site } from "../settings/settings.ts";
import { environmentOf } from "../settings/site-env.ts";
import type { GeneratedFile } from "../steps/release-files.ts";
import type { PlanInput } from "./release-plan.ts";

/** Paths for sys.path, relative to the project folder. */
export function sourcePaths({ distribution, projectAppsPath }: Settings): readonly string[] {
  const root = distribution?.sourceRoot.value ?? ".";
  return [...new Set([root, ...(projectAppsPath ? [join(root, projectAppsPath)] : []), "."])];
}

/** What of the plan they depend on. */
type Generating = Pick<PlanInput, "settings" | "distribution" | "templates" | "version" | "facts" | "sites"> & {
  /** The project brings the settings of its sites. */
  readonly ownSettings: boolean;
};

/** The settings, scripts and environment of a release, and the files that its server needs in it. */
export function generatedFiles(input: Generating, place: Layout): readonly GeneratedFile[] {
  const { settings, distribution, templates, version, ownSettings } = input;
  const paths = sourcePaths(settings);
  const all = input.sites ?? settings.sites;
  const view = {
    distribution: place.distribution,
    version,
    settings_module: "sitesettings.settings",
    // A project's own sitesettings has a module for each part. Woven's own finds the part's settings itself.
    part_settings: ownSettings ? 'f"sitesettings.{part}_settings" if part else ' : "",
    paths: python(paths),
    sites: python(siteSettings(all, distribution)),
    schemes: python(trustedSchemes),
    https: settings.tls.kind === "none" ? "False" : "True",
    static_url: python(settings.staticUrl ?? null),
    media_url: python(settings.mediaUrl ?? null),
    site_id: settings.sites[0]?.id ?? 1,
    application: applicationView(settings),
    applications: python(
      Object.fromEntries(
        all.flatMap((site) => {
          const { application } = runningOf(settings, site);
          return application === undefined ? [] : [[site.id, application.split(":")]];
        }),
      ),
    ),
  };
  const names = serversOfSites(settings, all);
  const code = { mode: "640", group: codeGroup(place.distribution) };
  const scripts: readonly GeneratedFile[] = [
    { path: "wsgi/_woven_environment.py", content: templates.render("release/environment.py", view), ...code },
    { path: "wsgi/_woven_manage.py", content: templates.render("release/manage.py", view), ...code },
    { path: "wsgi/_woven_describe.py", content: templates.render("release/describe.py", view), ...code },
    ...all.map((site) => ({
      path: `wsgi/${siteName(site)}.wsgi`,
      content: templates.render("release/site.wsgi", {
        ...view,
        ...siteView(site),
        application: applicationView(runningOf(settings, site)),
      }),
      ...code,
    })),
    // Also without processes: a patch of the web configuration alone may bring some. Two servers may need the same file.
    ...[...new Set([launcher, ...names.flatMap((name) => servers[name].releaseFiles)])].map(({ path, template }) => ({
      path,
      content: templates.render(template, view),
      ...code,
    })),
  ];
  const generated: readonly GeneratedFile[] = [
    ...(ownSettings
      ? []
      : [
          { path: "project/sitesettings/__init__.py", content: "", mode: "644" },
          { path: "project/sitesettings/settings.py", content: templates.render("sitesettings.py", view), mode: "644" },
          {
            path: "project/sitesettings/_woven.py",
            content: templates.render("release/settings.py", view),
            mode: "644",
          },
        ]),
    ...scripts,
    { path: "manage", content: templates.render("release/manage", view), mode: "755" },
    ...[...new Set(all.map(({ id }) => id))].map((id) => environmentFile(settings, id)),
  ];
  return [...generated, ...formerNames(generated)];
}

/** Settings module and domains by SITE_ID. Those of its parts by subdomain. */
export function siteSettings(sites: readonly Site[], distribution: Distribution): Readonly<Record<number, object>> {
  const of = ({ settingsModule, domains, django }: Site) => ({
    settings: settingsModule ?? distribution.settingsModule.value,
    domains,
    ...(django === undefined ? {} : { id: django }),
  });
  return Object.fromEntries(
    sites
      .filter(({ subdomain }) => subdomain === undefined)
      .map((site) => {
        const parts = sites.filter(({ id, subdomain }) => id === site.id && subdomain !== undefined);
        const named = Object.fromEntries(parts.map((part) => [part.subdomain, of(part)]));
        return [site.id, { ...of(site), ...(parts.length > 0 ? { parts: named } : {}) }];
      }),
  );
}

/** The names of a site in its scripts. */
export function siteView(site: Pick<Site, "id" | "subdomain">) {
  return { site_id: site.id, part: site.subdomain === undefined ? false : { name: site.subdomain } };
}

/** The file with the variables of a site. Only root and the site's user can read it. */
export function environmentFile(settings: Pick<Settings, "env" | "secretEnv" | "siteEnv">, id: number): GeneratedFile {
  return {
    path: `environment/${siteUser(id)}.json`,
    content: JSON.stringify(environmentOf(settings, id)),
    mode: "640",
    group: siteUser(id),
  };
}

/** `module:name`, for the templates. */
function applicationView({ application }: Running): { readonly module: string; readonly name: string } | false {
  const [module = "", name = ""] = application?.split(":") ?? [];
  return application === undefined ? false : { module, name };
}

/**
 * Schemes for CSRF_TRUSTED_ORIGINS. Django always trusts the origin of the request itself. A proxy in front of nginx may speak https
 * to the visitor, so https is trusted, too. http never is: whoever can change traffic on its way could forge it.
 */
const trustedSchemes = ["https"] as const;

/** These scripts once had other names. A project's own templates may still import them by those, so such a template gets them, too. */
function formerNames(generated: readonly GeneratedFile[]): readonly GeneratedFile[] {
  const isUsed = (pattern: RegExp) => generated.some(({ content }) => pattern.test(content));
  const former = (name: string, content: string): GeneratedFile[] =>
    generated.flatMap((file) =>
      file.path === `wsgi/_woven_${name}.py` ? [{ ...file, path: `wsgi/${name}.py`, content }] : [],
    );
  const note = "# Managed by Woven. For templates that still use this name.\n";
  return [
    ...(isUsed(/^(import|from) environment\b/m)
      ? former("environment", `${note}from _woven_environment import *\n`)
      : []),
    ...(isUsed(/\/wsgi\/manage\.py\b/) ? former("manage", `${note}import _woven_manage\n`) : []),
  ];
}

/** A value as a Python literal: JSON, except for None. Numeric keys become integers. */
export function python(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object") {
    const entries = Object.entries(value).map(
      ([key, item]) => `${/^\d+$/.test(key) ? key : JSON.stringify(key)}: ${python(item)}`,
    );
    return `{${entries.join(", ")}}`;
  }
  return JSON.stringify(value);
}
