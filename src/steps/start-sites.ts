// Sites that join a release that runs. Each is started and checked for itself: one that fails is left out, and stops no other.
import { type Service, unitsOf } from "../node/services.ts";
import { lines, type Shell, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { dropLine, type Replacement, restartNext, startNext } from "./replace-instance.ts";
import type { PlacedRelease } from "./services.ts";
import { functions, leftOut, nothingStarted, passed, startUnits, stopStarted } from "./starting-sites.ts";
import { noteOwned, refuseForeignDomains } from "./switch.ts";

/** A site, with all that has to be done for it. */
export interface JoiningSite {
  /** `site_4`, `site_4_admin` */
  readonly name: string;
  readonly site: ReleaseRecord["sites"][number];
  /** Those that are its own. */
  readonly services: readonly Service[];
  /** Fails if its databases cannot be migrated, or its service does not answer. */
  readonly migrate: readonly Shell[];
  readonly askService: Shell;
  /** `health.command`. Fails if that fails. */
  readonly healthCommand?: Shell;
  /** Fails if nginx does not answer for it as it should. */
  readonly askVisitor: Shell;
  readonly files: readonly StageFile[];
  /** Configuration that goes if it is left out. */
  readonly placed: readonly string[];
  readonly log: string;
  /** Its line in the list of a service that all sites share. */
  readonly line?: string;
}

/** Migrates and starts each site, and asks its service. */
export function startSites(
  { record }: PlacedRelease,
  joining: readonly JoiningSite[],
  replacement: Replacement | undefined,
): Step {
  const asks = lines(joining.map((one) => tried(one, askService(one))));
  return {
    id: "start-sites",
    title: `Start ${joining.map(({ name }) => name).join(", ")}`,
    limit: 3600,
    files: joining.flatMap(({ files }) => files),
    preview: lines(joining.map(({ name, site }) => sh`detail ${`${name}: ${site.domains.join(", ")}`}`)),
    apply: sh`${functions}
${startUnits}
: >${passed}; : >${leftOut}; : >"$run/units-started"
accepted() { ! sed -n "s/^$1 //p" "$run/refused" 2>/dev/null | grep .; }
${lines(joining.map((one) => begin(one, record)))}
${
  replacement
    ? sh`${dropLeftOut(joining, replacement)}
${startNext(replacement)}`
    : sh`:`
}
cp ${leftOut} "$run/left-before"
${asks}
${lines(joining.flatMap((one) => (one.healthCommand ? [tried(one, one.healthCommand)] : [])))}
${
  replacement
    ? sh`if ! cmp -s ${leftOut} "$run/left-before"; then
${dropLeftOut(joining, replacement)}
${restartNext(replacement)}
${asks}
fi`
    : sh`:`
}
detail "$(tr '\n' ' ' <${passed})"
[ -s ${passed} ] || touch "$run/unchanged"`,
    undo: stopStarted,
    ...nothingStarted,
  };
}

/** If the answer is wrong, the log comes first, and the answer last: the error shows the last line. */
function askService({ askService: ask, log }: JoiningSite): Shell {
  return sh`{ ${ask}; } 2>"$run/site-asked" || {
  sed 1d "$run/site-asked"; echo ${`--- The end of ${log}:`}; tail -n 60 ${log}; echo "---"
  sed -n '1{s/:$//;p}' "$run/site-asked"; false
}`;
}

function begin(one: JoiningSite, { distribution }: ReleaseRecord): Shell {
  const own = unitsOf(one.services.filter(({ kind }) => kind === "web"));
  const all = [
    sh`accepted ${one.name}`,
    sh`( ${noteOwned}
${refuseForeignDomains(one.site.domains, distribution)} )`,
    ...one.migrate,
    ...(own.length > 0 ? [sh`start_units ${own}`] : []),
  ];
  return sh`printf '%s\n' ${one.name} >>${passed}
${tried(one, allOf(all))}`;
}

/** Runs what is given for a site that has passed so far. If it fails, the site is left out. */
export function tried({ name }: JoiningSite, what: Shell): Shell {
  return sh`if has_passed ${name}; then { ${what}; } >"$run/site-said" 2>&1 || leave_out ${name}; fi`;
}

/** The lines of those that have not passed. */
export function dropLeftOut(joining: readonly JoiningSite[], { list }: Pick<Replacement, "list">): Shell {
  return lines(
    joining.flatMap(({ name, line }) =>
      line === undefined ? [] : [sh`has_passed ${name} || ${dropLine(list, line)}`],
    ),
  );
}

function allOf(all: readonly Shell[]): Shell {
  return all.reduce((done, one) => sh`${done} && ${one}`);
}
