// Records which repository set a node up, and as which role. A run from another one fails if it would remove something of the first.
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { askPackages, listedPackages } from "./package-conflicts.ts";
import { askRules, listedRules } from "./ufw-rules.ts";

const file = "/var/local/woven/set-up-by";

export interface Setup {
  readonly distribution?: string;
  /** Undefined where the host itself was named. */
  readonly role?: string;
  readonly packages: readonly string[];
  /** Undefined where the firewall is left alone. */
  readonly rules?: readonly string[];
}

/**
 * Woven removes what it added and the settings no longer list. With the settings of another repository or another role, that would
 * be everything the first one needs. If nothing would be removed, the run goes on: a role may be renamed, and two repositories may
 * list the same packages.
 */
export function setUpBy({ distribution = "", role = "", packages, rules }: Setup): Step {
  const conflict = sh`conflict=
set_up_by=$(sed -n 1p ${file} 2>/dev/null) || set_up_by=
set_up_as=$(sed -n 2p ${file} 2>/dev/null) || set_up_as=
distribution=${distribution}
if [ -e ${file} ] && { [ "$set_up_as" != ${role} ] || { [ -n "$set_up_by" ] && [ -n "$distribution" ] && [ "$set_up_by" != "$distribution" ]; }; }; then
  ${askPackages("taken")} >"$run/would-remove"
  ${rules === undefined ? sh`:` : sh`${askRules("unlisted")} >>"$run/would-remove"`}
  would_remove=$(awk '{ printf "%s%s", sep, $0; sep = ", " }' "$run/would-remove")
  [ -z "$would_remove" ] || conflict="this server was set up$([ -z "$set_up_by" ] || printf ' by %s' "$set_up_by")$([ -z "$set_up_as" ] || printf ' as %s' "$set_up_as"). These settings would remove: $would_remove"
fi`;
  return {
    id: "set-up-by",
    title: "Check which repository sets this server up",
    plan: "quiet",
    files: [listedPackages(packages), ...(rules === undefined ? [] : [listedRules(rules)])],
    check: sh`[ "$(cat ${file} 2>/dev/null)" = ${`${distribution}\n${role}`.trimEnd()} ]`,
    preview: sh`${conflict}
[ -z "$conflict" ] || detail "this would fail: $conflict"`,
    apply: sh`touch "$run/unchanged"
${conflict}
[ -z "$conflict" ] || fail "$conflict"
printf '%s\n' ${distribution} ${role} >"$run/set-up-by"
tool write ${file} 600 root root <"$run/set-up-by"`,
    state: "Nothing was changed.",
    next: `One repository sets a server up, as one role. Add what is named above to these settings. To set the server up with these settings from now on, run on it: sudo rm ${file}`,
  };
}
