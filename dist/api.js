import { a as openRuntime, c as createLog, f as sh, l as runCommand, t as readSettings, u as succeeded } from "./chunks/read.js";
import { n as WovenError, t as SettingsError } from "./chunks/errors.js";

export { SettingsError, WovenError, createLog, openRuntime, readSettings, runCommand, sh, succeeded };