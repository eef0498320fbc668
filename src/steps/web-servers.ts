// nginx in front, Apache behind it: out of each other's way, and ready for the first release.
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { testNginx } from "./etc.ts";
import { placeFile } from "./place-file.ts";
import type { Templates } from "./templates.ts";

/** Modules of Debian's Apache that a Django application behind nginx does without. */
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
 * Every release runs an Apache of its own, on a loopback address of its own (templates/woven/release.service): the one
 * that Debian's package starts for the whole machine has nothing to do.
 */
export function apache(disabled: readonly string[]): readonly Step[] {
  return [
    apacheModules(disabled),
    {
      id: "apache-idle",
      title: "Apache waits for releases",
      check: sh`! systemctl is-active --quiet apache2 && [ "$(systemctl is-enabled apache2 2>/dev/null)" = disabled ]`,
      preview: sh`detail 'stop and disable apache2.service: every release starts its own'`,
      apply: sh`if systemctl is-active --quiet apache2; then
  sites=$(find /etc/apache2/sites-enabled -mindepth 1 ! -name 000-default.conf ! -name default-ssl.conf -printf ' %f')
  [ -z "$sites" ] || fail "Apache serves sites on this node that are not Woven's:$sites"
fi
systemctl disable --quiet --now apache2`,
      next: "Woven would stop this Apache: releases have Apaches of their own, and nginx has port 80. Move the sites elsewhere, or give them up (a2dissite), and run setupnode again; or take a node of its own for Woven.",
    },
  ];
}

/** Turns off what is in the list, and on again what Woven turned off and the list has no more. */
function apacheModules(disabled: readonly string[]): Step {
  // Where Woven remembers what it turned off: tool.py recall.
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
  const words = (what: "on" | "off", file: "modules" | "details") => sh`$(sed -n ${`s/^${what}: //p`} "$run"/${file})`;
  return {
    id: "apache-modules",
    title: "Apache's modules",
    check: sh`${differing}
[ ! -s "$run/modules" ]`,
    preview: sh`cat "$run/modules" >>"$run/details"`,
    apply: sh`${differing}
cat "$run/modules" >>"$run/details"
on="${words("on", "modules")}"; off="${words("off", "modules")}"
{ cat "$run/modules-off"; printf '%s\n' $off; } | sort -u | tool remember ${state}
[ -z "$on" ] || a2enmod -q $on >/dev/null
# Last: to turn one on may turn on others that it depends on.
[ -z "$off" ] || a2dismod -q -f $off >/dev/null
apache2ctl configtest 2>"$run/configtest" || { cat "$run/configtest"; exit 1; }
tool recall ${state} >"$run/modules-off"
{ grep -xF -f "$run/modules-listed" "$run/modules-off" || :; } | tool remember ${state}`,
    undo: sh`on="${words("on", "details")}"; off="${words("off", "details")}"
[ -z "$off" ] || a2enmod -q $off >/dev/null 2>&1 || :
[ -z "$on" ] || a2dismod -q -f $on >/dev/null 2>&1 || :`,
    next: "Apache does not start without one of these modules: take it out of apache-disable-modules. What Apache said is above.",
  };
}

export function nginx(templates: Templates): readonly Step[] {
  return [
    placeFile({
      path: "/var/www/woven/maintenance.html",
      content: templates.render("maintenance.html", {}),
      title: "Maintenance page",
    }),
    {
      id: "nginx",
      title: "nginx runs, and answers no host it does not know",
      check: sh`systemctl is-active --quiet nginx && [ "$(systemctl is-enabled nginx)" = enabled ]`,
      preview: sh`detail 'enable and start nginx'`,
      apply: sh`${testNginx}
systemctl enable --quiet nginx
systemctl reload-or-restart nginx || {
  journalctl -q -n 20 --no-pager -o cat -u nginx
  ss -Hltnp 'sport = :80' | sed 's/^/On port 80: /'
  exit 1
}`,
      next: "nginx cannot start: what it said is above. Something else on port 80 is the usual reason.",
    },
  ];
}
