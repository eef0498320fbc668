// What `import … from "woven-deploy"` gives: a function for each command. Importing it runs nothing. docs/api.md describes it.
import { type RunOptions, run, runEverywhere, type ServerAnswer } from "../api.ts";
import type { Shell } from "../node/sh.ts";
import type { RunReport } from "../report.ts";

export { RunFailed, type RunOptions, type ServerAnswer } from "../api.ts";
export { type Problem, SettingsError, WovenError, type WovenErrorDetails } from "../errors.ts";
export { type Shell, type ShellValue, sh } from "../node/sh.ts";
export type { NodeReport, RunReport, StepReport } from "../report.ts";

/** Turns bare servers into servers that releases can be deployed to. Changes nothing on a server that is set up. */
export function setupnode(options: RunOptions = {}): Promise<RunReport> {
  return run(process, "setupnode", options);
}

/** Builds the wheels of the requirements for each server's Python in advance. */
export function bundle(options: RunOptions = {}): Promise<RunReport> {
  return run(process, "bundle", options);
}

/** Builds a release beside the live one on every server, migrates, checks it, and switches. All servers switch, or none. */
export function deploy(options: RunOptions = {}): Promise<RunReport> {
  return run(process, "deploy", options);
}

/** Brings small changes into the live version: all parts, or those in `parts`. */
export function patch(options: RunOptions = {}): Promise<RunReport> {
  return run(process, "patch", options);
}

/** Switches to a version that is on the servers. */
export function activate(version: string, options: RunOptions = {}): Promise<RunReport> {
  return run(process, "activate", { ...options, version });
}

/** Switches to the healthy version that was live before. */
export function rollback(options: RunOptions = {}): Promise<RunReport> {
  return run(process, "rollback", options);
}

/**
 * Runs a management command as the site user in the live release, or in the one of `version`, on every server. Its output is the
 * `text` of each server in the report.
 */
export function runManagementCommand(
  managementCommand: string,
  words: readonly string[] = [],
  options: RunOptions = {},
): Promise<RunReport> {
  return run(process, "node", { ...options, managementCommand, options: words });
}

/** The versions on each server, and which one is live: `nodes[0].version`. Changes nothing. */
export function status(options: RunOptions = {}): Promise<RunReport> {
  return run(process, "status", options);
}

/** Removes a release that is not live, or all of a distribution: `what` is a version, or the name of the distribution. */
export function remove(what: string, options: RunOptions = {}): Promise<RunReport> {
  return run(process, "remove", { ...options, version: what });
}

/** Shows logs. `words`: `["--source", "web", "--since", "1h"]`, as on the command line. With `--follow`, until `signal` is aborted. */
export function logs(words: readonly string[] = [], options: RunOptions = {}): Promise<RunReport> {
  return run(process, "logs", { ...options, options: words });
}

/** Starts the sites that are listed and not served yet, in the live release. With `retire`, those that are no longer listed end. */
export function startsites(options: RunOptions = {}): Promise<RunReport> {
  return run(process, "startsites", options);
}

/** Builds or updates the preview called `name`, from the folder of the project. */
export function preview(name: string, options: RunOptions = {}): Promise<RunReport> {
  return run(process, "preview", { ...options, preview: name });
}

/** Removes the previews whose time to live has ended. */
export function previewSweep(options: RunOptions = {}): Promise<RunReport> {
  return run(process, "preview-sweep", options);
}

/**
 * Runs a command of the shell on every server at the same time, as the deploy user: ``runOnServers(sh`df -h ${folder}`)``. Quote with
 * `sh`, which makes each value one word. A status other than 0 is a result, not an error.
 */
export function runOnServers(command: Shell, options: RunOptions = {}): Promise<readonly ServerAnswer[]> {
  return runEverywhere(process, command, { ...options, as: "deploy-user" });
}

/** The same as root. */
export function sudoOnServers(command: Shell, options: RunOptions = {}): Promise<readonly ServerAnswer[]> {
  return runEverywhere(process, command, { ...options, as: "root" });
}
