// Which repository, and as which role, set a node up: another one that would take something of it away is told so first.
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
 * Packages and rules are Woven's by the node's memory alone: settings of another repository, or of another role in a later run,
 * would remove them. Where nothing would go there is nothing to ask: a role may be renamed, and two repositories may want the same.
 */
export function setUpBy({ distribution = "", role = "", packages, rules }: Setup): Step {
  const taken = sh`taken=
was=$(sed -n 1p ${file} 2>/dev/null) || was=
was_role=$(sed -n 2p ${file} 2>/dev/null) || was_role=
ours=${distribution}
if [ -e ${file} ] && { [ "$was_role" != ${role} ] || { [ -n "$was" ] && [ -n "$ours" ] && [ "$was" != "$ours" ]; }; }; then
  ${askPackages("taken")} >"$run/taken"
  ${rules === undefined ? sh`:` : sh`${askRules("unlisted")} >>"$run/taken"`}
  taken=$(awk '{ printf "%s%s", sep, $0; sep = ", " }' "$run/taken")
fi
told="this server was set up$([ -z "$was" ] || printf ' by %s' "$was")$([ -z "$was_role" ] || printf ' as %s' "$was_role"), and these settings would take from it: $taken"`;
  return {
    id: "set-up-by",
    title: "Set up by one repository, as one role",
    plan: "quiet",
    files: [listedPackages(packages), ...(rules === undefined ? [] : [listedRules(rules)])],
    check: sh`[ "$(cat ${file} 2>/dev/null)" = ${`${distribution}\n${role}`.trimEnd()} ]`,
    preview: sh`${taken}
[ -z "$taken" ] || detail "this would fail: $told"`,
    apply: sh`touch "$run/unchanged"
${taken}
[ -z "$taken" ] || fail "$told"
printf '%s\n' ${distribution} ${role} >"$run/set-up-by"
tool write ${file} 600 root root <"$run/set-up-by"`,
    next: `Nothing was changed. A server is set up by one repository, as one role: give these settings what is named above. If the server is to be set up by them from now on, run on it: sudo rm ${file}`,
  };
}
