// The node's time zone.
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";

export function timezone(zone: string): Step {
  return {
    id: "timezone",
    title: `Time zone ${zone}`,
    // localtime(5). timedatectl would wake a service only to look.
    check: sh`link=$(readlink /etc/localtime || echo zoneinfo/UTC)
[ "\${link##*zoneinfo/}" = ${zone} ]`,
    apply: sh`[ -e ${`/usr/share/zoneinfo/${zone}`} ] || fail ${`timezone: there is no time zone ${zone}`}
timedatectl set-timezone ${zone}
detail ${zone}`,
    next: "Set timezone to a name from the tz database, such as Europe/Berlin or UTC.",
  };
}
