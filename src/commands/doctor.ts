// doctor: checks before a first deployment whatever can be checked, with the code that setupnode and deploy use, and lists all of it in
// one table. Goes on after a problem, and changes nothing on a server. Only from a terminal.
import { asWovenError } from "../errors.ts";
import type { Log } from "../log.ts";
import { checkoutFiles } from "../rollout/checkout-files.ts";
import { domainProblem } from "../rollout/domains.ts";
import { distributionName } from "../rollout/release-facts.ts";
import { requireVariables } from "../rollout/required-variables.ts";
import type { Runtime } from "../rollout/runtime.ts";
import { localRole } from "../settings/roles.ts";
import type { CommandName, Settings } from "../settings/settings.ts";
import { bundler } from "./bundle.ts";
import { checkServer } from "./doctor-server.ts";
import { type Finding, problemsOf, table, tried } from "./findings.ts";
import { runCommand, succeeded } from "./run.ts";

export interface DoctorWorld {
  readonly log: Log;
  /** Reads the settings as the command would, for the roles that were asked for, or for a rehearsal of one of them. */
  read(
    command: CommandName,
    rehearsal?: { readonly role: typeof localRole; readonly of: string | undefined },
  ): Promise<Settings>;
  open(settings: Settings): Promise<Runtime & AsyncDisposable>;
  /** `left out`: no deployment to a throwaway server. */
  readonly rehearsal: "wanted" | "left out";
}

/** Runs all checks, and prints the table. Returns the rows. */
export async function doctor(world: DoctorWorld): Promise<readonly Finding[]> {
  const { settings, findings } = await readable(world);
  const found = [...findings];
  if (settings) {
    await using runtime = await world.open(settings);
    found.push(...(await checkProject(settings, runtime)));
    const bundles = settings.distribution && bundler(settings, runtime);
    for (const address of settings.nodes) found.push(...(await checkServer(address, settings, runtime, bundles)));
    found.push(...(await checkDomains(settings, runtime)));
    runtime.signal.throwIfAborted();
  }
  found.push(await rehearse(world, settings?.roleSettings, found));
  for (const line of table(found)) world.log.info(line);
  return found;
}

/** The settings of a deployment. If they are wrong, those of `status`, which needs less, so that the servers can be checked. */
async function readable({
  read,
}: DoctorWorld): Promise<{ readonly settings?: Settings; readonly findings: readonly Finding[] }> {
  try {
    const settings = await read("deploy");
    const { distribution, version } = settings;
    const text = `${distributionName(settings)} ${version ?? distribution?.version.value}`;
    return { settings, findings: [{ check: "settings", state: "ok", text }] };
  } catch (error) {
    const findings = problemsOf("settings", error);
    // What is wrong for this one, too, is among the findings already.
    const settings = await read("status").catch(() => undefined);
    return { ...(settings ? { settings } : {}), findings };
  }
}

async function checkProject(settings: Settings, runtime: Runtime): Promise<readonly Finding[]> {
  if (settings.distribution === undefined) return [];
  return [
    ...(await tried("environment", async () => {
      await requireVariables(settings, runtime);
      return "no variable is missing, as far as the settings show";
    })),
    ...(await tried("files", async () => {
      const { files } = await checkoutFiles(settings, runtime);
      return `${files.length} files`;
    })),
  ];
}

async function checkDomains({ sites, nodes }: Settings, { lookup }: Runtime): Promise<readonly Finding[]> {
  const hosts = nodes.map(({ host }) => host);
  const domains = sites.flatMap((site) => site.domains);
  if (hosts.length === 0) return [];
  return await Promise.all(
    domains.map(async (domain): Promise<Finding> => {
      const check = `DNS of ${domain}`;
      const answer = await domainProblem(domain, hosts, lookup);
      if (answer.kind === "right") return { check, state: "ok", text: answer.text };
      if (answer.kind === "unknown") return { check, state: "not checked", text: answer.text };
      const [text = "", ...next] = answer.text.split(". ");
      return { check, state: "problem", text, next: next.join(". ") };
    }),
  );
}

/** Sets up a throwaway server and deploys to it: the packages are installed, the settings are loaded, and the health check runs. */
async function rehearse(
  { read, open, rehearsal, log }: DoctorWorld,
  of: string | undefined,
  before: readonly Finding[],
): Promise<Finding> {
  const check = "rehearsal";
  if (rehearsal === "left out") return { check, state: "not checked", text: "left out by --no-rehearsal" };
  const ofProject = /^(settings|environment|files)$|: requirements$/;
  if (before.some(({ check, state }) => ofProject.test(check) && state === "problem"))
    return { check, state: "not checked", text: "the project has problems that it would run into" };
  log.info("Rehearsal: a deployment to a throwaway server on this machine. --no-rehearsal leaves it out.");
  try {
    const settings = await read("deploy", { role: localRole, of });
    await using runtime = await open(settings);
    for (const command of ["setupnode", "deploy"] as const) {
      const report = await runCommand({ ...settings, command }, runtime);
      if (succeeded(report)) continue;
      const failure = [report.error, ...report.nodes.map(({ error }) => error)].find((error) => error !== undefined);
      const { message, details } = asWovenError(failure);
      return { check, state: "problem", text: `${command}: ${message}`, next: details.next };
    }
    return { check, state: "ok", text: "a throwaway server was set up, and the release on it is healthy" };
  } catch (error) {
    const { message, details, code } = asWovenError(error);
    // The fault of this machine, not of the project.
    if (code.startsWith("local-node-")) return { check, state: "not checked", text: message, next: details.next };
    return { check, state: "problem", text: message, next: details.next };
  }
}
