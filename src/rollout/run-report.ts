// The report of a run, made from those of its nodes.
import type { Bundle } from "../bundle/bundle.ts";
import type { NodeReport, RunReport } from "../report.ts";
import { primaryDomain } from "../settings/domain.ts";
import type { Settings } from "../settings/settings.ts";
import type { Fleet } from "./fleet.ts";
import type { Runtime } from "./runtime.ts";

export function runReport(
  nodes: Fleet,
  settings: Settings,
  runtime: Runtime,
  bundles: readonly Bundle[] = [],
): RunReport {
  const { distributionName } = settings;
  const [bundle] = bundles;
  const reports = nodes.reports();
  const version = versionOf(settings, reports);
  const domain = settings.sites[0] && primaryDomain(settings.sites[0]);
  return {
    command: settings.command,
    ...(distributionName ? { distribution: distributionName.value } : {}),
    ...(version ? { version } : {}),
    ...(domain ? { url: `${settings.tls.kind === "none" ? "http" : "https"}://${domain}/` } : {}),
    dryRun: settings.dryRun,
    hostKeyPolicy: settings.login.hostKeyPolicy,
    seconds: (runtime.now() - runtime.started) / 1000,
    nodes: reports,
    ...(nodes.notices.length > 0 ? { notices: nodes.notices } : {}),
    found: foundValues(settings),
    ...(bundle
      ? {
          bundle: {
            key: bundle.key,
            digests: bundles.map(({ digest }) => digest),
            cacheHit: bundle.cacheHit,
            wheels: bundle.wheels.length,
            bytes: bundle.bytes,
            seconds: bundle.seconds,
          },
        }
      : {}),
  };
}

/**
 * The version that a run is about. `deploy`, `bundle`: the version in the checkout. `activate`, `remove`: the version you asked for.
 * Other commands: the live version, or undefined if the nodes differ.
 */
export function versionOf(
  { command, version, distribution }: Settings,
  nodes: readonly NodeReport[],
): string | undefined {
  if (command === "deploy" || command === "bundle" || command === "preview")
    return version ?? distribution?.version.value;
  if (command === "activate" || command === "remove") return version;
  const [first, ...others] = new Set(nodes.map((node) => node.version));
  return others.length === 0 ? first : undefined;
}

/** What Woven found out about the project, and where. */
export function foundValues({ distributionName, distribution }: Settings): RunReport["found"] {
  const text = { files: "requirements", lock: "lock file", project: "dependencies" } as const;
  return [
    ...(distributionName ? [{ what: "name", found: distributionName }] : []),
    ...(distribution
      ? [
          { what: "version", found: distribution.version },
          { what: "settings module", found: distribution.settingsModule },
          { what: "source folder", found: distribution.sourceRoot },
          {
            what: text[distribution.requirements.value.kind],
            found: { value: describe(distribution.requirements.value), from: distribution.requirements.from },
          },
        ]
      : []),
  ];
}

function describe(requirements: NonNullable<Settings["distribution"]>["requirements"]["value"]): string {
  switch (requirements.kind) {
    case "files":
      return requirements.paths.join(", ");
    case "lock":
      return requirements.path;
    case "project":
      return `${requirements.dependencies.length} of [project]`;
  }
}
