// A command that a node runs as a transient unit: all it has started can be ended when nobody waits for it any more.
import { randomBytes } from "node:crypto";
import { asWovenError, WovenError } from "../errors.ts";
import type { Host } from "./host.ts";
import type { ExecResult } from "./session.ts";
import { sh } from "./sh.ts";

export interface UnitOptions {
  /** The account that it runs as. */
  readonly user: string;
  /** Added to its environment, by a file that only root reads and that goes with the unit: secrets stand on no command line. */
  readonly environment: Readonly<Record<string, string>>;
  /** What it prints, on either stream, as it comes. */
  readonly onOutput: (chunk: Buffer) => void;
  readonly limitSeconds: number;
}

// The unit's own limit is for a runner that is no more; so is what removes the file. Without a description of its own, the journal
// would keep all the words.
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
 * Runs the words as `user`, with nothing on their standard input. Gives how they ended, and the last 64 KiB of what they printed. A
 * command that is given up (cancelled, out of time, the connection lost) is ended on the node; the error says whether that could be done.
 */
export async function runUnit(host: Host, words: readonly string[], options: UnitOptions): Promise<ExecResult> {
  const { user, environment, limitSeconds, onOutput } = options;
  const unit = `woven-command-${Date.now().toString(36)}-${randomBytes(3).toString("hex")}`;
  // systemd would put variables in: systemd.service(5), "Command lines".
  const args = [unit, String(limitSeconds + 60), user, ...words.map((word) => word.replaceAll("$", "$$$$"))];
  // Apart: where there is no login, nothing has begun.
  await host.session();
  try {
    const input = environmentFile(environment);
    return await host.root(start, { args, input, onStdout: onOutput, timeoutSeconds: limitSeconds });
  } catch (error) {
    throw givenUp(error, await tell(host, unit), unit);
  }
}

/** Lines for EnvironmentFile of systemd.exec(5): in double quotes a value may hold anything, line ends too. */
export function environmentFile(environment: Readonly<Record<string, string>>): string {
  const line = ([name, value]: readonly [string, string]) => `${name}="${value.replaceAll(/["\\`$]/g, "\\$&")}"\n`;
  return Object.entries(environment).map(line).join("");
}

/** Over the login in use if it answers, else over a new one: seconds are all that a cancelled run has. */
async function tell(host: Host, unit: string): Promise<"told" | "untold"> {
  for (const seconds of host.connected ? [2, 4] : [6]) {
    try {
      await host.root(stop, { args: [unit], signal: AbortSignal.timeout(seconds * 1000) });
      return "told";
    } catch (error) {
      host.log.debug(`${host.name} was not told to stop ${unit}: ${String(error)}`);
      // Not waited for: a connection that is dead takes its time to end.
      void host.drop();
    }
  }
  return "untold";
}

function givenUp(thrown: unknown, node: "told" | "untold", unit: string): WovenError {
  const { details } = asWovenError(thrown);
  const what =
    node === "told" ? "the command was stopped there" : "the node could not be told, and the command may go on there";
  const next = node === "told" ? "What it had done by then stays done." : `Look with \`systemctl status ${unit}\`.`;
  return new WovenError({ ...details, message: `${details.message}; ${what}`, next, cause: thrown });
}
