// `health.command`: a command of the release that must succeed before the switch, beside the page of the health check.
import { lines, type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { buildFolder } from "../release/build.ts";
import { siteUser } from "../release/layout.ts";
import type { ReleaseCommand } from "../settings/release-phase.ts";
import { causeOf } from "../traceback.ts";
import { keepFailed } from "./failed-release.ts";
import { afterUnhealthy } from "./health.ts";
import { projectFailure } from "./project-failure.ts";
import { canRunCommands, runInRelease, showOutput } from "./release-commands.ts";
import type { Switch } from "./services.ts";

/** Runs the command of each site as that site. The release's services run already, without traffic. */
export function runHealthCommands(change: Switch): readonly Step[] {
  const { to, from } = change;
  const { sites, health, build } = to.record;
  const folder = buildFolder(to.place, build);
  const runs = sites.flatMap((site) => {
    const { command, timeout } = site.health ?? health;
    return command === undefined ? [] : [{ id: site.id, command, timeout }];
  });
  if (runs.length === 0) return [];
  return [
    {
      id: "health-command",
      title: `Run ${runs.length === 1 ? "the health command" : "the health commands"}`,
      plan: "quiet",
      limit: runs.reduce((sum, { timeout }) => sum + timeout + 15, 60),
      preview: lines(
        runs.map(
          ({ id, command, timeout }) =>
            sh`detail ${`would run, as ${siteUser(id)}, for at most ${timeout} seconds: ${command.words.join(" ")}`}`,
        ),
      ),
      apply: sh`touch "$run/unchanged"
unhealthy() {
  cat "$run/health-output"
  ${from ? sh`:` : keepFailed(to)}
  case $3 in 124 | 137) fail "The health command of $1 did not end within $2 seconds" ;; *) fail "The health command of $1 ended with status $3" ;; esac
}
${lines(
  runs.map(
    ({ id, command, timeout }) => sh`code=0
${runInRelease(folder, id, command, timeout)} >"$run/health-output" 2>&1 || code=$?
[ "$code" = 0 ] || unhealthy ${siteUser(id)} ${timeout} "$code"
${showOutput(sh`"$run/health-output"`)}`,
  ),
)}`,
      failure: (output) => {
        const [, ended = ""] = /^The (health command of .*)$/m.exec(output) ?? [];
        const said = causeOf(output.replace(/^The health command of .*$/m, ""));
        return `The new release is unhealthy: the ${ended}${said === undefined ? "" : `: ${said}`}`;
      },
      advice: (output) => projectFailure(output)?.next,
      ...afterUnhealthy(change),
    },
  ];
}

/** The command of one site of a release that runs. If it fails, the last line of the output says so. */
export function askHealthCommand(folder: string, site: number, command: ReleaseCommand, timeout: number): Shell {
  return sh`{ ${canRunCommands(folder)} || { echo 'the live release cannot run health.command yet. Deploy first'; false; }; } && {
code=0; ${runInRelease(folder, site, command, timeout)} || code=$?
[ "$code" = 0 ] || { echo "its health command ended with status $code"; false; }
}`;
}
