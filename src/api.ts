// The exports for users' own scripts: the commands, and the parts they are made of.
export { runCommand, succeeded } from "./commands/run.ts";
export { SettingsError, WovenError } from "./errors.ts";
export { createLog, type Log } from "./log.ts";
export { type Shell, sh } from "./node/sh.ts";
export { openRuntime } from "./open-runtime.ts";
export type { NodeReport, RunReport, StepReport } from "./report.ts";
export type { Runtime } from "./rollout/runtime.ts";
export { readSettings } from "./settings/read.ts";
export type { Settings } from "./settings/settings.ts";
