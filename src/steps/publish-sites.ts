// Sites that have been started get their visitors and their place in the record. nginx is reloaded once, for all that passed their checks.
import { backgroundOf, linksOf, type Service, unitsOf } from "../node/services.ts";
import { lines, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { primaryDomain } from "../settings/domain.ts";
import { recordFile } from "./record.ts";
import { dropLine, replaced } from "./replace-instance.ts";
import type { PlacedRelease } from "./services.ts";
import { type JoiningSite, tried } from "./start-sites.ts";
import { functions, leftOut, nothingStarted, passed, stopUnits } from "./starting-sites.ts";
import { enabledConf } from "./switch.ts";
import { nginxConf } from "./webconf.ts";

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
  /** What services are if their instance was replaced, by name. */
  readonly becomes: Readonly<Record<string, Pick<Service, "units" | "address">>>;
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
tool site-record ${file} "$files/sites.json" ${passed} ${replaced}`,
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

/** Stops what was started for sites that were left out, and removes their configuration. `list`: of the service that sites share. */
export function discardLeftOut(joining: readonly JoiningSite[], list: string | undefined): Step {
  const each = joining.map(({ name, services, placed, line }) => {
    const units = unitsOf(services);
    return sh`if ! has_passed ${name}; then
printf '%s' ${units.map((unit) => `${unit}\n`).join("")} >"$run/units-left"
[ ! -s "$run/units-left" ] || { ${stopUnits(sh`"$run/units-left"`)}; }
rm -f ${placed}
${line !== undefined && list !== undefined ? dropLine(list, line) : sh`:`}
fi`;
  });
  return {
    id: "discard-sites",
    title: "Clean up after sites that did not start",
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
${functions}
[ -s ${leftOut} ] || exit 0
${lines(each)}`,
  };
}
