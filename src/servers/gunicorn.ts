// gunicorn: WSGI, with a service for each site.
import type { Server } from "./server.ts";
import { siteServer } from "./site-services.ts";

export const gunicorn: Server = siteServer({
  program: "gunicorn",
  releaseFiles: [
    {
      path: "wsgi/_woven_gunicorn.py",
      template: "gunicorn/settings.py",
      options: ["workers", "threads", "timeout"],
    },
  ],
});
