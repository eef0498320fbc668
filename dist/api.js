import { c as runCommand, i as openRuntime, l as succeeded, p as sh, s as createLog, t as readSettings } from "./chunks/read.js";
import { n as WovenError, t as SettingsError } from "./chunks/errors.js";

export { SettingsError, WovenError, createLog, openRuntime, readSettings, runCommand, sh, succeeded };