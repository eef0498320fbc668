// Everything outside that a command needs, handed in: a test hands in small real ones.
import type { BundleCache } from "../bundle/build-context.ts";
import type { Log } from "../log.ts";
import type { Session, SessionTarget } from "../node/session.ts";
import type { Run } from "../run-process.ts";

export interface Runtime {
  readonly log: Log;
  /** Throws where the run is cancelled. */
  readonly run: Run;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Scratch space that is removed when the run ends. */
  readonly tempDir: string;
  /** Stays from run to run where the machine does. */
  readonly cacheDir: string;
  readonly cache?: BundleCache | undefined;
  /** Milliseconds since the epoch: the one clock of a run. */
  now(): number;
  /** When the run began, by that clock. */
  readonly started: number;
  /** Logs in, checking the host key as the settings say; `trusted`: lines of known_hosts that a checked login has brought; `until` ends the attempt: the end of the run, unless told otherwise. */
  connect(target: SessionTarget, trusted?: readonly string[], until?: AbortSignal): Promise<Session>;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  /** Who runs this, for the history on the node. */
  readonly by: { readonly actor?: string; readonly run?: string; readonly commit?: string };
}
