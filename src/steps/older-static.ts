// Static files of the other releases that a node keeps: a page that a visitor has open may still ask for them after a switch. nginx looks
// there for what the live release does not have. Media are not versioned, and have no such place.
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { buildFolder } from "../release/build.ts";
import { type Layout, layout } from "../release/layout.ts";
import type { PlacedRelease } from "./services.ts";

/** How many other releases nginx asks, the newest first. */
const most = 10;

/** In a release: numbered links to the static files of the others. */
function olderFolder(place: Layout, build: string): string {
  return `${buildFolder(place, build)}/older-static`;
}

/** Links the static files of the other releases that were live, before this one becomes it. */
export function linkOlderStatic({ place, record }: PlacedRelease, releases: readonly ReleaseRecord[]): Step {
  const folder = olderFolder(place, record.build);
  const others = releases
    .filter(({ name, healthy }) => healthy && name !== record.name)
    .toSorted((one, other) => other.createdAt.localeCompare(one.createdAt))
    .slice(0, most)
    .map(({ name }) => `${layout(place.root, place.distribution, name).release}/static`);
  return {
    id: "older-static",
    title: "Link the static files of other releases",
    plan: "quiet",
    // The release is not live yet, so nobody asks for these files in between.
    apply: sh`touch "$run/unchanged"
install -d -m 755 ${folder}
rm -f ${folder}/*
number=0
for target in ${others}; do number=$((number + 1)); ln -s "$target" ${folder}/"$number"; done`,
  };
}

/** The names in nginx-site.conf about them. `url`: where the site's static files are. */
export function olderStaticView(place: Layout, build: string, url: string) {
  return {
    root: olderFolder(place, build),
    pattern: `^${url.replaceAll(".", "\\.")}(.*)$`,
    places: Array.from({ length: most }, (_, index) => `/${index + 1}$uri`).join(" "),
  };
}
