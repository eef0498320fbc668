// Prepares nginx and Apache for the first release: nginx has port 80, and each release starts an Apache of its own behind it.
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { testNginx } from "./etc.ts";
import { placeFile } from "./place-file.ts";
import type { Templates } from "./templates.ts";

/** Modules of Debian's Apache that a Django application behind nginx does not need. */
export const apacheDisableModules = [
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

/**
 * Every release runs an Apache of its own, on a loopback address of its own (templates/woven/release.service). The one that Debian's
 * package starts for the whole machine is not needed.
 */
export function apache(disabled: readonly string[]): readonly Step[] {
  return [
    apacheModules(disabled),
    {
      id: "apache-idle",
      title: "Stop the system's Apache",
      check: sh`! systemctl is-active --quiet apache2 && [ "$(systemctl is-enabled apache2 2>/dev/null)" = disabled ]`,
      preview: sh`detail 'stop and disable apache2.service: every release starts its own'`,
      apply: sh`if systemctl is-active --quiet apache2; then
  sites=$(find /etc/apache2/sites-enabled -mindepth 1 ! -name 000-default.conf ! -name default-ssl.conf -printf ' %f')
  [ -z "$sites" ] || fail "Apache serves sites on this node that are not Woven's:$sites"
fi
systemctl disable --quiet --now apache2`,
      next: "Woven did not stop this Apache. It has to: nginx needs port 80, and every release starts an Apache of its own. Move the sites elsewhere or disable them (a2dissite), and run setupnode again. Or use another server for Woven.",
    },
  ];
}

/** Disables the listed modules, and enables those again that Woven disabled and that are no longer listed. */
function apacheModules(disabled: readonly string[]): Step {
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
  const modules = (what: "on" | "off", file: "modules" | "details") => sh`$(sed -n ${`s/^${what}: //p`} "$run"/${file})`;
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

export function nginx(templates: Templates): readonly Step[] {
  return [
    placeFile({
      path: "/var/www/woven/maintenance.html",
      content: templates.render("maintenance.html", {}),
      title: "Place the maintenance page",
    }),
    {
      id: "nginx",
      title: "Start nginx",
      check: sh`systemctl is-active --quiet nginx && [ "$(systemctl is-enabled nginx)" = enabled ]`,
      preview: sh`detail 'enable and start nginx'`,
      apply: sh`${testNginx}
systemctl enable --quiet nginx
systemctl reload-or-restart nginx || {
  journalctl -q -n 20 --no-pager -o cat -u nginx
  ss -Hltnp 'sport = :80' | sed 's/^/On port 80: /'
  exit 1
}`,
      next: "nginx cannot start. Its output is above. Usually another program uses port 80. Stop that program, and run setupnode again.",
    },
  ];
}
