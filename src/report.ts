// The report of a run as plain data. The end of the log, the job summary, the outputs and the exit code are made from it.
import type { WovenError } from "./errors.ts";
import type { CommandName, Found, HostKeyPolicy } from "./settings/settings.ts";

export type StepStatus = "ok" | "changed" | "failed" | "skipped";

export interface StepReport {
  readonly stage: string;
  readonly step: string;
  /** One line for the reader: `Install packages`. */
  readonly title: string;
  readonly status: StepStatus;
  readonly seconds: number;
  /** What changed, one item each: package names, file paths, migrations. */
  readonly details: readonly string[];
  /** The step was done, and then undone. */
  readonly undone?: true;
  /** What `ok` stands for: it was so already, the work is done, or a dry run left it out. */
  readonly ok?: "already" | "done" | "not run";
}

/** How a step ended, in the words of the log and the summary. In a dry run, nothing has changed yet. */
export function stepWord({ status, undone, ok }: StepReport, mode: "run" | "plan"): string {
  if (undone) return "undone";
  if (mode === "plan" && status === "changed") return "would change";
  return status === "ok" ? (ok ?? "ok") : status;
}

/** The cost of talking to one node in this run. */
export interface Cost {
  readonly logins: number;
  readonly roundTrips: number;
  readonly bytesSent: number;
}

export interface NodeReport {
  readonly host: string;
  readonly role?: string;
  /** The version that is live at the end of the run. Undefined if none is live, or if it is not known. */
  readonly version?: string;
  /** The version that was live at the start of the run. */
  readonly previous?: string;
  /** Nobody knows what is live: the node could not be asked, or the connection was lost during the switch. */
  readonly unknown?: true;
  readonly status: "ok" | "failed" | "rolled-back" | "skipped";
  readonly changed: boolean;
  /** How long the run worked on this node. The time in which the node waited for others is left out. */
  readonly seconds: number;
  readonly error?: WovenError;
  readonly steps: readonly StepReport[];
  readonly cost: Cost;
  /** known_hosts lines of the node, if the command learned them. */
  readonly knownHosts?: readonly string[];
  /** For `status`, `node` and `logs`: text for a code block, without secrets. */
  readonly text?: string;
}

/** Codes of failures that a failure on another node caused. */
const consequences: ReadonlySet<string> = new Set(["not-back", "went-back"]);

/** The nodes in the order of interest: first those that failed, then those that failed because of them, then the rest. */
export function worstFirst(nodes: readonly NodeReport[]): readonly NodeReport[] {
  const order = ["failed", "not-back", "went-back", "rolled-back", "skipped", "ok"];
  const rank = ({ status, error }: NodeReport) =>
    order.indexOf(error && consequences.has(error.code) ? error.code : status);
  return nodes.toSorted((one, other) => rank(one) - rank(other));
}

/** Commands whose outcome is a version that is live. */
export const releaseCommands: ReadonlySet<CommandName> = new Set(["deploy", "patch", "activate", "rollback"]);

/** Which version is live on the node at the end of the run: `1.1, as before`. The first question after a failure. */
export function liveNow({ version, previous, unknown, status }: NodeReport): string {
  if (unknown) {
    return previous === undefined
      ? "not known, the server could not be asked"
      : `not known, the connection was lost during the switch; ${previous} was live before`;
  }
  if (version === undefined)
    return previous === undefined ? "no version, as before" : `no version; ${previous} was live before`;
  if (status === "rolled-back") return `${version} again`;
  if (version === previous) return `${version}, as before`;
  return previous === undefined ? version : `${version}; ${previous} was live before`;
}

/** How one node ended and what it cost, in a line. */
export function nodeLine(node: NodeReport, run: Pick<RunReport, "command" | "dryRun">): string {
  const { host, status, version, unknown, changed, seconds, cost } = node;
  const { logins, roundTrips, bytesSent } = cost;
  const known = version === undefined ? "" : `, ${version} is live`;
  const live = unknown ? ", the live version is not known" : known;
  const spent = `${seconds.toFixed(1)} s, ${logins} ${logins === 1 ? "login" : "logins"}, ${roundTrips} round trips, ${bytesSent} bytes sent`;
  return `${host}: ${status}${live}${knowsChanges(run) ? changes(changed, run) : ""} (${spent})`;
}

/** False for a management command: only the command itself knows what it changes. */
export function knowsChanges({ command }: Pick<RunReport, "command">): boolean {
  return command !== "node";
}

function changes(changed: boolean, { dryRun }: Pick<RunReport, "dryRun">): string {
  if (dryRun) return changed ? ", would change" : ", nothing would change";
  return changed ? "" : ", nothing changed";
}

/**
 * The same report with all output of nodes and tools put through `clean`. This happens before the output is cut or escaped, while
 * each secret in it is still whole.
 */
export function cleanReport(report: RunReport, cleanText: (text: string) => string): RunReport {
  // Many servers report the same titles and details.
  const cleaned = new Map<string, string>();
  const clean = (text: string) => {
    const known = cleaned.get(text) ?? cleanText(text);
    cleaned.set(text, known);
    return known;
  };
  const step = (one: StepReport): StepReport => ({
    ...one,
    title: clean(one.title),
    details: one.details.map(clean),
  });
  const error = (one: { readonly error?: WovenError }) => (one.error ? { error: one.error.map(clean) } : {});
  const node = (one: NodeReport): NodeReport => ({
    ...one,
    ...error(one),
    ...(one.text === undefined ? {} : { text: clean(one.text) }),
    steps: one.steps.map(step),
  });
  const notices = report.notices ? { notices: report.notices.map(clean) } : {};
  return { ...report, ...error(report), ...notices, nodes: report.nodes.map(node) };
}

/** What became of a preview, and why. */
export interface PreviewOutcome {
  readonly outcome: "built" | "removed" | "nothing";
  readonly why: string;
  /** `pr-12` */
  readonly name?: string;
  /** What differs from the live release: `3 files: shop/views.py, …`. */
  readonly changes?: string;
}

/** What people should know about a preview, for the comment on the pull request. */
export interface PreviewNews {
  /** `pr-12` */
  readonly name: string;
  readonly state: "built" | "failed" | "removed";
  readonly why: string;
  readonly url?: string;
  readonly commit?: string;
  /** What differs from the live release: `3 files: shop/views.py, …`. */
  readonly changes?: string;
  /** Those that this run has applied. */
  readonly migrations: readonly string[];
  readonly seconds: number;
  /** Names of the accounts that may see it. */
  readonly accounts: readonly string[];
  /** How long it lives after its last update. */
  readonly hours: number;
  /** The URL of the run. */
  readonly run?: string;
  /** What failed, in one line. */
  readonly failure?: string;
}

export interface RunReport {
  readonly command: CommandName;
  readonly distribution?: string;
  /** The version that the run deploys, switches to or changes. */
  readonly version?: string;
  /** `http://…`, the first domain of the first site. */
  readonly url?: string;
  readonly dryRun: boolean;
  /** Which host keys the run accepted. Absent: not known. */
  readonly hostKeyPolicy?: HostKeyPolicy;
  readonly seconds: number;
  readonly nodes: readonly NodeReport[];
  /** What everybody should know, whatever the outcome: a domain that is no longer served. */
  readonly notices?: readonly string[];
  /** Of the command preview. */
  readonly preview?: PreviewOutcome;
  /** What Woven found about the project, and in which file. */
  readonly found: readonly { readonly what: string; readonly found: Found<string> }[];
  readonly bundle?: {
    readonly key: string;
    /** sha256 of each bundle of the run, for use in another job. */
    readonly digests: readonly string[];
    readonly cacheHit: boolean;
    readonly wheels: number;
    readonly bytes: number;
    readonly seconds: number;
  };
  /** The failure of the run itself, if it is not a node's. */
  readonly error?: WovenError;
}
