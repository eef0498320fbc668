// What the log says of the project before anything happens.
import { warnedDays } from "./certificate.ts";
import type { Found, LeftOut, Requirements, Settings } from "./settings.ts";

/** What was found about the project, and in which file, for the log. */
export function foundLines({
  distributionName,
  distribution,
  configFile,
  roleSettings,
  tls,
}: Settings): readonly string[] {
  const ofRole = roleSettings === undefined ? [] : [`Settings of the role ${roleSettings} (${configFile})`];
  const line = (what: string, found: Found<string> | undefined): readonly string[] =>
    found === undefined ? [] : [`${what}: ${found.value} (${found.from})`];
  if (distribution === undefined) return [...ofRole, ...line("Distribution", distributionName)];
  return [
    ...ofRole,
    ...line("Distribution", distributionName),
    ...line("Version", distribution.version),
    ...line("Settings module", distribution.settingsModule),
    ...line("Configuration", distribution.configuration),
    ...line("Source root", distribution.sourceRoot),
    ...line("Requirements", { ...distribution.requirements, value: requirementsText(distribution.requirements.value) }),
    ...line("Python", distribution.requiresPython ?? distribution.pinnedPython),
    ...(distribution.leftOut ?? []).map((parts) => leftOutLine(parts, configFile)),
    ...(tls.kind === "files" && tls.certificate
      ? [
          `Certificate: valid for ${tls.certificate.daysLeft} days${tls.certificate.daysLeft < warnedDays ? ". Renew it soon" : ""}`,
        ]
      : []),
  ];
}

function leftOutLine({ what, line }: LeftOut, configFile: string): string {
  const file = configFile === "woven.toml" ? configFile : `${configFile}, below [tool.woven]`;
  return `The ${what} of pyproject.toml is not installed. If production needs it, write in ${file}: ${line}`;
}

function requirementsText(requirements: Requirements): string {
  switch (requirements.kind) {
    case "files":
      return requirements.paths.join(", ");
    case "lock": {
      const { path, package: own, groups = [], extras = [] } = requirements;
      const taken = [
        own && `package ${own.name}`,
        ...groups.map((name) => `group ${name}`),
        ...extras.map((name) => `extra ${name}`),
      ];
      return [path, ...taken.flatMap((one) => one ?? [])].join(", ");
    }
    case "project":
      return `${requirements.dependencies.length} stated`;
  }
}
