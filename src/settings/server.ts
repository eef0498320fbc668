// The server that runs the application, and its options.
import { posix } from "node:path";
import type { ConfigFile } from "./config-file.ts";
import { defaults } from "./defaults.ts";
import { present } from "./present.ts";
import { quoted, type Report } from "./problems.ts";
import { asgiNeed } from "./project/asgi.ts";
import { moduleFile } from "./project/module-files.ts";
import type { ProjectFiles } from "./project-files.ts";
import {
  type Distribution,
  type ServerOptions,
  type Settings,
  type SupportedServer,
  supportedServers,
} from "./settings.ts";

/** The name that the configuration gives, whether or not it works already. */
export function namedServer({ config: { server } }: Pick<ConfigFile, "config">): string | undefined {
  return typeof server === "object" ? server.program : server;
}

/** Options that a server does not have. */
const unfit: { readonly [Name in SupportedServer]?: readonly (keyof ServerOptions)[] } = { uvicorn: ["threads"] };

/** Reports an option that the server does not have. */
export function readServer(
  file: ConfigFile,
  report: Report,
): Pick<Settings, "server" | "serverOptions" | "application"> {
  const { server, application } = file.config;
  const named = namedServer(file);
  const { program: _, ...options } = typeof server === "object" ? server : {};
  const name = supportedServers.find((one) => one === named) ?? defaults.server;
  for (const option of unfit[name] ?? [])
    if (options[option] !== undefined)
      report(
        file.problem(
          ["server", option],
          `${name} has no ${option}`,
          "Remove it. More workers answer more requests at once.",
        ),
      );
  return present({
    server: name,
    serverOptions: present(options),
    application,
  });
}

/** Reports a project that needs ASGI under a server that runs WSGI. Whoever names the application knows what it is. */
export function checkAsgi(
  file: ConfigFile,
  files: ProjectFiles,
  distribution: Distribution | undefined,
  report: Report,
): void {
  const { server } = readServer(file, () => undefined);
  if (distribution === undefined || server === "uvicorn" || file.config.application !== undefined) return;
  const need = asgiNeed(files, distribution);
  if (need === undefined) return;
  report(
    file.problem(
      ["server"],
      `${need.file} has the app ${quoted(need.app)} and ASGI_APPLICATION, and ${server} runs no ASGI`,
      `${file.toWrite('server = "uvicorn"')}\nTo serve its WSGI pages alone, name them: application = "config.wsgi:application"`,
    ),
  );
}

/** Reports an application whose module is not among the project's files: it would only fail once it is started. */
export function checkApplication(
  file: ConfigFile,
  files: ProjectFiles,
  distribution: Distribution | undefined,
  report: Report,
): void {
  const { application, "project-apps-path": apps = "." } = file.config;
  if (application === undefined || distribution === undefined) return;
  const [module = ""] = application.split(":");
  const root = distribution.sourceRoot.value;
  const places = [root, posix.join(root, apps), "."];
  if (places.some((place) => moduleFile(files, place, module) !== undefined)) return;
  const at = files.paths.find((path) => path.endsWith(`/${module.split(".").at(-1)}.py`));
  const seen = at === undefined ? "" : ` There is ${at}.`;
  report(
    file.problem(
      ["application"],
      `there is no file for ${quoted(module)}`,
      `Write it as Python imports it, from ${quoted(root)}.${seen}`,
    ),
  );
}
