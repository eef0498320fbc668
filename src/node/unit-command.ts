// A command that a node runs as a transient unit, so that Woven can end it with everything it started.
import { randomBytes } from "node:crypto";
import { asWovenError, WovenError } from "../errors.ts";
import type { Host } from "./host.ts";
import type { ExecResult } from "./session.ts";
import { sh } from "./sh.ts";

export interface UnitOptions {
  /** The account that it runs as. */
  readonly user: string;
  /** Added to its environment through a file that only root can read and that is removed with the unit. Secrets are on no command line. */
  readonly environment: Readonly<Record<string, string>>;
  /** Gets what the command prints, on either stream, as it comes. */
  readonly onOutput: (chunk: Buffer) => void;
  readonly limitSeconds: number;
}

// RuntimeMaxSec and ExecStopPost end the command and remove the file even if the runner has died. Without --description, the
// journal would keep the whole command line.
const start = sh`unit=$1 limit=$2 user=$3; shift 3
umask 077
environment=$(mktemp /run/woven-environment.XXXXXX)
cat >"$environment"
code=0
systemd-run --quiet --collect --pipe --wait --unit="$unit" --description="$unit" -p TimeoutStopSec=4 -p RuntimeMaxSec="$limit" \
  -p User="$user" -p EnvironmentFile="$environment" -p ExecStopPost="+/bin/rm -f $environment" -- "$@" </dev/null 2>&1 || code=$?
rm -f "$environment"
exit "$code"`;

const stop = sh`systemctl stop --no-block "$1.service"`;

/**
 * Runs the command as `user`, with an empty standard input. Returns its exit status and the last 64 KiB of its output. If the run
 * is cancelled, the time is up or the connection is lost, it stops the command on the node, and the error says whether that worked.
 */
export async function runUnit(host: Host, words: readonly string[], options: UnitOptions): Promise<ExecResult> {
  const { user, environment, limitSeconds, onOutput } = options;
  const unit = `woven-command-${Date.now().toString(36)}-${randomBytes(3).toString("hex")}`;
  // systemd expands variables in a command line: systemd.service(5), "Command lines".
  const args = [unit, String(limitSeconds + 60), user, ...words.map((word) => word.replaceAll("$", "$$$$"))];
  // Outside the try: without a login, there is no command to stop.
  await host.session();
  try {
    const input = environmentFile(environment);
    return await host.root(start, { args, input, onStdout: onOutput, timeoutSeconds: limitSeconds });
  } catch (error) {
    throw abandoned(error, await stopUnit(host, unit), unit);
  }
}

/** Lines for EnvironmentFile of systemd.exec(5). A value in double quotes may hold anything, line breaks too. */
export function environmentFile(environment: Readonly<Record<string, string>>): string {
  const line = ([name, value]: readonly [string, string]) => `${name}="${value.replaceAll(/["\\`$]/g, "\\$&")}"\n`;
  return Object.entries(environment).map(line).join("");
}

/** Uses the open login if it answers, and else a new one. A cancelled run has only seconds. */
async function stopUnit(host: Host, unit: string): Promise<"stopped" | "not-reached"> {
  for (const seconds of host.connected ? [2, 4] : [6]) {
    try {
      await host.root(stop, { args: [unit], signal: AbortSignal.timeout(seconds * 1000) });
      return "stopped";
    } catch (error) {
      host.log.debug(`${host.name} did not get the request to stop ${unit}: ${String(error)}`);
      // Not awaited: a dead connection takes long to close.
      void host.drop();
    }
  }
  return "not-reached";
}

function abandoned(thrown: unknown, stopping: "stopped" | "not-reached", unit: string): WovenError {
  const { details } = asWovenError(thrown);
  const what =
    stopping === "stopped"
      ? "the command was stopped on the server"
      : "the command could not be stopped, and may still run on the server";
  const next =
    stopping === "stopped"
      ? "What the command had done by then stays done."
      : `Run \`systemctl status ${unit}\` on the server to see whether it still runs, and \`systemctl stop ${unit}\` to end it.`;
  return new WovenError({ ...details, message: `${details.message}; ${what}`, next, cause: thrown });
}
