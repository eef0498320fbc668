// Sites that join a release that runs. Each is started and checked for itself: one that fails is left out, and stops no other. nginx is
// reloaded once, for all that passed.
import { backgroundOf, linksOf, type Service, unitsOf } from "../node/services.ts";
import { lines, type Shell, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import type { ReleaseRecord } from "../node/state.ts";
import type { SharedService } from "../servers/server.ts";
import { primaryDomain } from "../settings/domain.ts";
import { recordFile } from "./record.ts";
import type { PlacedRelease } from "./services.ts";
import { enabledConf, refuseForeignDomains } from "./switch.ts";
import { nginxConf } from "./webconf.ts";

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
const passed = sh`"$run/sites-passed"`;
const leftOut = sh`"$run/sites-left-out"`;

/** `leave_out SITE` notes that a site failed, with the end of what it said, as a line of the step's data. */
const functions = sh`leave_out() {
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
      title: "Note the configuration of the server",
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
function tried({ name }: JoiningSite, what: Shell): Shell {
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

const nothingStarted = {
  state: "No site was started or retired, and the release is as it was.",
  next: "Fix what the output reports, and run startsites again.",
} as const;

/** They have no visitors yet, so they can be killed. */
const stopStarted = sh`[ -s "$run/units-started" ] || exit 0
${stopUnits(sh`"$run/units-started"`)}`;

function stopUnits(file: Shell): Shell {
  return sh`while read -r unit; do
  systemctl disable --quiet --no-reload "$unit" 2>/dev/null || :
  rm -f "/etc/systemd/system/multi-user.target.wants/$unit"
  systemctl kill --signal=KILL "$unit" 2>/dev/null || :
done <${file}
xargs -d '\n' systemctl stop <${file}
xargs -d '\n' systemctl reset-failed <${file} 2>/dev/null || :`;
}

/** The links by which visitors reach a site: targets by path. */
function linksTo(
  { site, services }: Pick<JoiningSite, "site" | "services">,
  name: string,
): Readonly<Record<string, string>> {
  const domain = primaryDomain(site);
  return { [enabledConf(domain)]: nginxConf(domain, name), ...linksOf(services) };
}

/** Links nginx's configuration of those that have passed, removes that of the sites that are retired, and reloads nginx once. */
export function publishSites(
  { place }: PlacedRelease,
  joining: readonly JoiningSite[],
  retired: readonly Pick<JoiningSite, "site" | "services">[],
): Step {
  const added = joining.map((one) => ({ name: one.name, links: Object.entries(linksTo(one, place.name)) }));
  const dropped = retired.flatMap((one) => Object.entries(linksTo(one, place.name)));
  const touched = [...added.flatMap(({ links }) => links), ...dropped].map(([link]) => link);
  return {
    id: "publish-sites",
    title: "Let nginx serve the sites",
    preview: lines([
      ...added.flatMap(({ links }) => links.map(([link, leads]) => sh`detail ${`${link} -> ${leads}`}`)),
      ...dropped.map(([link]) => sh`detail ${`${link}: removed`}`),
    ]),
    apply: sh`${functions}
: >>${passed}; : >>${leftOut}
mkdir -p "$run/links"
for link in ${touched}; do if [ -L "$link" ]; then readlink "$link" >"$run/links/\${link##*/}"; fi; done
touch "$run/links/known"
${lines(added.map(({ name, links }) => sh`if has_passed ${name}; then ${lines(links.map(([link, leads]) => sh`tool link ${leads} ${link}`))}; fi`))}
${lines(dropped.map(([link, leads]) => sh`if [ "$(readlink ${link})" = ${leads} ]; then rm -f ${link}; fi`))}
nginx -t -q
systemctl reload nginx
cp ${leftOut} "$run/left-before"
${lines(joining.map((one) => tried(one, one.askVisitor)))}
if ! cmp -s ${leftOut} "$run/left-before"; then
${lines(added.map(({ name, links }) => sh`has_passed ${name} || rm -f ${links.map(([link]) => link)}`))}
  nginx -t -q
  systemctl reload nginx
fi
[ ! -s ${passed} ] || exit 0
${dropped.length === 0 ? sh`touch "$run/unchanged"` : sh`:`}`,
    undo: sh`[ -e "$run/links/known" ] || exit 0
for link in ${touched}; do
  if [ -s "$run/links/\${link##*/}" ]; then tool link "$(cat "$run/links/\${link##*/}")" "$link"; else rm -f "$link"; fi
done
nginx -t -q && systemctl reload nginx`,
    ...nothingStarted,
  };
}

/** What the record of the release gets and loses: site_records.py. */
export interface RecordChange {
  readonly add: readonly object[];
  readonly drop: { readonly sites: readonly string[]; readonly services: readonly object[]; readonly from: object };
  readonly configuration: string | null;
}

/** Records the sites. From here on, nothing is undone. */
export function recordSites({ place }: PlacedRelease, change: RecordChange): Step {
  const file = recordFile(place);
  return {
    id: "record-sites",
    title: "Record the sites",
    settles: true,
    plan: "quiet",
    files: [{ name: "sites.json", content: JSON.stringify(change) }],
    apply: sh`touch "$run/unchanged"
tool site-record ${file} "$files/sites.json" ${passed}`,
    ...nothingStarted,
  };
}

/** Starts the processes and schedules of sites that have passed. */
export function startBackground(joining: readonly JoiningSite[]): readonly Step[] {
  const services = joining.map(({ name, services: all }) => ({ name, units: unitsOf(backgroundOf(all)) }));
  if (services.every(({ units }) => units.length === 0)) return [];
  const each = services.map(
    ({ name, units }) => sh`if has_passed ${name}; then
  for unit in ${["", ...units]}; do
    [ -n "$unit" ] || continue
    systemctl enable --quiet --no-reload "$unit"
    systemctl start "$unit" || detail "$unit does not start: look at journalctl -u $unit"
  done
fi`,
  );
  return [
    {
      id: "sites-background",
      title: "Start the processes and schedules of the sites",
      preview: lines(services.flatMap(({ units }) => units.map((unit) => sh`detail ${`start ${unit}`}`))),
      apply: sh`${functions}
${lines(each)}`,
    },
  ];
}

/** Stops what was started for sites that were left out, and removes their configuration. */
export function discardLeftOut(joining: readonly JoiningSite[]): Step {
  const each = joining.map(({ name, services, placed }) => {
    const units = unitsOf(services);
    return sh`if ! has_passed ${name}; then
printf '%s' ${units.map((unit) => `${unit}\n`).join("")} >"$run/units-left"
[ ! -s "$run/units-left" ] || { ${stopUnits(sh`"$run/units-left"`)}; }
rm -f ${placed}
fi`;
  });
  return {
    id: "discard-sites",
    title: "Remove what is left of sites that did not start",
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
${functions}
[ -s ${leftOut} ] || exit 0
${lines(each)}`,
  };
}

function allOf(all: readonly Shell[]): Shell {
  return all.reduce((done, one) => sh`${done} && ${one}`);
}
