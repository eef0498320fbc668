// A cancelled run: the signal that says so, and how work on the runner stops for it. The rest of cancelling is in three places.
// node/run-stage.ts stops the stage on a node, supervisor.py (templates/node) undoes what that stage changed, and rollout/switch-phase.ts
// rolls back the nodes that have switched already.
import { WovenError } from "./errors.ts";

/** A signal that the first SIGINT or SIGTERM aborts. GitHub sends them 7.5 seconds apart, then kills the process. */
export function cancellation(process: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  const cancel = (signal: string) =>
    controller.abort(
      new WovenError({
        code: "cancelled",
        message: `the run was cancelled (${signal})`,
        next: "Run the command again to continue.",
      }),
    );
  process.on("SIGINT", cancel);
  process.on("SIGTERM", cancel);
  return controller.signal;
}

/** Throws as soon as the run is cancelled. It does not wait for the work: the runner ends that with the job. */
export async function unlessCancelled<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise: cancelled, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([work(), cancelled]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/**
 * Ends the login attempt when `until` is aborted. A session that is open by then stays open: the run needs it to stop the stage on
 * the node.
 */
export async function loginUntil<T>(until: AbortSignal, logIn: (signal: AbortSignal) => Promise<T>): Promise<T> {
  until.throwIfAborted();
  const attempt = new AbortController();
  const abort = () => attempt.abort(until.reason);
  until.addEventListener("abort", abort);
  try {
    return await logIn(attempt.signal);
  } finally {
    until.removeEventListener("abort", abort);
  }
}
