// Processes and schedules as services of a release: systemd units, which run as the user of a site with the release's environment.
import type { Service } from "../node/services.ts";
import { buildFolder } from "../release/build.ts";
import { type Layout, siteUser, unitText } from "../release/layout.ts";
import type { Background, Process, Schedule } from "../settings/background/background.ts";
import { execLine } from "./exec-line.ts";
import { readWritePaths } from "./read-write-paths.ts";
import type { ServerFile, WebRelease } from "./server.ts";
import { siteLog } from "./site-log.ts";

/** The launcher in a release: it enters the environment of the site. */
export const launcher = { path: "wsgi/_woven_run.py", template: "release/run.py" } as const;

/** What runs them, in records. */
const server = "systemd";

export function backgroundServices(web: WebRelease, { processes, schedules, settle }: Background): readonly Service[] {
  return [
    ...processes.map((worker): Service => {
      const units = processUnits(web.place, worker);
      return {
        ...common(web, worker),
        name: worker.name,
        kind: "process",
        units: units.map((unit) => `${unit}@${web.build}.service`),
        files: units.map((unit) => unitFile(unit, "service")),
        settle,
        drain: worker.drain,
      };
    }),
    ...schedules.map((schedule): Service => {
      const unit = scheduleUnit(web.place, schedule);
      return {
        ...common(web, schedule),
        name: schedule.name,
        kind: "schedule",
        // The timer starts the service of its name.
        units: [`${unit}@${web.build}.timer`],
        files: [unitFile(unit, "timer"), unitFile(unit, "service")],
      };
    }),
  ];
}

export function backgroundFiles(web: WebRelease, { processes, schedules }: Background): readonly ServerFile[] {
  return [
    ...processes.flatMap((worker) => {
      const { stopSignal, drain } = worker;
      const view = { ...viewOf(web, worker, launch(web, worker)), stop_signal: stopSignal, drain };
      return processUnits(web.place, worker).map((unit) => ({
        path: unitFile(unit, "service"),
        template: "background/worker.service",
        view,
      }));
    }),
    ...schedules.flatMap((schedule) => {
      const unit = scheduleUnit(web.place, schedule);
      const { when, timeout, lock } = schedule;
      const locks = `woven-locks/${web.place.distribution}/${siteUser(siteOf(web, schedule).id)}`;
      const view = { ...viewOf(web, schedule, launch(web, schedule)), when, timeout, lock, locks };
      return (["timer", "service"] as const).map((type) => ({
        path: unitFile(unit, type),
        template: `background/schedule.${type}`,
        view,
      }));
    }),
  ];
}

function common(web: WebRelease, one: Process | Schedule) {
  const site = siteOf(web, one);
  return {
    server,
    sites: [site.id],
    user: siteUser(site.id),
    links: {},
    probe: { headers: {} },
    packages: [],
    logs: [siteLog(site, one.name)],
  };
}

function viewOf(web: WebRelease, one: Process | Schedule, command: string) {
  const { place, version } = web;
  const site = siteOf(web, one);
  return {
    distribution: place.distribution,
    version,
    name: one.name,
    user: siteUser(site.id),
    site_id: site.id,
    release: buildFolder(place, "%i"),
    writable: readWritePaths(place),
    memory: one.memory ?? false,
    log: siteLog(site, one.name),
    command,
  };
}

/** The build is the name of the instance, so the units of a release are the same for all its builds. */
function launch({ place }: WebRelease, { command }: Process | Schedule): string {
  const release = buildFolder(place, "%i");
  return `${release}/bin/python ${release}/${launcher.path} ${execLine([command.kind, ...command.words])}`;
}

function siteOf({ sites }: WebRelease, { site, where }: Process | Schedule): WebRelease["sites"][number] {
  const found = site === undefined ? sites[0] : sites.find(({ id }) => id === site);
  if (found === undefined) throw new RangeError(`${where}: there is no site ${site ?? ""}`);
  return found;
}

/** One unit for each of them: the instance is taken by the build. A dash in a name is escaped, so no two have the same units. */
function processUnits(place: Layout, { name, count }: Process): readonly string[] {
  const unit = `${place.unit}-process-${unitText(name)}`;
  return Array.from({ length: count }, (_, index) => (index === 0 ? unit : `${unit}-${index + 1}`));
}

function scheduleUnit(place: Layout, { name }: Pick<Schedule, "name">): string {
  return `${place.unit}-schedule-${unitText(name)}`;
}

function unitFile(unit: string, type: "service" | "timer"): string {
  return `/etc/systemd/system/${unit}@.${type}`;
}
