// Starts nginx, which answers visitors on every node that has releases.
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { testNginx } from "./etc.ts";
import { placeFile } from "./place-file.ts";
import type { Templates } from "./templates.ts";

/** For files that the configuration of sites includes. All distributions share it, so the removal of one leaves it. */
const includes = "/etc/nginx/woven";

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
      check: sh`systemctl is-active --quiet nginx && [ "$(systemctl is-enabled nginx)" = enabled ] && [ -d ${includes} ]`,
      preview: sh`detail 'enable and start nginx'`,
      apply: sh`mkdir -p ${includes}
${testNginx}
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
