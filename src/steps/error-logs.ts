// The error logs of a release's services. Releases of one domain share them, so only what is new belongs to the one that starts.
import { type Service, webServices } from "../node/services.ts";
import { type Shell, sh } from "../node/sh.ts";

/** Notes how long the logs are, for `newLines`. */
export function noteLogs(services: readonly Service[]): Shell {
  return sh`n=0
for log in ${logsOf(services)}; do
  n=$((n + 1)); stat -c %s "$log" >"$run/log-$n" 2>/dev/null || echo 0 >"$run/log-$n"
done`;
}

/** Prints what the logs got since `noteLogs`. A log that became shorter was rotated. */
export function newLines(services: readonly Service[]): Shell {
  return sh`n=0
for log in ${logsOf(services)}; do
  n=$((n + 1)); size=$(cat "$run/log-$n" 2>/dev/null || echo 0)
  [ "$size" -le "$(stat -c %s "$log" 2>/dev/null || echo 0)" ] || size=0
  tail -c +$((size + 1)) "$log" 2>/dev/null || :
done`;
}

function logsOf(services: readonly Service[]): readonly string[] {
  return webServices(services).flatMap(({ logs }) => logs);
}
