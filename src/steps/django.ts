// Django's own work for a release: checks, static files, migrations. It always runs as a site user, never as root.
import { asUser, inRun, inTurn, type RunFile, tool } from "../node/pieces.ts";
import { lines, type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { buildFolder } from "../release/build.ts";
import { type Layout, siteUser } from "../release/layout.ts";
import { present } from "../settings/present.ts";
import type { Migrate, Site } from "../settings/settings.ts";
import { causeOf } from "../traceback.ts";
import { withErrorPages } from "./error-pages.ts";
import { unchangedWithoutDetails } from "./place-file.ts";
import { projectFailure } from "./project-failure.ts";

/** One run of `migrate`: for a database, under the settings of a site or of a part of it. */
export interface MigrationRun {
  readonly alias: string;
  /** SITE_ID. */
  readonly site: number;
  readonly subdomain?: string;
  /** The release has been asked, and `migrate` would do nothing. */
  readonly migrated?: boolean;
}

/** Runs a management command of the release in `folder`, as the user of a site. */
export function manage(
  folder: string,
  { site, subdomain }: Pick<MigrationRun, "site" | "subdomain">,
  words: readonly string[],
): Shell {
  const variables = [`SITE_ID=${site}`, ...(subdomain === undefined ? [] : [`WOVEN_SITE_PART=${subdomain}`])];
  return sh`as ${siteUser(site)} env ${variables} ${[`${folder}/manage`, ...words]}`;
}

/** The first line is data, and the others are for the user. */
const reportDescribed = sh`sed -n 1p "$run/described" >&3
sed 1d "$run/described" >>"$run/details"`;

/** A release, and the digest of what its static files were made from. */
export interface StaticBefore {
  readonly place: Layout;
  readonly inputs: string;
}

/**
 * `collect`: unless they would be made from the same as those of the release `before`. `kept`: those of another release are still right.
 * `report`: and so is what Django reported about that release.
 */
export type StaticFiles =
  | { readonly kind: "collect"; readonly before?: StaticBefore | undefined }
  | { readonly kind: "come with the release" }
  | { readonly kind: "kept"; readonly of: Layout; readonly report: "asked again" | "kept" };

/**
 * Runs Django's checks for every site, since each has its own settings. Each reports the settings that concern the server (the data of
 * the step, a line for each site in their order), and renders the error pages of its site. The process of the first site also collects the
 * static files, if they are to be collected. The site user owns their folder only for that time.
 *
 * If the report of another release is kept, the step has no data, and Django does not start. It does if that release has error pages,
 * because a template that they extend may have changed.
 */
export function checkProject(place: Layout, sites: readonly Site[], staticFiles: StaticFiles): Step {
  const folder = `${place.staging}/static`;
  const describe = `${place.staging}/wsgi/_woven_describe.py`;
  const inspect = (site: Pick<Site, "id" | "subdomain">, words: readonly string[] = [], input?: RunFile) =>
    withErrorPages(place.staging, site, (more) => {
      const { id, subdomain } = site;
      const all = [String(id), ...words, ...(subdomain === undefined ? [] : [`part=${subdomain}`]), ...more];
      return asUser(siteUser(id), [`${place.staging}/bin/python`, describe, ...all], {
        ...present({ in: input }),
        out: inRun("described"),
      });
    });
  const [firstSite = { id: 1 }, ...others] = sites;
  const first = firstSite.id;
  const inspectFirst =
    staticFiles.kind === "collect"
      ? [
          sh`chown ${siteUser(first)} ${folder}`,
          ...(staticFiles.before ? [offer(staticFiles.before)] : []),
          ...inspect(firstSite, ["collect"], staticFiles.before ? offered : undefined),
          tool(["claim", siteUser(first), folder]),
          ...(staticFiles.before ? [takeOver(staticFiles.before.place, folder)] : []),
        ]
      : inspect(firstSite);
  const linkKept = staticFiles.kind === "kept" ? [linkStatic(staticFiles.of, place.staging)] : [];
  const ask = [
    // A release that is patched may come from an earlier version of Woven, where the script had another name.
    sh`[ -e ${describe} ] || ln -s describe.py ${describe}`,
    ...inspectFirst,
    reportDescribed,
    ...others.flatMap((other) => [...inspect(other), reportDescribed]),
    ...(staticFiles.kind === "collect" ? [tool(["note-static", place.staging])] : []),
    unchangedWithoutDetails,
  ];
  const andStatic = staticFiles.kind === "collect" ? " and collect static files" : "";
  const isKept = staticFiles.kind === "kept" && staticFiles.report === "kept";
  return {
    id: "django",
    title: isKept ? "Keep the results of Django's checks" : `Run Django's checks${andStatic}`,
    plan: "quiet",
    preview: sh`detail "not run, because a dry run builds no release"`,
    apply: inTurn(...linkKept, ...(isKept ? [keepReport(staticFiles.of.release, place.staging, ask)] : ask)),
    failure: checkFailure,
    advice: (output) => (listedErrors(output) === undefined ? projectFailure(output)?.next : undefined),
    next: "Fix what the output reports, and deploy again.",
  };
}

/** With the note about them: the files are the same. */
function linkStatic({ release }: Layout, staging: string): Shell {
  return sh`cp -alT ${`${release}/static`} ${`${staging}/static`}
if [ -e ${`${release}/.woven-static`} ]; then cp -a ${`${release}/.woven-static`} ${staging}; fi`;
}

/** What describe.py reads: whether the static files of another release can be taken over, if they would be made from the same. */
const offered = inRun("offered");

function offer({ place, inputs }: StaticBefore): Shell {
  return tool(["offer-static", inputs, place.release], { out: offered });
}

/** If describe.py found that nothing had changed, and collected nothing. */
function takeOver({ release }: Layout, folder: string): Shell {
  return sh`if grep -qx 'static files: unchanged' "$run/described"; then tool take-over-static ${release} ${folder}; fi`;
}

/** Copies the folder of error pages if there are none in it. Else, or if the release is too old to have one, Django is asked. */
function keepReport(release: string, staging: string, ask: readonly Shell[]): Shell {
  const pages = `${release}/errors`;
  return sh`if [ -d ${pages} ] && [ -z "$(find ${pages} -type f)" ]; then
  cp -aT ${pages} ${`${staging}/errors`}
  touch "$run/unchanged"
else
${inTurn(...ask)}
fi`;
}

/**
 * Copies the files of the project's media folder (`seed`, relative to the project) to the media folder of the distribution, as the
 * first site's user. Files there may be uploads: `add` never changes them, `replace` keeps a copy first.
 */
export function seedMedia(place: Layout, seed: string, sites: readonly Site[], mode: "add" | "replace"): Step {
  return {
    id: "media",
    title: "Copy the project's media files",
    plan: "quiet",
    preview: sh`detail ${`would copy files from ${seed} ${mode === "add" ? "that do not exist" : "that differ"} in ${place.media}`}`,
    apply: sh`tool seed ${siteUser(sites[0]?.id ?? 1)} ${`${place.release}/project/${seed}`} ${place.media} ${mode} >>"$run/details"
[ -s "$run/details" ] || touch "$run/unchanged"`,
  };
}

/**
 * Creates the SQLite files in ~/database in advance, so that every site can write them. SQLite would create them with mode 0644,
 * whatever the umask is, and only the first site could write them.
 */
export function shareDatabases(place: Layout, sites: readonly Site[], files: readonly string[]): readonly Step[] {
  if (files.length === 0) return [];
  const share = (verb: "list" | "apply", options: { readonly details?: true } = {}) =>
    tool(["share", verb, place.database, siteUser(sites[0]?.id ?? 1), ...files], options);
  return [
    {
      id: "databases",
      title: "Give the sites access to the SQLite files",
      check: sh`[ -z "$(${share("list")})" ]`,
      checks: "plan",
      preview: share("list", { details: true }),
      apply: inTurn(share("apply", { details: true }), unchangedWithoutDetails),
    },
  ];
}

/** Migrates the databases, each under the settings of its site, while the previous release is still live. */
export function migrate(folder: string, runs: readonly MigrationRun[], how: Migrate): readonly Step[] {
  if (how.kind === "none" || how.kind === "manual") return [];
  const target = how.kind === "target" ? [how.app, ...(how.migration ? [how.migration] : [])] : [];
  const words = (alias: string) => [
    "migrate",
    "--noinput",
    "--database",
    alias,
    ...(how.kind === "fake" ? ["--fake"] : []),
    ...target,
  ];
  if (runs.length === 0) return [];
  // `migrate` with a target, or `--fake`, may do something although no migration is pending.
  const pending = how.kind === "auto" ? runs.filter(({ migrated }) => !migrated) : runs;
  const done = pending.map(
    (one) => sh`code=0; cp "$run/details" "$run/migrated-before"
${manage(folder, one, words(one.alias))} >"$run/migrated" 2>&1 || code=$?
sed -n 's/^  Applying \(.*\)\.\.\. *\(OK\|FAKED\)$/\1/p' "$run/migrated" >>"$run/details"
[ "$code" = 0 ] || { [ ! -s "$run/migrated-before" ] || echo "Applied before: $(tr '\n' ' ' <"$run/migrated-before")"; cat "$run/migrated"; exit 1; }`,
  );
  return [
    {
      id: "migrate",
      title: "Migrate the database",
      limit: 3600,
      preview: lines([
        ...runs.map(
          ({ alias, site }) => sh`detail ${`would run, as ${siteUser(site)}: manage ${words(alias).join(" ")}`}`,
        ),
        sh`detail "only the release itself can tell which migrations are pending"`,
      ]),
      apply: sh`${joined(done)}
[ -s "$run/details" ] || touch "$run/unchanged"`,
      failure: migrationFailure,
      state: appliedMigrations,
      advice: migrationAdvice,
      next: "Fix what the output reports, and deploy again.",
    },
  ];
}

/** `Migration blog.0009_entries failed: relation "blog_entrys" does not exist` */
export function migrationFailure(output: string): string | undefined {
  const { failed, applied } = migrations(output);
  const known = projectFailure(output)?.message;
  if (failed === undefined && known === undefined) return undefined;
  const cause = known ?? causeOf(output);
  if (failed !== undefined) return `Migration ${failed} failed${cause === undefined ? "" : `: ${cause}`}`;
  return applied.length === 0 ? `Nothing was migrated: ${cause}` : `Not all databases were migrated: ${cause}`;
}

/** What stays applied. */
function appliedMigrations(output: string): string {
  const { applied } = migrations(output);
  const shown = applied.slice(-5).join(", ");
  const more = applied.length > 5 ? ` and ${applied.length - 5} before` : "";
  return applied.length === 0 ? "No migration was applied." : `Stays applied: ${shown}${more}.`;
}

function migrationAdvice(output: string): string {
  const { failed } = migrations(output);
  return projectFailure(output)?.next ?? `Fix ${failed ?? "what the output reports"}, and deploy again.`;
}

/** The migrations that an output names. A line of Woven's own names those of databases and sites that were before. */
function migrations(output: string): { readonly failed: string | undefined; readonly applied: readonly string[] } {
  const begun = [...output.matchAll(/^ *Applying (\S+?)\.\.\.(.*)$/gm)].map(([, name = "", rest = ""]) => ({
    name,
    isDone: / (OK|FAKED)$/.test(rest),
  }));
  const [, before = ""] = /^Applied before: (.+)$/m.exec(output) ?? [];
  const done = begun.filter(({ isDone }) => isDone).map(({ name }) => name);
  return {
    failed: begun.findLast(({ isDone }) => !isDone)?.name,
    applied: [...new Set([...before.split(" ").filter(Boolean), ...done])],
  };
}

/** What stopped the project: an error of Django's checks, or one of the usual causes. */
export function checkFailure(output: string): string | undefined {
  const listed = listedErrors(output);
  if (listed !== undefined) return listed;
  const cause = projectFailure(output);
  return cause && `The project does not start: ${cause.message}`;
}

/** The first error of Django's checks: `<what>: (admin.E108) …`, below the line `ERRORS:`. */
function listedErrors(output: string): string | undefined {
  const [, list = ""] = /^ERRORS:\n([\s\S]*)/m.exec(output) ?? [];
  const errors = [...list.matchAll(/^(.+?): (\(\w+\.E\d+\) .+)$/gm)];
  const [first, ...others] = errors.map(
    ([, what = "", why = ""]) => `${what.replace(/^<class '(.+)'>$/, "$1")}: ${why}`,
  );
  if (first === undefined) return undefined;
  return `Django's checks failed: ${first}${others.length > 0 ? ` (and ${others.length} more)` : ""}`;
}

/**
 * For migrations by hand: goes on only if no migration is pending. Otherwise it moves the release into place, without traffic, so that
 * its own `manage` can be used, and fails.
 */
export function awaitMigrations(place: Layout, build: string, runs: readonly MigrationRun[]): Step {
  const folder = buildFolder(place, build);
  const pending = runs.map((one) => manage(place.staging, one, ["migrate", "--check", "--database", one.alias]));
  return {
    id: "migrations-by-hand",
    title: "Check for pending migrations",
    plan: "quiet",
    preview: sh`detail "would stop before the switch if migrations are pending"`,
    apply: sh`touch "$run/unchanged"
{ ${pending.reduce((done, one) => sh`${done} && ${one}`, sh`:`)}; } >"$run/pending" 2>&1 && exit 0
cat "$run/pending"
if [ -e ${`${place.state}/releases/${place.name}.json`} ]; then
  fail ${`${place.distribution} ${place.name} is on this server already, as another build. Migrations by hand need a new version`}
fi
# An earlier build of this version that waited for its migrations is replaced.
old=$(readlink ${place.release} || :)
mv -T ${place.staging} ${folder}
tool link ${folder} ${place.release}
if [ -n "$old" ]; then rm -rf --one-file-system "$old"; fi
fail ${`Migrations are pending. The release is in place, without traffic. Run ${place.release}/manage migrate`}`,
    next: "Log in, run the migrations as shown above, and deploy again.",
  };
}

function joined(parts: readonly Shell[]): Shell {
  return parts.reduce(
    (done, part) => sh`${done}
${part}`,
    sh``,
  );
}
