// The summary's wording: outcomes, sizes and times as a person says them.
import { knowsChanges, type NodeReport, type RunReport } from "../report.ts";
import type { CommandName } from "../settings/settings.ts";
import { plain } from "./markdown.ts";

/** One part of the page, with a shorter form for a page that is too long. */
export interface Block {
  readonly text: string;
  readonly short?: string;
}

interface Wording {
  readonly done: string;
  readonly doing: string;
  /** What the outcome names between the verb and the nodes: `shop 1.2`. */
  readonly about: "version" | "distribution" | "nothing";
  readonly towards: "to" | "on" | "from";
}

const wordings: Readonly<Record<CommandName, Wording>> = {
  setupnode: { done: "Set up", doing: "Setting up", about: "nothing", towards: "on" },
  bundle: { done: "Built the bundle of", doing: "Building the bundle of", about: "version", towards: "on" },
  deploy: { done: "Deployed", doing: "Deploying", about: "version", towards: "to" },
  patch: { done: "Patched", doing: "Patching", about: "version", towards: "on" },
  activate: { done: "Activated", doing: "Activating", about: "version", towards: "on" },
  rollback: { done: "Rolled back", doing: "Rolling back", about: "version", towards: "on" },
  node: {
    done: "Ran the management command of",
    doing: "Running the management command of",
    about: "distribution",
    towards: "on",
  },
  status: { done: "Status of", doing: "Reading the status of", about: "distribution", towards: "on" },
  startsites: { done: "Started sites of", doing: "Starting sites of", about: "version", towards: "on" },
  remove: { done: "Removed", doing: "Removing", about: "version", towards: "from" },
  logs: { done: "Logs of", doing: "Reading the logs of", about: "distribution", towards: "on" },
  preview: { done: "Preview", doing: "Preview", about: "version", towards: "on" },
  "preview-sweep": { done: "Swept previews", doing: "Sweeping previews", about: "nothing", towards: "on" },
};

/** Whether anything failed. */
export function hasFailed(report: RunReport): boolean {
  return (
    report.error !== undefined ||
    report.nodes.some((node) => node.error !== undefined || node.status === "failed" || node.status === "rolled-back")
  );
}

/** `## ✅ Deployed shop 1.2 to production` */
export function heading(report: RunReport): string {
  const { outcome, why = "" } = report.preview ?? {};
  if (outcome === "nothing") return `## ⏭️ No preview: ${plain(why)}`;
  if (outcome === "removed" && !hasFailed(report) && !report.dryRun) return `## 🧹 No preview any more: ${plain(why)}`;
  const wording = wordings[report.command];
  const what = subject(report, wording);
  const place = placeOf(report, wording);
  const rest = [what, place].filter((part) => part !== "").join(" ");
  if (hasFailed(report)) return `## ❌ ${report.dryRun ? "Dry run: " : ""}${wording.doing} ${rest} failed`;
  if (report.dryRun)
    return `## 🔍 Dry run: ${wording.doing.toLowerCase()} ${rest}${knowsChanges(report) ? ` ${plannedChange(report.nodes)}` : ""}`;
  const nothing =
    report.nodes.length > 0 &&
    report.nodes.every((node) => !node.changed) &&
    ["deploy", "patch", "activate", "setupnode"].includes(report.command);
  return `## ✅ ${wording.done} ${rest}${nothing ? ": nothing had to change" : ""}`;
}

/** `3 nodes` */
export function nodeCount(count: number): string {
  return `${count} ${count === 1 ? "node" : "nodes"}`;
}

/** Seconds as `0.4 s`, `12.3 s`, `2 min 05 s`. */
export function time(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** Bytes as `512 B`, `1.5 kB`, `14.8 MB`. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The place of an error as text: `web1, stage prepare, step migrate`. */
export function placeWords(parts: readonly (readonly [word: string, value: string | undefined])[]): string {
  return parts.flatMap(([word, value]) => (value ? [`${word}${word ? " " : ""}${plain(value)}`] : [])).join(", ");
}

function subject(report: RunReport, { about }: Wording): string {
  if (about === "nothing") return "";
  const name = plain(report.distribution ?? "the project");
  // The target of a rollback is known only after it succeeded. Until then, the report's version is the live one.
  if (report.command === "rollback")
    return report.version && !report.dryRun && !hasFailed(report) ? `${name} to ${plain(report.version)}` : name;
  if (report.command === "remove" && report.version === report.distribution) return `all of ${name}`;
  return about === "version" && report.version ? `${name} ${plain(report.version)}` : name;
}

function placeOf({ nodes }: RunReport, { towards, about }: Wording): string {
  const places = [...new Set(nodes.map((node) => node.role ?? node.host))];
  if (places.length === 0) return "";
  const shown =
    places.length > 4
      ? `${places.slice(0, 3).map(plain).join(", ")} and ${places.length - 3} more`
      : places.map(plain).join(", ");
  return about === "nothing" ? shown : `${towards} ${shown}`;
}

function plannedChange(nodes: readonly NodeReport[]): string {
  const changing = nodes.filter((node) => node.changed).length;
  return changing === 0 ? "would change nothing" : `would change ${nodeCount(changing)}`;
}
