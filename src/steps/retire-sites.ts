// Sites that leave a release that runs: their services stop, their configuration goes, and so do users that nothing else needs. Databases,
// media and logs stay.
import { filesOf, type Service, unitsOf } from "../node/services.ts";
import { lines, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { buildFolder } from "../release/build.ts";
import { codeGroup, type Layout, siteName } from "../release/layout.ts";
import { errorPages } from "./error-pages.ts";
import { removeUsers, timerStamps, unitFunctions } from "./remove.ts";
import type { PlacedRelease } from "./services.ts";

export interface RetiredSite {
  readonly site: ReleaseRecord["sites"][number];
  /** Those that are its own. */
  readonly services: readonly Service[];
  /** What the services that all sites share have for it. */
  readonly files: readonly string[];
  readonly line?: string;
}

/** After nginx no longer serves them, and they are recorded as retired. */
export function retireSites({ place, record }: PlacedRelease, retired: readonly RetiredSite[]): readonly Step[] {
  if (retired.length === 0) return [];
  const services = retired.flatMap((one) => one.services);
  const stays = record.sites.filter((site) => retired.every((one) => siteName(one.site) !== siteName(site)));
  const own = retired.flatMap(({ site }) => {
    const name = siteName(site);
    const isLast = stays.every(({ id }) => id !== site.id);
    return [
      `wsgi/${name}.wsgi`,
      errorPages(site),
      ...(isLast ? [`environment/site_${site.id}.json`, `environment/site_${site.id}`] : []),
    ];
  });
  const files = [
    ...new Set([...filesOf(services), ...retired.flatMap((one) => one.files)]),
    ...own.map((path) => `${buildFolder(place, record.build)}/${path}`),
  ];
  const units = unitsOf(services);
  return [
    {
      id: "retire-sites",
      title: `Retire ${retired.map(({ site }) => siteName(site)).join(", ")}`,
      preview: lines([
        ...units.map((unit) => sh`detail ${`stop ${unit}`}`),
        ...files.map((file) => sh`detail ${`remove ${file}`}`),
        sh`detail ${kept}`,
      ]),
      apply: sh`${unitFunctions}
printf '%s\n' ${["", ...units]} | sed 1d | stop_units
${lines(units.map((unit) => sh`rm -f ${`${timerStamps}/stamp-${unit.replace(/@.*/, "@")}`}*`))}
rm -rf --one-file-system ${files}
detail ${kept}`,
      next: "Run startsites again, with retire: true. It removes what is left.",
    },
  ];
}

const kept = "Kept: databases, media, backups and logs.";

/** Removes the users of sites that no release on the node has. Others leave the distribution's group, unless a rollback needs them. */
export function removeRetiredUsers(place: Layout): Step {
  const group = codeGroup(place.distribution);
  const found = sh`tool retired-users ${place.distribution} ${place.name} ${group} >"$run/retired-users"`;
  return {
    id: "retired-users",
    title: "Remove users that no release needs",
    plan: "quiet",
    preview: sh`${found}
while read -r kind user by; do detail "$kind $user $by"; done <"$run/retired-users"`,
    apply: sh`${found}
sed -n 's/^user //p' "$run/retired-users" | ${removeUsers(place)}
while read -r kind user by; do
  case $kind in
  kept) detail "kept the user $user: a rollback to $by needs it" ;;
  busy) detail "kept the user $user: a run is working on another distribution, which may need it" ;;
  leave) gpasswd -d "$user" ${group} >/dev/null; detail "kept the user $user, which $by has. It can no longer read the code of this distribution" ;;
  esac
done <"$run/retired-users"
[ -s "$run/details" ] || touch "$run/unchanged"`,
    next: "Run startsites again, with retire: true. It removes what is left.",
  };
}
