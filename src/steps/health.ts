// The health checks of a release: before the switch, Woven asks its services directly; after the switch, nginx, as a visitor does.
import { inRun, inTurn, tool } from "../node/pieces.ts";
import { type Service, serviceOf, webServices } from "../node/services.ts";
import { type Shell, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { buildFolder } from "../release/build.ts";
import { primaryDomain } from "../settings/domain.ts";
import { causeOf } from "../traceback.ts";
import { newLines } from "./error-logs.ts";
import { keepFailed } from "./failed-release.ts";
import {
  directRoutes,
  entrance,
  forwarded,
  headersOf,
  limitOf,
  pageOf,
  type Routes,
  schemeOf,
  visitorRoutes,
  wayTo,
} from "./health-page.ts";
import { writeFailure } from "./project-failure.ts";
import { type Switch, switchUndone } from "./services.ts";

type Site = ReleaseRecord["sites"][number];

/** Lines of the error logs to look at: tracebacks of templates have many. */
const logLines = 200;

/** Seconds after which an answer that is unlikely to change ends the wait. After the switch, visitors see it. */
const steady = { before: 5, after: 2 } as const;

/** Asks the services directly, for every site, before they get any traffic. */
export function askServices({ to, from }: Switch): Step {
  const { sites, services } = to.record;
  const routes = directRoutes(to.record);
  const specs = webServices(services).flatMap((service) =>
    sites
      .filter((site) => serviceOf(site, services) === service)
      .map((site) => askService(site, service, to.record, routes)),
  );
  const { files } = probes("health", specs);
  return {
    id: "health",
    title: "Check health before the switch",
    plan: "quiet",
    limit: limitOf(to.record),
    files,
    apply: askAll(files, services, from ? sh`:` : keepFailed(to)),
    failure: (output) => unhealthy("The new release is unhealthy", output),
    // The log may hold errors of earlier releases.
    advice: (output) => {
      return output.includes(`${buildFolder(to.place, to.record.build)}/`) ? writeFailure(output)?.next : undefined;
    },
    ...afterUnhealthy({ to, from }),
  };
}

/** What is true, and what to do, after a release was unhealthy before its switch. */
export function afterUnhealthy({ to, from }: Pick<Switch, "to"> & { readonly from?: Switch["from"] | undefined }) {
  if (from !== undefined) return { next: fixIt };
  return { state: `${to.record.version} stays on this server, without traffic.`, next: firstOne(to.record) };
}

/** Asks the service of a site for its page. */
function askService(site: Site, service: Service, record: ReleaseRecord, routes: Routes): object {
  return {
    ...wayTo(service),
    ...pageOf(site, record, routes),
    headers: headersOf(site, service, record),
    steady: steady.before,
  };
}

const fixIt = "Fix the cause, and deploy again. `health` in the configuration sets the path and the expected answer.";

/** After a first deployment, the usual cause is an empty database. */
function firstOne({ version }: ReleaseRecord): string {
  return `Load data, if its pages need some that the database does not have yet:
- command: node
- version: ${JSON.stringify(version)}
- management-command: loaddata
- options: <the fixture>
Then run the same deploy again: what was sent is not sent again. If it is something else, fix it and deploy. ${fixIt.slice(fixIt.indexOf("`health`"))}`;
}

/** The last line says which answer was wrong: see askAll. */
function unhealthy(what: string, output: string): string | undefined {
  const cause = causeOf(output);
  return cause && `${what}: ${cause}`;
}

/** Asks until one answer is wrong. Then shows the error log and that answer, and runs `then`. */
function askAll(specs: readonly StageFile[], services: readonly Service[], then: Shell): Shell {
  const asked = specs.map(({ name }) => inRun(`files/${name}`));
  return inTurn(
    tool(["probes", ...asked], { out: inRun("healthy"), err: inRun("probed"), mayFail: true }),
    sh`touch "$run/unchanged"
if grep -qxF healthy "$run/healthy"; then exit 0; fi
# What happened and what was answered come last, because an annotation shows the end of a long text.
{ sed 1d "$run/probed"; echo "--- The error log since the start:"; { ${newLines(services)}
} | ${withoutPrefix} | tail -n ${logLines}; echo "---"; sed -n '1{s/:$//;p}' "$run/probed"; } >&2
${then}
exit 1`,
  );
}

/** Removes what a server may put before each line of an application: time, module, process, client. */
const withoutPrefix = sh`sed -E 's/^\[[^]]+\] \[[a-z_]+:[a-z]+\] \[pid [^]]+\] (\[(remote|client) [^]]+\] )?//'`;

/** Asks through nginx, as a visitor would. */
export function askVisitor({ to: { record } }: Switch): Step {
  const { sites, services } = record;
  const routes = visitorRoutes(record);
  const { files } = probes("verify", [
    ...sites.map((site) => askMark(site, record)),
    ...sites.map((site) => askPage(site, record, routes)),
  ]);
  return {
    id: "verify",
    title: "Check health as a visitor",
    plan: "quiet",
    limit: limitOf(record),
    files,
    apply: askAll(files, services, sh`:`),
    failure: (output) => unhealthy("The new release is unhealthy through nginx", output),
    ...switchUndone,
    next: fixIt,
  };
}

/** Asks nginx which build answers for a site. */
function askMark(site: Site, record: ReleaseRecord): object {
  return {
    ...entrance(record),
    ...schemeOf(site, record),
    headers: forwarded(site, record),
    host: primaryDomain(site),
    ...mark(record),
    status: 200,
    timeout: 15,
    // nginx answers this by itself. Right after its reload, an old worker may answer once more.
    pause: 0.01,
  };
}

/** What nginx itself answers: which build gets the requests. */
function mark(record: ReleaseRecord): { readonly path: string; readonly text: string } {
  return { path: "/.woven/release", text: record.mark };
}

/** Asks nginx for the page of a site. */
function askPage(site: Site, record: ReleaseRecord, routes: Routes): object {
  return {
    ...entrance(record),
    ...pageOf(site, record, routes),
    headers: forwarded(site, record),
    steady: steady.after,
    first: mark(record),
  };
}

/** The same for one site that joins a release: each check fails for itself. `name` makes the files unique. */
export function siteProbes(
  name: string,
  site: Site,
  record: ReleaseRecord,
): { readonly files: readonly StageFile[]; readonly service: Shell; readonly visitor: Shell } {
  const own = serviceOf(site, record.services);
  const direct = probes(`health-${name}`, own ? [askService(site, own, record, directRoutes(record))] : []);
  const nginx = probes(`verify-${name}`, [askMark(site, record), askPage(site, record, visitorRoutes(record))]);
  return { files: [...direct.files, ...nginx.files], service: allOf(direct.asks), visitor: allOf(nginx.asks) };
}

/** Each request comes from a file that only root can read, because its headers may hold the key to the service. */
function probes(
  id: string,
  specs: readonly object[],
): { readonly files: readonly StageFile[]; readonly asks: readonly Shell[] } {
  const files = specs.map((spec, index) => ({ name: `${id}-${index}.json`, content: JSON.stringify(spec) }));
  return { files, asks: files.map(({ name }) => sh`tool probe - <"$files"/${name}`) };
}

function allOf(asks: readonly Shell[]): Shell {
  return asks.reduce((done, ask) => sh`${done} && ${ask}`, sh`:`);
}
