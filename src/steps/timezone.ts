// The node's time zone.
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";

const next =
  "Set timezone to a name from the tz database, such as Europe/Berlin or UTC. For old names, such as US/Eastern, add tzdata-legacy to extra-packages.";

/** Checks the name before the first change, if the node has the tz database by then. */
export function checkTimezone(zone: string, packages: readonly string[]): Step {
  return {
    id: "timezone-known",
    title: "Check the name of the time zone",
    plan: "runs",
    apply: sh`touch "$run/unchanged"
[ -e /usr/share/zoneinfo/UTC ] && [ ! -e ${`/usr/share/zoneinfo/${zone}`} ] || exit 0
for package in ${packages}; do [ "$package" != tzdata-legacy ] || exit 0; done
fail ${`timezone: this server does not know the time zone ${zone}`}`,
    state: "Nothing was changed.",
    next,
  };
}

export function timezone(zone: string): Step {
  return {
    id: "timezone",
    title: `Set the time zone to ${zone}`,
    // localtime(5). Not timedatectl: it starts a service only to read the zone, and needs D-Bus, which a small server may not have.
    check: sh`link=$(readlink /etc/localtime || echo zoneinfo/UTC)
[ "\${link##*zoneinfo/}" = ${zone} ]`,
    apply: sh`[ -e ${`/usr/share/zoneinfo/${zone}`} ] || fail ${`timezone: this server does not know the time zone ${zone}`}
tool link ${`/usr/share/zoneinfo/${zone}`} /etc/localtime
# Debian 12 and Ubuntu also have this file, for old programs.
[ ! -e /etc/timezone ] || echo ${zone} | tool write /etc/timezone 644 root root
detail ${zone}`,
    next,
  };
}
