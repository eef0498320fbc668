// The settings of previews: what the event asks for, and where and how a preview runs.
import { createHash } from "node:crypto";
import type { Background } from "./background/background.ts";
import { bytesOf } from "./bytes.ts";
import type { ConfigFile } from "./config-file.ts";
import { type DataServiceName, databaseServices } from "./data-services.ts";
import { defaults } from "./defaults.ts";
import { suggestion } from "./did-you-mean.ts";
import { fits, misfit } from "./grammar.ts";
import type { Inputs } from "./inputs.ts";
import { present } from "./present.ts";
import { decidePreview, type PreviewDecision, type WorkflowEvent } from "./preview-decision.ts";
import { quoted, type Report } from "./problems.ts";
import type { Settings, Site } from "./settings.ts";

/** Between the name of a distribution and that of its preview. The name of no other distribution has one. */
export const previewMark = "~";

export interface PreviewSettings {
  readonly decision: PreviewDecision;
  /** The distribution that it is a preview of. Undefined if there is no project here. */
  readonly base?: string;
  /** `preview.example.com` of `pr-12.preview.example.com`. */
  readonly domain?: string;
  /** Seconds from its last update. */
  readonly ttl: number;
  /** `live`: a copy of the live release's databases and media. Undefined: an empty database. */
  readonly databaseFrom?: "live";
  /** Of the services that the configuration lists, those with databases. A pull request decides no more about them. */
  readonly databases: readonly DataServiceName[];
  /** How many previews of the distribution run on a node at the same time. */
  readonly most: number;
  /** For MemoryMax= and TasksMax= of all its services together. */
  readonly memory: string;
  readonly tasks: number;
  /** Bytes of memory for all previews that run. Undefined: half of the node's. */
  readonly totalMemory?: number;
  /** Bytes on the node's disk that previews leave free. */
  readonly keepFree: number;
}

/** `shop~pr-12`. */
export function previewDistribution(base: string, name: string): string {
  return `${base}${previewMark}${name}`;
}

export function isPreview(distribution: string): boolean {
  return distribution.includes(previewMark);
}

/**
 * The configuration without what a pull request must not decide: which servers and accounts it reaches, and what comes with production.
 * Its own values of these keys are ignored.
 */
export function withoutOwn(file: ConfigFile): { readonly file: ConfigFile; readonly ignored: readonly string[] } {
  const { roles, "deployment-root": root, env, services, migrate, drain, ...config } = file.config;
  const own = { roles, "deployment-root": root, env, services, migrate, drain };
  const ignored = Object.entries(own).flatMap(([key, value]) => (value === undefined ? [] : key));
  const isClosed = config.preview?.["basic-auth"] ?? defaults["preview.basic-auth"];
  const web = { ...config.web, noindex: true, "basic-auth": isClosed };
  return { file: { ...file, config: { ...config, web } }, ignored };
}

/** The services with databases that a configuration lists. */
export function listedDatabases({ config: { services = [] } }: ConfigFile): readonly DataServiceName[] {
  const names: readonly string[] = Array.isArray(services) ? services : Object.keys(services);
  return databaseServices.filter((name) => names.includes(name));
}

interface Given {
  readonly inputs: Inputs;
  readonly file: ConfigFile;
  readonly event: WorkflowEvent | undefined;
  readonly command: Settings["command"];
  readonly databases: PreviewSettings["databases"];
}

/** Undefined for commands that have nothing to do with previews. */
export function readPreview(
  { inputs, file, event, command, databases }: Given,
  report: Report,
): PreviewSettings | undefined {
  if (command !== "preview" && command !== "preview-sweep") return undefined;
  const { preview = {}, "preview-domain": domain, "preview-ttl": ttl } = file.config;
  const name = inputs.text("preview");
  if (name !== undefined && !fits("previewName", name))
    report({ where: "input preview", what: `${quoted(name)} ${misfit("previewName")}` });
  const decision = decidePreview(event, {
    name,
    label: inputs.text("preview-label"),
    drafts: (preview.drafts ?? defaults["preview.drafts"]) ? "built" : "left out",
    secrets: (inputs.text("ssh-key") ?? inputs.text("password")) ? "given" : "absent",
  });
  const memory = preview.memory ?? defaults["preview.memory"];
  const { "total-memory": total } = preview;
  const totalMemory = total === undefined ? undefined : bytesOf(total);
  if (totalMemory !== undefined && totalMemory < bytesOf(memory))
    report(
      file.problem(
        ["preview", "total-memory"],
        `${quoted(total ?? "")} is less than the memory of one preview, ${memory}`,
        "Write a larger amount, or a smaller one for preview.memory.",
        total,
      ),
    );
  return present({
    decision: command === "preview" ? decision : { kind: "nothing" as const, why: "a sweep builds nothing" },
    domain: domain?.toLowerCase(),
    ttl: secondsOf(ttl ?? defaults["preview-ttl"]),
    databaseFrom: file.config["preview-database-from"],
    databases,
    most: preview.most ?? defaults["preview.most"],
    memory,
    tasks: preview.tasks ?? defaults["preview.tasks"],
    totalMemory,
    keepFree: bytesOf(preview["keep-free"] ?? defaults["preview.keep-free"]),
  });
}

/** Reports what a preview that is to be built lacks. */
export function requirePreviewDomain({ domain }: PreviewSettings, file: ConfigFile, report: Report): void {
  if (domain !== undefined || file.isWrong("preview-domain")) return;
  report({
    where: file.name === "woven.toml" ? "woven.toml: preview-domain" : "pyproject.toml: tool.woven.preview-domain",
    what: "is not set, and a preview needs an address",
    next: `${file.toWrite('preview-domain = "preview.example.com"')}\nAnd make a DNS record for all names below it that leads to the server: *.preview.example.com A 198.51.100.7`,
  });
}

/** The sites of a preview: with addresses below the preview domain, and ids, and so users, that no other site of the node has. */
export function previewSites(sites: readonly Site[], distribution: string, domain: string): readonly Site[] {
  const [, name = ""] = distribution.split(previewMark);
  const given: readonly Site[] = sites.length > 0 ? sites : [{ id: 1, domains: [] }];
  const [first] = given;
  // Its address is the only name of a site: `served` has names of production.
  return given.map(({ served: _, ...site }) => {
    const words = [
      name,
      ...(site.id === first?.id ? [] : [String(site.id)]),
      ...(site.subdomain === undefined ? [] : [site.subdomain.replaceAll("_", "-")]),
    ];
    return {
      ...site,
      id: previewSiteId(distribution, site.id),
      django: site.id,
      domains: [`${words.join("-")}.${domain}`],
    };
  });
}

/** Twelve digits: of thousands of previews, no two have the same. The user's name has 17 characters. */
export function previewSiteId(distribution: string, site: number): number {
  const digest = createHash("sha256").update(`${distribution}/${site}`).digest();
  return 100_000_000_000 + (digest.readUIntBE(0, 6) % 900_000_000_000);
}

/** Only the processes and schedules that `[preview]` names run, at the preview's own sites. */
export function previewBackground(
  { processes, schedules, settle }: Background,
  file: ConfigFile,
  sites: readonly Site[],
  report: Report,
): Background {
  const kept = <T extends { readonly name: string; readonly site?: number }>(
    all: readonly T[],
    key: "processes" | "schedules",
  ): readonly T[] => {
    const wanted = file.config.preview?.[key] ?? [];
    const names = all.map(({ name }) => name);
    for (const name of wanted)
      if (!names.includes(name))
        report(file.problem(["preview", key], `there is no ${quoted(name)} in ${key}`, suggestion(name, names), name));
    return all.flatMap((one) => {
      if (!wanted.includes(one.name)) return [];
      const site = sites.find(({ django }) => django === one.site);
      return site === undefined ? one : { ...one, site: site.id };
    });
  };
  return { processes: kept(processes, "processes"), schedules: kept(schedules, "schedules"), settle };
}

/** What is wrong with a time to live, as text after the value. */
export function ttlProblem(value: string): string | undefined {
  return /^[1-9][0-9]{0,2}[hd]$/.test(value) ? undefined : "is not a time in hours or days, such as 7d or 12h";
}

function secondsOf(ttl: string): number {
  return Number.parseInt(ttl, 10) * (ttl.endsWith("d") ? 24 : 1) * 3600;
}
