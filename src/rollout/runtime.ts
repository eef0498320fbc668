// Everything that a command needs from outside, as arguments, so that a test can pass small real ones.
import type { BundleCache } from "../bundle/build-context.ts";
import type { Log } from "../log.ts";
import type { Session, SessionTarget } from "../node/session.ts";
import type { PreviewNews } from "../report.ts";
import type { Run } from "../run-process.ts";

/** The pull requests of the repository, by the API of GitHub. What fails there is a warning, never an error. */
export interface PullRequests {
  /** The numbers of those that are open. Undefined: GitHub could not be asked. */
  open(): Promise<ReadonlySet<number> | undefined>;
  /** Whether it is open, and its last commit. Undefined: GitHub could not be asked. */
  now(number: number): Promise<{ readonly state: "open" | "closed"; readonly commit: string } | undefined>;
  /** Writes the comment and the deployment record. */
  tell(number: number, news: PreviewNews): Promise<void>;
}

export interface Runtime {
  readonly log: Log;
  /** Throws once the run is cancelled. */
  readonly run: Run;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A folder that is removed when the run ends. */
  readonly tempDir: string;
  /** A folder that stays for later runs on the same machine. */
  readonly cacheDir: string;
  readonly cache?: BundleCache | undefined;
  /** Only in a workflow. */
  readonly pullRequests?: PullRequests | undefined;
  /** Milliseconds since the epoch: the one clock of a run. */
  now(): number;
  /** When the run began, by that clock. */
  readonly started: number;
  /**
   * Logs in, and checks the host key as the settings say. `trusted`: further lines of known_hosts, from a login that was checked.
   * `until` ends the attempt; the default is the end of the run.
   */
  connect(target: SessionTarget, trusted?: readonly string[], until?: AbortSignal): Promise<Session>;
  /** The addresses of a host name, as the runner sees them. Rejects with `ENOTFOUND` if DNS says that there is none. */
  lookup(name: string): Promise<readonly string[]>;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  /** Who runs this, for the history on the node. */
  readonly by: { readonly actor?: string; readonly run?: string; readonly commit?: string };
}
