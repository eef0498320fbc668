// Enables the Apache modules that a release needs, and disables those that it does not need.
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";

/** Modules of Debian's Apache that a Django application behind nginx does not need. */
const unneeded = [
  "alias",
  "auth_basic",
  "authn_file",
  "authz_user",
  "autoindex",
  "cgid",
  "deflate",
  "dir",
  "negotiation",
  "reqtimeout",
  "setenvif",
  "status",
];

/** Disables the listed modules, and enables those again that Woven disabled and that are no longer listed. */
export function apacheModules(disabled: readonly string[] = unneeded): Step {
  // The key under which node.json records the modules that Woven disabled (tool.py recall).
  const state = "apache-modules";
  const differing = sh`enabled() { [ -e "/etc/apache2/mods-enabled/$1.load" ]; }
tool recall ${state} >"$run/modules-off"
: >"$run/modules"
for module in ${["", ...disabled]}; do [ -z "$module" ] || ! enabled "$module" || echo "off: $module" >>"$run/modules"; done
printf '%s\n' ${["", ...disabled]} >"$run/modules-listed"
{ grep -vxF -f "$run/modules-listed" "$run/modules-off" || :; } | while read -r module; do
  enabled "$module" || [ ! -e "/etc/apache2/mods-available/$module.load" ] || echo "on: $module" >>"$run/modules"
done
for module in wsgi mpm_event; do enabled "$module" || echo "on: $module" >>"$run/modules"; done`;
  const modules = (what: "on" | "off", file: "modules" | "details") =>
    sh`$(sed -n ${`s/^${what}: //p`} "$run"/${file})`;
  return {
    id: "apache-modules",
    title: "Configure Apache's modules",
    check: sh`${differing}
[ ! -s "$run/modules" ]`,
    preview: sh`cat "$run/modules" >>"$run/details"`,
    apply: sh`${differing}
cat "$run/modules" >>"$run/details"
on="${modules("on", "modules")}"; off="${modules("off", "modules")}"
{ cat "$run/modules-off"; printf '%s\n' $off; } | sort -u | tool remember ${state}
[ -z "$on" ] || a2enmod -q $on >/dev/null
# Disable last: to enable a module also enables those that it depends on.
[ -z "$off" ] || a2dismod -q -f $off >/dev/null
apache2ctl configtest 2>"$run/configtest" || { cat "$run/configtest"; exit 1; }
tool recall ${state} >"$run/modules-off"
{ grep -xF -f "$run/modules-listed" "$run/modules-off" || :; } | tool remember ${state}`,
    undo: sh`on="${modules("on", "details")}"; off="${modules("off", "details")}"
[ -z "$off" ] || a2enmod -q $off >/dev/null 2>&1 || :
[ -z "$on" ] || a2dismod -q -f $on >/dev/null 2>&1 || :`,
    next: "The error of Apache is above. Its modules are as they were before. If Apache needs one of the disabled modules, take that one out of apache-disable-modules.",
  };
}
