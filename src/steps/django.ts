// What Django itself does for a release: checks, collects static files, migrates. Always as a site user, never as root.
import { lines, type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { buildFolder } from "../release/build.ts";
import { type Layout, siteUser } from "../release/layout.ts";
import type { Migrate, Site } from "../settings/settings.ts";
import { causeOf } from "../traceback.ts";

/** Runs a management command of the release that lies at `folder`, as the user of a site. */
export function manage(folder: string, site: number, words: readonly string[]): Shell {
  return sh`as ${siteUser(site)} env SITE_ID=${site} ${`${folder}/manage`} ${words}`;
}

/**
 * Django's own checks, for every site: each has its own settings. The first site's interpreter, once started, also says what the
 * settings mean for the server around it (the step's data), and collects the static files, as the site user, who owns
 * their folder only meanwhile.
 */
export function checkProject(place: Layout, sites: readonly Site[]): Step {
  const folder = `${place.staging}/static`;
  const inspect = (id: number, words: readonly string[] = []) =>
    sh`as ${siteUser(id)} ${`${place.staging}/bin/python`} "$describe" ${id} ${words}`;
  const [first = 1, ...others] = sites.map(({ id }) => id);
  return {
    id: "django",
    title: "Django's checks, static files",
    plan: "quiet",
    preview: sh`detail "not run: there is nothing built that could be asked"`,
    // The release that is patched may have been made by an earlier Woven, which called the script otherwise.
    apply: sh`describe=${`${place.staging}/wsgi/_woven_describe.py`}
[ -e "$describe" ] || describe=${`${place.staging}/wsgi/describe.py`}
chown ${siteUser(first)} ${folder}
${inspect(first, ["collect"])} >"$run/described"
tool claim ${siteUser(first)} ${folder}
${joined(others.map((other) => sh`${inspect(other)} >/dev/null`))}
sed -n 1p "$run/described" >&3
sed 1d "$run/described" >>"$run/details"
[ -s "$run/details" ] || touch "$run/unchanged"`,
    failure: checkFailure,
    next: "Mend the project and deploy again. A variable that its settings need comes by the env input.",
  };
}

/**
 * Copies the files that the project's own media folder holds (`seed`, relative to the project) to where media lives, as the
 * first site's user. What is there already is what users put there: `add` never touches it, `replace` keeps a copy first.
 */
export function seedMedia(place: Layout, seed: string, sites: readonly Site[], mode: "add" | "replace"): Step {
  return {
    id: "media",
    title: "Media files that come with the project",
    plan: "quiet",
    preview: sh`detail ${`those of ${seed} ${mode === "add" ? "that have no namesake" : "that differ from their namesake"} in ${place.media}`}`,
    apply: sh`tool seed ${siteUser(sites[0]?.id ?? 1)} ${`${place.release}/project/${seed}`} ${place.media} ${mode} >>"$run/details"
[ -s "$run/details" ] || touch "$run/unchanged"`,
  };
}

/**
 * Every site may write every database that lies in ~/database. SQLite makes its files 0644 whatever the umask is, for the first site
 * that comes along: so they are there before it does.
 */
export function shareDatabases(place: Layout, sites: readonly Site[], files: readonly string[]): readonly Step[] {
  if (files.length === 0) return [];
  const share = (verb: "list" | "apply") =>
    sh`tool share ${verb} ${place.database} ${siteUser(sites[0]?.id ?? 1)} ${files}`;
  return [
    {
      id: "databases",
      title: "SQLite files that all sites may write",
      check: sh`[ -z "$(${share("list")})" ]`,
      checks: "plan",
      preview: sh`${share("list")} >>"$run/details"`,
      apply: sh`${share("apply")} >>"$run/details"
[ -s "$run/details" ] || touch "$run/unchanged"`,
    },
  ];
}

/** Brings the databases of every site up to the release. Runs while the earlier release serves. */
export function migrate(
  folder: string,
  sites: readonly Site[],
  how: Migrate,
  databases: Readonly<Record<string, string>>,
): readonly Step[] {
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
  const aliases = Object.keys(databases);
  if (aliases.length === 0) return [];
  const runs = sites.flatMap(({ id }) =>
    aliases.map(
      (alias) => sh`code=0
${manage(folder, id, words(alias))} >"$run/migrated" 2>&1 || code=$?
sed -n 's/^  Applying \(.*\)\.\.\. *\(OK\|FAKED\)$/\1/p' "$run/migrated" >>"$run/details"
[ "$code" = 0 ] || { cat "$run/migrated"; exit 1; }`,
    ),
  );
  return [
    {
      id: "migrate",
      title: "Migrate the database",
      limit: 3600,
      preview: lines([
        ...sites.flatMap(({ id }) =>
          aliases.map((alias) => sh`detail ${`would run, as ${siteUser(id)}: manage ${words(alias).join(" ")}`}`),
        ),
        sh`detail "which migrations are left to apply, only the release itself can tell"`,
      ]),
      apply: sh`${joined(runs)}
[ -s "$run/details" ] || touch "$run/unchanged"`,
      failure: migrationFailure,
      next: "Migrations that its output marks OK stay applied. Mend the one that failed and deploy again.",
    },
  ];
}

/** `Migration blog.0009_entries failed: relation "blog_entrys" does not exist` */
export function migrationFailure(output: string): string | undefined {
  const begun = [...output.matchAll(/^ *Applying (\S+?)\.\.\.(.*)$/gm)].filter(
    ([, , rest = ""]) => !/ (OK|FAKED)$/.test(rest),
  );
  const name = begun.at(-1)?.[1];
  if (name === undefined) return undefined;
  const cause = causeOf(output);
  return `Migration ${name} failed${cause === undefined ? "" : `: ${cause}`}`;
}

/** The first of the errors that Django's checks found: `<what>: (admin.E108) …`, below the line `ERRORS:`. */
export function checkFailure(output: string): string | undefined {
  const [, list = ""] = /^ERRORS:\n([\s\S]*)/m.exec(output) ?? [];
  const errors = [...list.matchAll(/^(.+?): (\(\w+\.E\d+\) .+)$/gm)];
  const [first, ...others] = errors.map(
    ([, what = "", why = ""]) => `${what.replace(/^<class '(.+)'>$/, "$1")}: ${why}`,
  );
  if (first === undefined) return undefined;
  return `Django's checks failed: ${first}${others.length > 0 ? ` (and ${others.length} more)` : ""}`;
}

/**
 * For migrations by hand: goes on only where nothing is left to apply. Otherwise the release is put in its place, without
 * traffic, so that its own `manage` can be used.
 */
export function awaitMigrations(
  place: Layout,
  build: string,
  sites: readonly Site[],
  databases: Readonly<Record<string, string>>,
): Step {
  const folder = buildFolder(place, build);
  const pending = sites.flatMap(({ id }) =>
    Object.keys(databases).map((alias) => manage(place.staging, id, ["migrate", "--check", "--database", alias])),
  );
  return {
    id: "migrations-by-hand",
    title: "Migrations were run by hand",
    plan: "quiet",
    preview: sh`detail "would stop before the switch, if the release has migrations left to apply"`,
    apply: sh`touch "$run/unchanged"
{ ${pending.reduce((done, one) => sh`${done} && ${one}`, sh`:`)}; } >"$run/pending" 2>&1 && exit 0
cat "$run/pending"
if [ -e ${`${place.state}/releases/${place.name}.json`} ]; then
  fail ${`${place.distribution} ${place.name} is kept here already, in another build: migrations by hand need a version of their own`}
fi
# One that waited before, for the same version, makes room.
old=$(readlink ${place.release} || :)
mv -T ${place.staging} ${folder}
tool link ${folder} ${place.release}
if [ -n "$old" ]; then rm -rf --one-file-system "$old"; fi
fail ${`It is ready, without traffic: run ${place.release}/manage migrate as you want it done`}`,
    next: "Log in, run the migrations as the output says, then run deploy again.",
  };
}

function joined(parts: readonly Shell[]): Shell {
  return parts.reduce(
    (done, part) => sh`${done}
${part}`,
    sh``,
  );
}
