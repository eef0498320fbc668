// What a command needs to know of the project: its names and sites for some, all of its distribution for others.
import type { Problem } from "../errors.ts";
import { distributionName, type KnownOfDistribution, type Repository, readDistribution } from "./distribution.ts";
import type { Inputs } from "./inputs.ts";
import { present } from "./present.ts";
import type { Report } from "./problems.ts";
import type { CommandName, Distribution, Settings } from "./settings.ts";
import { readSites, requireDomains } from "./sites.ts";
import type { SettingsSource } from "./source.ts";
import { withSubdomains } from "./subdomains.ts";

type Need = "all" | "name" | "name-if-any";

/** Commands that need no checkout: the servers know what they have (node-distribution.ts). */
const withoutCheckout: ReadonlySet<CommandName> = new Set(["status", "activate", "rollback"]);

export function hasNoCheckout(command: CommandName, { files }: Repository): boolean {
  return withoutCheckout.has(command) && files.paths.length === 0;
}

/** How much of the project a command needs. */
export const projectNeed: Readonly<Record<CommandName, Need>> = {
  setupnode: "name-if-any",
  status: "name-if-any",
  bundle: "all",
  deploy: "all",
  patch: "all",
  activate: "name",
  rollback: "name",
  node: "name",
  remove: "name",
  logs: "name",
  preview: "name-if-any",
  "preview-sweep": "name-if-any",
  startsites: "all",
};

export interface Read {
  readonly inputs: Inputs;
  readonly command: CommandName;
  readonly repository: Repository;
}

export async function readProject(
  source: SettingsSource,
  { inputs, command, repository }: Read,
  known: Omit<KnownOfDistribution, "sites"> & { readonly need: Need },
  report: Report,
): Promise<Pick<Settings, "distributionName" | "distribution" | "sites" | "sitesFrom" | "sitesWithoutDomain">> {
  const read = readSites(repository.config, report);
  const { sites } = read;
  if (repository.state === "unreadable") return read;
  if (command === "deploy" || command === "patch" || command === "startsites")
    requireDomains(sites, repository.config, report);
  const { need } = known;
  const given = inputs.text("distribution");
  if (given === undefined && hasNoCheckout(command, repository)) return read;
  const name = distributionName(source, repository, given, need === "name-if-any" ? () => undefined : report);
  const distribution =
    need === "all"
      ? await readDistribution(source, repository, { ...known, sites }, report)
      : await distributionIfAny(source, repository, { ...known, sites }, need);
  const parts = distribution ? withSubdomains(sites, repository.config, repository.files, distribution) : sites;
  return present({ ...read, sites: parts, distributionName: name, distribution });
}

/** setupnode looks for hooks in the project's own package first. It works without a project too, so a missing one is not reported. */
async function distributionIfAny(
  source: SettingsSource,
  repository: Repository,
  known: KnownOfDistribution,
  need: Exclude<Need, "all">,
): Promise<Distribution | undefined> {
  if (need === "name") return undefined;
  const problems: Problem[] = [];
  const found = await readDistribution(source, repository, known, (problem) => problems.push(problem));
  return problems.length === 0 ? found : undefined;
}
