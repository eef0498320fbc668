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
    {
      id: "apache-modules",
      title: "Apache's modules",
      check: sh`for module in ${disabled}; do [ ! -e "/etc/apache2/mods-enabled/$module.load" ] || exit 1; done
[ -e /etc/apache2/mods-enabled/wsgi.load ] && [ -e /etc/apache2/mods-enabled/mpm_event.load ]`,
      preview: sh`for module in ${disabled}; do [ ! -e "/etc/apache2/mods-enabled/$module.load" ] || detail "off: $module"; done`,
      apply: sh`for module in ${disabled}; do
  if [ -e "/etc/apache2/mods-enabled/$module.load" ]; then a2dismod -q -f "$module" >/dev/null; detail "off: $module"; fi
done
a2enmod -q wsgi mpm_event >/dev/null
apache2ctl configtest 2>"$run/configtest" || { cat "$run/configtest"; exit 1; }`,
      undo: sh`a2enmod -q $(sed -n 's/^off: //p' "$run/details") >/dev/null 2>&1 || :`,
      next: "Apache does not start without one of these modules: take it out of apache-disable-modules. What Apache said is above.",
    },
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
