// console: a management command with a real terminal, such as shell and dbshell, as the site user in the live release. Only from a
// terminal: an action has none.
import { SettingsError, WovenError } from "../errors.ts";
import { sh } from "../node/sh.ts";
import type { LocalTerminal } from "../node/terminal.ts";
import { layout, siteUser } from "../release/layout.ts";
import { fleet } from "../rollout/fleet.ts";
import { deployFacts } from "../rollout/release-facts.ts";
import type { Runtime } from "../rollout/runtime.ts";
import type { NodeAddress, Settings } from "../settings/settings.ts";
import { releaseFor, siteFor } from "./node.ts";

/** Returns the exit status of the command. `settings` are those of the command node. Throws if the command could not be started. */
export async function openConsole(settings: Settings, runtime: Runtime, terminal: LocalTerminal): Promise<number> {
  requireOneNode(settings.nodes);
  await using nodes = fleet(settings, runtime);
  let status = 1;
  await nodes.phase(async (one) => {
    const facts = await deployFacts(one, settings);
    const release = releaseFor(settings.version, facts, one.host.name);
    const place = layout(facts.deploymentRoot, release.distribution, release.name);
    const site = siteFor(settings.site, release, one.host.name);
    const words = [settings.managementCommand ?? "shell", ...settings.options];
    runtime.log.info(
      `${one.host.name}: manage ${words.join(" ")} in ${release.distribution} ${release.version}, as ${siteUser(site)}`,
    );
    // Not `manage` as the deploy user: that one never asks for a password, and here somebody can type it.
    const command = sh`exec sudo -u ${siteUser(site)} -- /usr/bin/env LANG=C.UTF-8 SITE_ID=${site} ${`${place.release}/manage`} ${words}`;
    const session = await one.host.session();
    const hangUp = () => session.close();
    runtime.signal.addEventListener("abort", hangUp, { once: true });
    const { code, signal } = await session.terminal(command, terminal);
    if (signal !== undefined) runtime.log.info(`The command was ended by ${signal}.`);
    status = code ?? 1;
  });
  const failed = nodes.nodes.find(({ error }) => error !== undefined)?.error;
  if (failed) throw failed;
  return status;
}

/** Throws if nobody could type anything: standard input or output is a file or a pipe. */
export function requireTerminal({
  stdin,
  stdout,
}: {
  readonly stdin: { isTTY?: boolean };
  readonly stdout: { isTTY?: boolean };
}): void {
  if (stdin.isTTY && stdout.isTTY) return;
  throw new WovenError({
    code: "no-terminal",
    message: "console needs a terminal, and standard input or output is none",
    state: "Nothing was run.",
    next: "Start it in a terminal, without a pipe. In a script or a workflow, use the command node: woven node production --management-command shell --options \"-c 'print(1)'\"",
  });
}

function requireOneNode(nodes: readonly NodeAddress[]): void {
  if (nodes.length === 1) return;
  const named = nodes.map(({ user, host, port }) => `${user}@${host}${port === undefined ? "" : `:${port}`}`);
  throw new SettingsError([
    {
      where: "the role",
      what: `has ${nodes.length} servers, and a console is on one of them`,
      next: `Name the server instead of the role: woven console ${named[0]}\nThe servers are: ${named.join(", ")}.`,
    },
  ]);
}
