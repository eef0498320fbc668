import type { RunOptions, ServerAnswer } from "../api.js";
import type { Shell } from "../node/sh.js";
import type { RunReport } from "../report.js";
export { RunFailed, type RunOptions, type ServerAnswer } from "../api.js";
export { type Problem, SettingsError, WovenError, type WovenErrorDetails } from "../errors.js";
export { type Shell, type ShellValue, sh } from "../node/sh.js";
export type { NodeReport, RunReport, StepReport } from "../report.js";
/** Turns bare servers into servers that releases can be deployed to. Changes nothing on a server that is set up. */
export declare function setupnode(options?: RunOptions): Promise<RunReport>;
/** Builds the wheels of the requirements for each server's Python in advance. */
export declare function bundle(options?: RunOptions): Promise<RunReport>;
/** Builds a release beside the live one on every server, migrates, checks it, and switches. All servers switch, or none. */
export declare function deploy(options?: RunOptions): Promise<RunReport>;
/** Brings small changes into the live version: all parts, or those in `parts`. */
export declare function patch(options?: RunOptions): Promise<RunReport>;
/** Switches to a version that is on the servers. */
export declare function activate(version: string, options?: RunOptions): Promise<RunReport>;
/** Switches to the healthy version that was live before. */
export declare function rollback(options?: RunOptions): Promise<RunReport>;
/**
* Runs a management command as the site user in the live release, or in the one of `version`, on every server. Its output is the
* `text` of each server in the report.
*/
export declare function runManagementCommand(managementCommand: string, words?: readonly string[], options?: RunOptions): Promise<RunReport>;
/** The versions on each server, and which one is live: `nodes[0].version`. Changes nothing. */
export declare function status(options?: RunOptions): Promise<RunReport>;
/** Removes a release that is not live, or all of a distribution: `what` is a version, or the name of the distribution. */
export declare function remove(what: string, options?: RunOptions): Promise<RunReport>;
/** Shows logs. `words`: `["--source", "web", "--since", "1h"]`, as on the command line. With `--follow`, until `signal` is aborted. */
export declare function logs(words?: readonly string[], options?: RunOptions): Promise<RunReport>;
/** Starts the sites that are listed and not served yet, in the live release. With `retire`, those that are no longer listed end. */
export declare function startsites(options?: RunOptions): Promise<RunReport>;
/** Builds or updates the preview called `name`, from the folder of the project. */
export declare function preview(name: string, options?: RunOptions): Promise<RunReport>;
/** Removes the previews whose time to live has ended. */
export declare function previewSweep(options?: RunOptions): Promise<RunReport>;
/**
* Runs a command of the shell on every server at the same time, as the deploy user: ``runOnServers(sh`df -h ${folder}`)``. Quote with
* `sh`, which makes each value one word. A status other than 0 is a result, not an error.
*/
export declare function runOnServers(command: Shell, options?: RunOptions): Promise<readonly ServerAnswer[]>;
/** The same as root. */
export declare function sudoOnServers(command: Shell, options?: RunOptions): Promise<readonly ServerAnswer[]>;
