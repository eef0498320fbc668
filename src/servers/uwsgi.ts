// uWSGI: WSGI, with a service for each site. It speaks http to nginx, and ends in peace when systemd stops it.
import type { Server } from "./server.ts";
import { behindNginx, siteServer } from "./site-services.ts";

export const uwsgi: Server = siteServer({
  program: "uwsgi",
  options: ["workers", "threads", "timeout"],
  releaseFiles: [
    behindNginx,
    { path: "wsgi/_woven_uwsgi.ini", template: "uwsgi/settings.ini" },
    { path: "wsgi/_woven_uwsgi.py", template: "uwsgi/start.py" },
    { path: "wsgi/_woven_uwsgi_application.py", template: "uwsgi/application.py" },
  ],
});
