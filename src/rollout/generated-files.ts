// The files that Woven generates for a release beside the project's own: settings, scripts, each site's environment.
import { join } from "node:path";
import { codeGroup, type Layout, siteUser } from "../release/layout.ts";
import { launcher } from "../servers/background.ts";
import { servers } from "../servers/servers.ts";
import { runningOf, serversOfSites } from "../settings/server.ts";
import type { Running, Settings } from "../settings/settings.ts";
import type { GeneratedFile } from "../steps/release-files.ts";
import type { PlanInput } from "./release-plan.ts";

/** Paths for sys.path, relative to the project folder. */
export function sourcePaths({ distribution, projectAppsPath }: Settings): readonly string[] {
  const root = distribution?.sourceRoot.value ?? ".";
  return [...new Set([root, ...(projectAppsPath ? [join(root, projectAppsPath)] : []), "."])];
}

/** The settings, scripts and environment of a release, and the files that its server needs in it. */
export function generatedFiles(input: PlanInput, place: Layout): readonly GeneratedFile[] {
  const { settings, distribution, templates, version, files } = input;
  const paths = sourcePaths(settings);
  const all = input.sites ?? settings.sites;
  const sites = Object.fromEntries(
    all.map((site) => [
      site.id,
      {
        settings: site.settingsModule ?? distribution.settingsModule.value,
        domains: site.domains,
        ...(site.django === undefined ? {} : { id: site.django }),
      },
    ]),
  );
  const view = {
    distribution: place.distribution,
    version,
    settings_module: "sitesettings.settings",
    paths: python(paths),
    sites: python(sites),
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
  const ownSettings = files.some(({ path }) => path === "project/sitesettings/settings.py");
  const environment = {
    ...settings.env,
    ...Object.fromEntries(Object.entries(settings.secretEnv).map(([key, value]) => [key, value.reveal()])),
  };
  const code = { mode: "640", group: codeGroup(place.distribution) };
  const scripts: readonly GeneratedFile[] = [
    { path: "wsgi/_woven_environment.py", content: templates.render("release/environment.py", view), ...code },
    { path: "wsgi/_woven_manage.py", content: templates.render("release/manage.py", view), ...code },
    { path: "wsgi/_woven_describe.py", content: templates.render("release/describe.py", view), ...code },
    ...all.map((site) => ({
      path: `wsgi/${siteUser(site.id)}.wsgi`,
      content: templates.render("release/site.wsgi", {
        ...view,
        site_id: site.id,
        application: applicationView(runningOf(settings, site)),
      }),
      ...code,
    })),
    // Also without processes: a patch of the web configuration alone may bring some.
    ...[launcher, ...names.flatMap((name) => servers[name].releaseFiles)].map(({ path, template }) => ({
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
    ...all.map(({ id }) => ({
      path: `environment/${siteUser(id)}.json`,
      content: JSON.stringify(environment),
      mode: "640",
      group: siteUser(id),
    })),
  ];
  return [...generated, ...formerNames(generated)];
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
function python(value: unknown): string {
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
