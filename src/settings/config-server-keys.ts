// The keys of the server: its name alone, or a table with its name and options. TOML does not allow a name and a table of one key.
import * as v from "valibot";
import { key, text, texts, whole } from "./config-key.ts";
import { shownDefault } from "./defaults.ts";
import { serverNames } from "./settings.ts";

const options = v.strictObject({
  program: key(v.picklist(serverNames), {
    description: "The application server, as in `server`, if it has options.",
    example: '[tool.woven.server]\nprogram = "gunicorn"',
    shown: shownDefault("server"),
  }),
  workers: key(whole(1, 256), {
    description: "Processes for each site.",
    example: "workers = 4",
    shown: "one more than the cores, as far as the memory allows",
  }),
  threads: key(whole(1, 256), {
    description: "Threads of each process. Not for `uvicorn`.",
    example: "threads = 8",
    shown: shownDefault("server.threads"),
  }),
  timeout: key(whole(1, 3600), {
    description: "Seconds that a request may take.",
    example: "timeout = 120",
    shown: shownDefault("server.timeout"),
  }),
  arguments: key(texts("argument"), {
    description: "More arguments for the program. For `apache`, more options of `WSGIDaemonProcess`.",
    example: 'arguments = ["--max-requests=500"]',
    shown: "`[]`",
  }),
  memory: key(text("memory"), {
    description:
      "The memory that a service may use. If it needs more, the kernel ends one of its processes, and the program starts another one.",
    example: 'memory = "512M"',
    shown: "no limit",
  }),
  tasks: key(whole(16, 100_000), {
    description: "The processes and threads that a service may have.",
    example: "tasks = 200",
    shown: "systemd's limit",
  }),
});

/** The keys of a site, for where it differs. */
export const siteServerKeys = {
  server: key(v.union([v.picklist(serverNames), options]), {
    description:
      "The program that runs this site, if it differs from `server`, or a table with the same keys. With the same program, keys that are missing are those of `server`.",
    example: 'server = "uvicorn"',
  }),
  application: key(text("application"), {
    description: "The site's own WSGI or ASGI application, if it differs from `application`.",
    example: 'application = "config.asgi:application"',
  }),
};

export const serverKeys = {
  server: key(v.union([v.picklist(serverNames), options]), {
    description:
      "The program that runs the application behind nginx: `apache`, `gunicorn`, `uwsgi`, or `uvicorn` for ASGI and websockets. All but Apache come with the bundle if the requirements do not name them. Or a table with the keys below. [Servers](servers.md) says more.",
    example: 'server = "apache"',
    shown: shownDefault("server"),
  }),
  application: key(text("application"), {
    description: "The module and the name of the application, if not the one that Django's settings name.",
    example: 'application = "config.wsgi:application"',
    shown: "found",
  }),
};
