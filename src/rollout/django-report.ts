// Reads what a release's describe.py says of its settings. It runs as a site user and with the project's code, and root writes
// configuration by it: so it is held to the same grammars as what the user writes.
import * as v from "valibot";
import { WovenError } from "../errors.ts";
import { type DjangoFacts, djangoFacts } from "../node/django-facts.ts";
import type { ReleaseRecord } from "../node/state.ts";
import type { Settings } from "../settings/settings.ts";

/** Throws WovenError `describe` where it is not what describe.py says. */
export function readDjangoReport(data: string, node: string): DjangoFacts {
  const line = data.trim().split("\n")[0] ?? "";
  const parsed = v.safeParse(djangoFacts, parse(line));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const where = v.getDotPath(issue);
  throw new WovenError({
    code: "describe",
    message: where
      ? `the project's settings on ${node} have something that cannot be served: ${where} is ${issue.received}`
      : `${node} did not say what the project's settings mean for it: ${line.slice(0, 200)}`,
    next: where
      ? "Write STATIC_URL and MEDIA_URL as paths of letters, digits, - _ ~ and . between slashes, or as URLs of another host."
      : "Has the project a templates/woven/release/describe.py of its own? Its first line of output is JSON, as in Woven's.",
    node,
  });
}

/**
 * The folder whose files go to where media lives, unless it holds code: a MEDIA_ROOT that is the project itself would publish
 * all of it.
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

/** For a dry run, which builds nothing that could be asked: what is set, else what the settings of `active` said, else what most say. */
export function expectedDjangoReport(settings: Settings, active: ReleaseRecord | undefined): DjangoFacts {
  const { staticUrl, mediaUrl } = settings;
  return {
    ...(active?.described ?? usual),
    ...(staticUrl === undefined ? {} : { staticUrl }),
    ...(mediaUrl === undefined ? {} : { mediaUrl }),
  };
}

/** In words, for whoever reads the plan. */
export function expectedWords(settings: Settings, active: ReleaseRecord | undefined): readonly string[] {
  const { staticUrl, mediaUrl, databases } = expectedDjangoReport(settings, active);
  const from = active?.described ? `the settings of ${active.version}, which serves, said` : "most settings say";
  return [
    `a dry run builds nothing that could be asked: it takes what is set, and else what ${from}`,
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
