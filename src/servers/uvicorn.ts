// uvicorn: ASGI, for websockets and streaming, with a service for each site.
import type { Server } from "./server.ts";
import { siteServer } from "./site-services.ts";

export const uvicorn: Server = siteServer({
  program: "uvicorn",
  releaseFiles: [{ path: "wsgi/_woven_uvicorn.py", template: "uvicorn/application.py" }],
  options: ["workers"],
  websockets: true,
});
