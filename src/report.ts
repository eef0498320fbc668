// What a run did, as plain data: the one source of the log's end, the job summary, the outputs and the exit code.
import type { WovenError } from "./errors.ts";
import type { CommandName, Found } from "./settings/settings.ts";

export type StepStatus = "ok" | "changed" | "failed" | "skipped";

export interface StepReport {
  readonly stage: string;
  readonly step: string;
  /** One line a person understands: `Install packages`. */
  readonly title: string;
  readonly status: StepStatus;
  readonly seconds: number;
  /** What changed, in a word or a line each: package names, file paths, migrations. */
  readonly details: readonly string[];
  /** It had been done, and was taken back. */
  readonly undone?: true;
}

/** What talking to one node cost in this run. */
export interface Cost {
  readonly logins: number;
  readonly roundTrips: number;
  readonly bytesSent: number;
}

export interface NodeReport {
  readonly host: string;
  readonly role?: string;
  /** The version that serves when the run ends; undefined where none does, or it is not known. */
  readonly version?: string;
  /** The version that served when the run began. */
  readonly previous?: string;
  /** Nobody knows what serves: the node could not be asked, or was lost from sight at its switch. */
  readonly unknown?: true;
  readonly status: "ok" | "failed" | "rolled-back" | "skipped";
  readonly changed: boolean;
  readonly seconds: number;
  readonly error?: WovenError;
  readonly steps: readonly StepReport[];
  readonly cost: Cost;
  /** known_hosts lines of the node, where the command learned them. */
  readonly knownHosts?: readonly string[];
  /** For `status` and `node`: text to show in a code block, already free of secrets. */
  readonly text?: string;
}

/** Failures that another node's brought about. */
const consequences: ReadonlySet<string> = new Set(["not-back", "went-back"]);

/** As whoever mends it needs them: first what failed, then what that did to the others, then what took no harm. */
export function worstFirst(nodes: readonly NodeReport[]): readonly NodeReport[] {
  const order = ["failed", "not-back", "went-back", "rolled-back", "skipped", "ok"];
  const rank = ({ status, error }: NodeReport) =>
    order.indexOf(error && consequences.has(error.code) ? error.code : status);
  return nodes.toSorted((one, other) => rank(one) - rank(other));
}

/** Commands whose outcome is a version that is live. */
export const releaseCommands: ReadonlySet<CommandName> = new Set(["deploy", "patch", "activate", "rollback"]);

/** Which version is live on the node when the run ends: the first question of whoever is woken by a failure. `1.1, as before` */
export function liveNow({ version, previous, unknown, status }: NodeReport): string {
  if (unknown) {
    return previous === undefined
      ? "not known, the node could not be asked"
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
  const known = version === undefined ? "" : `, ${version} serves`;
  const serves = unknown ? ", what serves is not known" : known;
  const spent = `${seconds.toFixed(1)} s, ${logins} ${logins === 1 ? "login" : "logins"}, ${roundTrips} round trips, ${bytesSent} bytes sent`;
  return `${host}: ${status}${serves}${knowsChanges(run) ? changes(changed, run) : ""} (${spent})`;
}

/** What a management command changes, nobody knows but the command. */
export function knowsChanges({ command }: Pick<RunReport, "command">): boolean {
  return command !== "node";
}

function changes(changed: boolean, { dryRun }: Pick<RunReport, "dryRun">): string {
  if (dryRun) return changed ? ", would change" : ", nothing would change";
  return changed ? "" : ", nothing changed";
}

/**
 * The same report with everything that nodes and tools said put through `clean`: before it is cut or escaped for wherever it is
 * shown, when a secret in it is still whole.
 */
export function cleanReport(report: RunReport, clean: (text: string) => string): RunReport {
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
  return { ...report, ...error(report), nodes: report.nodes.map(node) };
}

export interface RunReport {
  readonly command: CommandName;
  readonly distribution?: string;
  /** The version the run was about. */
  readonly version?: string;
  /** `http://…`, the first domain of the first site. */
  readonly url?: string;
  readonly dryRun: boolean;
  readonly seconds: number;
  readonly nodes: readonly NodeReport[];
  /** What was found about the project, and from where. */
  readonly found: readonly { readonly what: string; readonly found: Found<string> }[];
  readonly bundle?: {
    readonly key: string;
    /** sha256 of every bundle of the run, for another job. */
    readonly digests: readonly string[];
    readonly cacheHit: boolean;
    readonly wheels: number;
    readonly bytes: number;
    readonly seconds: number;
  };
  /** The run's own failure, where it ended before or beside any node. */
  readonly error?: WovenError;
}
