// How the settings of a preview differ from those of its project: which of the configuration counts, and the name and addresses it gets.
import type { ConfigFile } from "./config-file.ts";
import type { Inputs } from "./inputs.ts";
import { present } from "./present.ts";
import {
  listedDatabases,
  type PreviewSettings,
  previewDistribution,
  previewSites,
  readPreview,
  requirePreviewDomain,
  withoutOwn,
} from "./preview.ts";
import type { Report } from "./problems.ts";
import type { CommandName, Settings } from "./settings.ts";
import type { SettingsSource } from "./source.ts";

/** What a command works with. Of a command that has nothing to do with previews, all of it is as given. */
export interface Ground {
  readonly file: ConfigFile;
  readonly preview?: PreviewSettings;
  /** What it does to servers: `status` is nothing that needs a certificate, or accounts. */
  readonly acting: CommandName;
  /** How much of the project it needs. Undefined: as the command says. */
  readonly need?: "all";
  /** Whether it works on servers. */
  readonly servers: "used" | "unused";
  /** The input with the secret environment: production's never reaches a preview, even if a workflow passes it. */
  readonly secrets: "env" | "preview-env";
}

export function groundOf(
  source: Pick<SettingsSource, "event" | "log">,
  { inputs, command, config }: { readonly inputs: Inputs; readonly command: CommandName; readonly config: ConfigFile },
  report: Report,
): Ground {
  const isAboutPreviews = command === "preview" || command === "preview-sweep";
  const { file, ignored } = isAboutPreviews ? withoutOwn(config) : { file: config, ignored: [] };
  const preview = readPreview(
    { inputs, file, event: source.event, command, databases: listedDatabases(config) },
    report,
  );
  if (preview === undefined) return { file, acting: command, servers: "used", secrets: "env" };
  const { kind } = preview.decision;
  if (kind === "build") {
    requirePreviewDomain(preview, file, report);
    if (ignored.length > 0) source.log(`a preview ignores ${ignored.join(", ")} of ${file.name}`);
  }
  return present({
    file,
    preview,
    acting: kind === "build" ? command : ("status" as const),
    need: kind === "build" ? ("all" as const) : undefined,
    servers:
      command === "preview" && (kind === "nothing" || kind === "refuse") ? ("unused" as const) : ("used" as const),
    secrets: "preview-env" as const,
  });
}

type Project = Pick<Settings, "distributionName" | "distribution" | "sites" | "preview" | "version">;

/** The project as a distribution of its own: the preview that this run builds or removes. */
export function previewProject<Read extends Project>(project: Read, preview: PreviewSettings | undefined): Read {
  if (preview === undefined) return project;
  const { distributionName: base, sites } = project;
  const { decision, domain = "localhost" } = preview;
  const known = present({ ...preview, base: base?.value });
  if (base === undefined || (decision.kind !== "build" && decision.kind !== "remove"))
    return { ...project, preview: known };
  const name = previewDistribution(base.value, decision.name);
  return {
    ...project,
    ...(decision.pull ? { version: `g${decision.pull.commit.slice(0, 12)}` } : {}),
    distributionName: { value: name, from: base.from },
    sites: previewSites(sites, name, domain),
    preview: known,
  };
}
