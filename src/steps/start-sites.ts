// Sites that join a release that runs. Each is started and checked for itself: one that fails is left out, and stops no other.
import { type Service, unitsOf } from "../node/services.ts";
import { lines, type Shell, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import type { ReleaseRecord } from "../node/state.ts";
import type { SharedService } from "../servers/server.ts";
import type { PlacedRelease } from "./services.ts";
import { refuseForeignDomains } from "./switch.ts";

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

/** Files in `$run`: the names of the sites that have passed so far, and of those that were left out. */
export const passed = sh`"$run/sites-passed"`;
export const leftOut = sh`"$run/sites-left-out"`;

/** `leave_out SITE` notes that a site failed, with the end of what it said, as a line of the step's data. */
export const functions = sh`leave_out() {
  printf '%s\n' "$1" >>${leftOut}
  printf '%s %s\n' "$1" "$(tail -c 4000 "$run/site-said" | base64 -w0)" >&3
  grep -vxF -e "$1" ${passed} >"$run/sites-rest" || :
  mv "$run/sites-rest" ${passed}
}
has_passed() { grep -qxF -e "$1" ${passed}; }`;

/** Before any file is placed, so that its undo comes after they are restored: the server reads again what it read before. */
export function reloadIfUndone(shared: SharedService | undefined): readonly Step[] {
  if (shared === undefined) return [];
  return [
    {
      id: "server-before",
      title: "Prepare the undo for the application server",
      plan: "quiet",
      apply: sh`touch "$run/unchanged"`,
      undo: sh`[ -e "$run/server-reloaded" ] || exit 0
${shared.test} && ${shared.reload}`,
    },
  ];
}

/** Migrates and starts each site, and asks its service. */
export function startSites(
  { record }: PlacedRelease,
  joining: readonly JoiningSite[],
  shared: SharedService | undefined,
): Step {
  return {
    id: "start-sites",
    title: `Start ${joining.map(({ name }) => name).join(", ")}`,
    limit: 3600,
    files: joining.flatMap(({ files }) => files),
    preview: lines(joining.map(({ name, site }) => sh`detail ${`${name}: ${site.domains.join(", ")}`}`)),
    apply: sh`${functions}
: >${passed}; : >${leftOut}; : >"$run/units-started"
start_units() {
  for unit; do
    printf '%s\n' "$unit" >>"$run/units-started"
    systemctl enable --quiet --no-reload "$unit" || return 1
    systemctl start "$unit" || { journalctl -q -n 30 --no-pager -o cat -u "$unit"; return 1; }
  done
}
accepted() { ! sed -n "s/^$1 //p" "$run/refused" 2>/dev/null | grep .; }
${lines(joining.map((one) => begin(one, record)))}
${shared ? reloadShared(joining, shared) : sh`:`}
${lines(joining.map((one) => tried(one, askService(one))))}
${lines(joining.flatMap((one) => (one.healthCommand ? [tried(one, one.healthCommand)] : [])))}
${shared ? sh`[ ! -s ${leftOut} ] || { ${reloadShared(joining, shared)}; }` : sh`:`}
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
    sh`( ${refuseForeignDomains(one.site.domains, distribution)} )`,
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

/** One reload for all that have passed. The lines of the others go first. */
function reloadShared(joining: readonly JoiningSite[], { list, test, reload }: SharedService): Shell {
  const drops = joining.flatMap(({ name, line }) =>
    line === undefined ? [] : [sh`has_passed ${name} || ${dropLine(list, line)}`],
  );
  return sh`${lines(drops)}
if [ -s ${passed} ] || [ -e "$run/server-reloaded" ]; then
${test}
touch "$run/server-reloaded"
${reload}
fi`;
}

/** Removes a line from the list of sites. */
export function dropLine(list: string, line: string): Shell {
  return sh`{ grep -vxF -e ${line} ${list} >"$run/list" || :; tool write ${list} 644 root root <"$run/list"; }`;
}

export const nothingStarted = {
  state: "No site was started or retired, and the release is as it was.",
  next: "Fix what the output reports, and run startsites again.",
} as const;

/** They have no visitors yet, so they can be killed. */
const stopStarted = sh`[ -s "$run/units-started" ] || exit 0
${stopUnits(sh`"$run/units-started"`)}`;

export function stopUnits(file: Shell): Shell {
  return sh`while read -r unit; do
  systemctl disable --quiet --no-reload "$unit" 2>/dev/null || :
  rm -f "/etc/systemd/system/multi-user.target.wants/$unit"
  systemctl kill --signal=KILL "$unit" 2>/dev/null || :
done <${file}
xargs -d '\n' systemctl stop <${file}
xargs -d '\n' systemctl reset-failed <${file} 2>/dev/null || :`;
}

function allOf(all: readonly Shell[]): Shell {
  return all.reduce((done, one) => sh`${done} && ${one}`);
}
