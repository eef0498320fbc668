// The commands of a new release that run before its switch, as the user of a site: `release-commands`, `first-commands`, `health.command`.
import { lines, type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { siteUser } from "../release/layout.ts";
import { launcher } from "../servers/background.ts";
import type { ListedCommand, ReleaseCommand, ReleasePhase } from "../settings/release-phase.ts";
import type { Site } from "../settings/settings.ts";
import { causeOf } from "../traceback.ts";
import { projectFailure } from "./project-failure.ts";

/** Lines of an output that the log shows. */
const shownLines = 200;

/** Runs a command of the release in `folder`, with the environment of the site. `limit`: seconds, after which it ends with 124 or 137. */
export function runInRelease(folder: string, site: number, { kind, words }: ReleaseCommand, limit?: number): Shell {
  const limited = limit === undefined ? sh`` : sh`timeout -k 5 ${limit} `;
  return sh`as ${siteUser(site)} env SITE_ID=${site} ${limited}${`${folder}/bin/python`} ${`${folder}/${launcher.path}`} ${kind} ${words}`;
}

/** Whether the release has a launcher for such commands. Releases of earlier versions of Woven have another one. */
export function canRunCommands(folder: string): Shell {
  return sh`grep -qs either ${`${folder}/${launcher.path}`}`;
}

/** Shows an output in the log, the end of it if it is long. */
export function showOutput(file: Shell): Shell {
  return sh`count=$(wc -l <${file}); [ "$count" -le ${shownLines} ] || detail "[$((count - ${shownLines})) lines before]"
tail -n ${shownLines} ${file} >>"$run/details"`;
}

/** A step for each command. They run in order, and the first that fails ends the run. */
export function releaseCommands(
  key: "release-command" | "first-command",
  folder: string,
  site: number,
  commands: readonly ListedCommand[],
): readonly Step[] {
  return commands.map(({ command, text }, index) => ({
    id: `${key}-${index + 1}`,
    title: `Run ${text}`,
    limit: 3600,
    preview: sh`detail ${`would run, as ${siteUser(site)}: ${text}`}`,
    apply: sh`code=0
${runInRelease(folder, site, command)} >"$run/command-output" 2>&1 || code=$?
[ "$code" = 0 ] || { cat "$run/command-output"; [ -s "$run/command-output" ] || echo "it ended with status $code, and printed nothing"; exit 1; }
${showOutput(sh`"$run/command-output"`)}`,
    failure: (output) =>
      `${text} failed: ${projectFailure(output)?.message ?? causeOf(output) ?? "it printed nothing"}`,
    state: "What the migrations and the commands before it did to the database stays.",
    advice: (output) => projectFailure(output)?.next,
    next: `Fix what the output reports, and deploy again. All of ${key}s then run again.`,
  }));
}

/** Asks the release, before anything is live, whether it has the commands. */
export function checkReleaseCommands(
  folder: string,
  phase: ReleasePhase,
  sites: readonly Pick<Site, "id">[],
): readonly Step[] {
  const { releaseCommands: each, firstCommands: first, healthCommands } = phase;
  const firstSite = sites[0]?.id ?? 1;
  const all = [...first, ...each, ...healthCommands].map((one) => ({ site: firstSite, ...one }));
  const known = all.filter(({ site }) => sites.some(({ id }) => id === site));
  if (known.length === 0) return [];
  const program = `${folder}/${launcher.path}`;
  const checks = [...new Set(known.map(({ site }) => site))].map((site) => {
    const words = known.flatMap((one) =>
      one.site === site ? [[one.where, one.command.kind, ...one.command.words]] : [],
    );
    return sh`as ${siteUser(site)} env SITE_ID=${site} ${`${folder}/bin/python`} ${program} check ${JSON.stringify(words)} || wrong=yes`;
  });
  return [
    {
      id: "commands-check",
      title: "Check the commands that run before the switch",
      plan: "quiet",
      preview: sh`detail "not run, because a dry run builds no release"`,
      apply: sh`touch "$run/unchanged"
${canRunCommands(folder)} || fail "this release cannot run health.command yet. Deploy a new version, or patch wsgi, too"
wrong=
${lines(checks)}
[ -z "$wrong" ]`,
      failure: unknownCommands,
      advice: (output) => (unknownCommands(output) === undefined ? projectFailure(output)?.next : undefined),
      state: "Nothing that is live was changed.",
      next: "Fix the command in the configuration, and deploy again.",
    },
  ];
}

/** All lines that name a command with its place in the configuration. */
function unknownCommands(output: string): string | undefined {
  const named = output
    .split("\n")
    .filter((line) => /^\S+: \S*(release-commands|first-commands|health\.command).*: /.test(line));
  return named.length === 0 ? undefined : named.join("; ");
}
