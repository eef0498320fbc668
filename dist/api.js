import { b as sh, c as runCommand, l as succeeded, r as openRuntime, s as createLog, t as readSettings } from "./chunks/read.js";
import { n as WovenError, t as SettingsError } from "./chunks/errors.js";

export { SettingsError, WovenError, createLog, openRuntime, readSettings, runCommand, sh, succeeded };