// Reads what Django reported about a release's settings (describe.py). The report comes from the project's code, and root writes
// configuration from it. So its values are checked as strictly as the user's own.
import * as v from "valibot";
import { WovenError } from "../errors.ts";
import { type DjangoFacts, djangoFacts } from "../node/django-facts.ts";
import type { ReleaseRecord } from "../node/state.ts";
import type { Settings } from "../settings/settings.ts";

/** Throws WovenError `describe` if the report is not valid. */
export function readDjangoReport(data: string, node: string): DjangoFacts {
  const line = data.trim().split("\n")[0] ?? "";
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
