// The node's time zone.
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";

const next =
  "Set timezone to a name from the tz database, such as Europe/Berlin or UTC. Debian keeps names of old, such as US/Eastern, in a package of their own: tzdata-legacy, for extra-packages.";

/** Before the first change, where the node can tell by then. */
export function knownTimezone(zone: string, packages: readonly string[]): Step {
  return {
    id: "timezone-known",
    title: "The time zone is known",
    plan: "runs",
    apply: sh`touch "$run/unchanged"
[ -e /usr/share/zoneinfo/UTC ] && [ ! -e ${`/usr/share/zoneinfo/${zone}`} ] || exit 0
for package in ${packages}; do [ "$package" != tzdata-legacy ] || exit 0; done
fail ${`timezone: this node knows no time zone ${zone}`}`,
    next: `${next} Nothing was changed.`,
  };
}

export function timezone(zone: string): Step {
  return {
    id: "timezone",
    title: `Time zone ${zone}`,
    // localtime(5). timedatectl would wake a service only to look, and needs D-Bus, which a small server has not.
    check: sh`link=$(readlink /etc/localtime || echo zoneinfo/UTC)
[ "\${link##*zoneinfo/}" = ${zone} ]`,
    apply: sh`[ -e ${`/usr/share/zoneinfo/${zone}`} ] || fail ${`timezone: there is no time zone ${zone}`}
tool link ${`/usr/share/zoneinfo/${zone}`} /etc/localtime
# Debian 12 and Ubuntu have it, too, for programs of old.
[ ! -e /etc/timezone ] || echo ${zone} | tool write /etc/timezone 644 root root
detail ${zone}`,
    next,
  };
}
