import { c as createLog, f as sh, i as readSettings, l as runCommand, n as realWorld, u as succeeded } from "./chunks/surroundings.js";
import { n as WovenError, t as SettingsError } from "./chunks/errors.js";

export { SettingsError, WovenError, createLog, readSettings, realWorld, runCommand, sh, succeeded };