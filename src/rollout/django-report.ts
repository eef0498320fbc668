// Reads what Django reported about a release's settings (describe.py). The report comes from the project's code, and root writes
// configuration from it. So its values are checked as strictly as the user's own.
import * as v from "valibot";
import { WovenError } from "../errors.ts";
import { type DjangoFacts, djangoFacts } from "../node/django-facts.ts";
import type { ReleaseRecord } from "../node/state.ts";
import type { Settings, Site } from "../settings/settings.ts";
import { joinReports } from "./migration-runs.ts";

/**
 * The reports of all sites as one. Throws WovenError `describe` if one is not valid.
 *
 * @param data a line for each site, in their order
 * @param warn gets what to report of a site whose settings have another SITE_ID
 */
export function readDjangoReport(
  data: string,
  sites: readonly Pick<Site, "id" | "django" | "subdomain" | "settingsModule">[],
  node: string,
  warn: (text: string) => void = () => undefined,
): DjangoFacts {
  const lines = data.trim().split("\n");
  const reports = sites.map((_, index) => readReport(lines[index] ?? "", node));
  for (const text of otherSiteIds(reports, sites)) warn(text);
  return joinReports(reports, sites);
}

/**
 * Sites that get another SITE_ID than their settings say. Settings that several sites share may name one of them.
 */
function otherSiteIds(
  reports: readonly DjangoFacts[],
  sites: readonly Pick<Site, "id" | "django" | "subdomain" | "settingsModule">[],
): readonly string[] {
  return sites.flatMap(({ id: own, django: id = own, subdomain, settingsModule }, index) => {
    const { siteId } = reports[index] ?? {};
    const alike = sites
      .filter((other) => other.settingsModule === settingsModule)
      .map((other) => other.django ?? other.id);
    if (subdomain !== undefined || siteId === undefined || siteId === null || alike.includes(siteId)) return [];
    return [
      `The settings of site ${id}${settingsModule === undefined ? "" : ` (${settingsModule})`} have SITE_ID = ${siteId}. On the server, SITE_ID is ${id}. If the project uses django.contrib.sites, its table needs a row with this id.`,
    ];
  });
}

function readReport(line: string, node: string): DjangoFacts {
  const parsed = v.safeParse(djangoFacts, parse(line));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const where = v.getDotPath(issue);
  throw new WovenError({
    code: "describe",
    message: where
      ? `Woven cannot use a value in the project's settings on ${node}: ${where} is ${issue.received}`
      : `Django did not report the project's settings on ${node}. It printed: ${line.slice(0, 200)}`,
    next: where
      ? "Write STATIC_URL and MEDIA_URL as paths (letters, digits, - _ ~ and . between slashes), or as URLs on another host."
      : "If the project has its own templates/woven/release/describe.py, its first line of output must be JSON, as in Woven's.",
    node,
  });
}

/**
 * The project folder whose files are copied to the media folder. Undefined if it holds code: a MEDIA_ROOT that is the project
 * itself would publish the whole project.
 *
 * @param files paths in the release, of its `project/` and `dist/`
 */
export function mediaSeed({ mediaSeed: seed }: DjangoFacts, files: readonly string[]): string | undefined {
  if (seed === null || seed === ".") return undefined;
  const holdsCode = files.some((path) => path.startsWith(`project/${seed}/`) && path.endsWith(".py"));
  return holdsCode ? undefined : seed;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** For a dry run, where no release exists to ask: the configured values, else what the live release reported, else Django's usual ones. */
export function expectedDjangoReport(settings: Settings, active: ReleaseRecord | undefined): DjangoFacts {
  const { staticUrl, mediaUrl } = settings;
  return {
    ...(active?.described ?? usual),
    ...(staticUrl === undefined ? {} : { staticUrl }),
    ...(mediaUrl === undefined ? {} : { mediaUrl }),
  };
}

/** The same as sentences, for the plan. */
export function expectedWords(settings: Settings, active: ReleaseRecord | undefined): readonly string[] {
  const { staticUrl, mediaUrl, databases } = expectedDjangoReport(settings, active);
  const source = active?.described ? `what ${active.version}, the live release, reported` : "Django's usual values";
  return [
    `A dry run builds no release, so Django cannot report its settings. Woven assumes the configured values, and otherwise ${source}:`,
    `static files at ${staticUrl}, media at ${mediaUrl}; databases: ${Object.keys(databases).join(", ") || "none"}`,
  ];
}

const usual: DjangoFacts = {
  django: "",
  staticUrl: "/static/",
  mediaUrl: "/media/",
  databases: { default: "django.db.backends.sqlite3" },
  templateDirs: [],
  mediaSeed: null,
};
