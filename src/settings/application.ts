// Checks that each site's server can run the project's application.
import { posix } from "node:path";
import type { ConfigFile } from "./config-file.ts";
import { quoted, type Report } from "./problems.ts";
import { asgiNeed } from "./project/asgi.ts";
import { moduleFile } from "./project/module-files.ts";
import type { ProjectFiles } from "./project-files.ts";
import { readServer, runningOf, runsAsgi } from "./server.ts";
import type { Distribution, Site } from "./settings.ts";

/** The parts of the project that decide. */
interface Project {
  readonly files: ProjectFiles;
  readonly distribution: Distribution | undefined;
  readonly sites: readonly Site[];
}

export function checkApplications(file: ConfigFile, project: Project, report: Report): void {
  const { distribution } = project;
  if (distribution === undefined) return;
  checkModules(file, { ...project, distribution }, report);
  checkAsgi(file, { ...project, distribution }, report);
}

interface Found extends Project {
  readonly distribution: Distribution;
}

/** Reports a project that needs ASGI under a server that runs WSGI. Whoever names the application knows what it is. */
function checkAsgi(file: ConfigFile, { files, distribution, sites }: Found, report: Report): void {
  const all = readServer(file, () => undefined);
  const places = new Map<string, Parameters<Report>[0]>();
  for (const site of sites.length > 0 ? sites : [undefined]) {
    const { server, application } = runningOf(all, site ?? {});
    if (runsAsgi(server) || application !== undefined) continue;
    const settingsModule = { value: site?.settingsModule ?? distribution.settingsModule.value, from: "" };
    const need = asgiNeed(files, { ...distribution, settingsModule });
    if (need === undefined) continue;
    const own = site && file.config.sites?.[String(site.id)]?.server;
    const path = own === undefined ? ["server"] : ["sites", String(site?.id), "server"];
    const line = file.toWrite(`${path.join(".")} = "uvicorn"`);
    const problem = file.problem(
      path,
      `${need.file} has the app ${quoted(need.app)} and ASGI_APPLICATION, and ${server} runs no ASGI`,
      `${line}\nTo serve its WSGI pages alone, name them: application = "config.wsgi:application"`,
    );
    places.set(path.join("."), problem);
  }
  for (const problem of places.values()) report(problem);
}

/** Reports an application whose module is not among the project's files: it would only fail once it is started. */
function checkModules(file: ConfigFile, { files, distribution }: Found, report: Report): void {
  const { application, sites = {}, "project-apps-path": apps = "." } = file.config;
  const named = [
    { application, path: ["application"] },
    ...Object.entries(sites).map(([id, site]) => ({
      application: site.application,
      path: ["sites", id, "application"],
    })),
  ];
  const root = distribution.sourceRoot.value;
  const places = [root, posix.join(root, apps), "."];
  for (const one of named) {
    if (one.application === undefined) continue;
    const [module = ""] = one.application.split(":");
    if (places.some((place) => moduleFile(files, place, module) !== undefined)) continue;
    const at = files.paths.find((path) => path.endsWith(`/${module.split(".").at(-1)}.py`));
    const seen = at === undefined ? "" : ` There is ${at}.`;
    report(
      file.problem(
        one.path,
        `there is no file for ${quoted(module)}`,
        `Write it as Python imports it, from ${quoted(root)}.${seen}`,
      ),
    );
  }
}
