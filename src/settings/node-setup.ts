// The settings of setupnode.
import type { ConfigFile } from "./config-file.ts";
import { defaults } from "./defaults.ts";
import { nearest } from "./did-you-mean.ts";
import { quoted, type Report } from "./problems.ts";
import type { NodeSetup } from "./settings.ts";

export function readNodeSetup(file: ConfigFile, report: Report): NodeSetup {
  const { config } = file;
  const timezone = config.timezone;
  if (timezone !== undefined) checkTimezone(timezone, file, report);
  return {
    disableRoot: config["disable-root"] ?? defaults["disable-root"],
    disableSshPassword: config["disable-ssh-password"] ?? defaults["disable-ssh-password"],
    enableUfw: config["enable-ufw"] ?? defaults["enable-ufw"],
    ufwRules: config["ufw-rules"] ?? defaults["ufw-rules"],
    roleUfwRules: config["role-ufw-rules"] ?? defaults["role-ufw-rules"],
    ...(config["base-packages"] === undefined ? {} : { basePackages: config["base-packages"] }),
    extraPackages: config["extra-packages"] ?? defaults["extra-packages"],
    rolePackages: config["role-packages"] ?? defaults["role-packages"],
    packageRepositories: config["package-repositories"] ?? defaults["package-repositories"],
    ...(config["apache-disable-modules"] === undefined
      ? {}
      : { apacheDisableModules: config["apache-disable-modules"] }),
    ...(timezone === undefined ? {} : { timezone }),
  };
}

/** Node.js has the same time zone names as Debian's tzdata, but ignores their case. The server's file system does not. */
function checkTimezone(timezone: string, file: ConfigFile, report: Report): void {
  const known = Intl.supportedValuesOf("timeZone");
  const written = known.find((name) => name.toLowerCase() === timezone.toLowerCase());
  if (written === timezone || (written === undefined && isTimezone(timezone))) return;
  const near = written ?? nearest(timezone, known);
  report(
    file.problem(
      ["timezone"],
      `${quoted(timezone)} is not a time zone`,
      near === undefined ? 'For example: timezone = "Europe/Berlin"' : `Did you mean ${near}?`,
    ),
  );
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
