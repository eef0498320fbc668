// The settings that a preview is rolled out with: small, bounded, with a root of its own, and only one release.
import { present } from "../settings/present.ts";
import type { PreviewSettings } from "../settings/preview.ts";
import { previewMark } from "../settings/preview.ts";
import type { ServerOptions, Settings } from "../settings/settings.ts";

/** The deployment root of a preview, relative to the home of the deploy user. */
export function previewRoot(distribution: string): string {
  return `~/previews/${distribution.replace(previewMark, "/")}`;
}

export function previewSettings(settings: Settings, preview: PreviewSettings, distribution: string): Settings {
  return {
    ...settings,
    deploymentRoot: previewRoot(distribution),
    serverOptions: bounded(settings.serverOptions, preview),
    sites: settings.sites.map((site) =>
      site.runs === undefined
        ? site
        : { ...site, runs: { ...site.runs, serverOptions: bounded(site.runs.serverOptions, preview) } },
    ),
    background: {
      ...settings.background,
      processes: settings.background.processes.map((one) => ({ memory: preview.memory, ...one, count: 1 })),
    },
    keepReleases: 1,
    drain: 2,
    overwrite: true,
    dirty: true,
  };
}

function bounded(options: ServerOptions, { memory, tasks }: PreviewSettings): ServerOptions {
  const { threads, timeout, arguments: given } = options;
  return { workers: 1, ...present({ threads, timeout, arguments: given }), memory, tasks };
}
