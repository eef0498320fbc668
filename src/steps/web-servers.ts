// nginx in front, Apache behind it: out of each other's way, and ready for the first release.
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
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
      apply: sh`systemctl disable --quiet --now apache2`,
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
      check: sh`[ -L /etc/nginx/sites-enabled/default ] && systemctl is-active --quiet nginx && [ "$(systemctl is-enabled nginx)" = enabled ]`,
      preview: sh`detail 'enable nginx and its default server'`,
      apply: sh`tool link /etc/nginx/sites-available/default /etc/nginx/sites-enabled/default
nginx -t -q
systemctl enable --quiet nginx
systemctl reload-or-restart nginx`,
      next: "nginx cannot start: what it said is above. Something else on port 80 is the usual reason.",
    },
  ];
}
