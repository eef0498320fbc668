// gunicorn: WSGI, with a service for each site.
import type { Server } from "./server.ts";
import { behindNginx, siteServer } from "./site-services.ts";

export const gunicorn: Server = siteServer({
  program: "gunicorn",
  options: ["workers", "threads", "timeout"],
  releaseFiles: [behindNginx, { path: "wsgi/_woven_gunicorn.py", template: "gunicorn/settings.py" }],
});
