// The settings that a preview is rolled out with: small, bounded, with a root of its own, and only one release.

import type { PreviewSettings } from "../settings/preview.ts";
import { previewMark } from "../settings/preview.ts";
import type { Settings } from "../settings/settings.ts";

/** The deployment root of a preview, relative to the home of the deploy user. */
export function previewRoot(distribution: string): string {
  return `~/previews/${distribution.replace(previewMark, "/")}`;
}

export function previewSettings(settings: Settings, preview: PreviewSettings, distribution: string): Settings {
  const { threads, timeout, arguments: given } = settings.serverOptions;
  return {
    ...settings,
    deploymentRoot: previewRoot(distribution),
    serverOptions: {
      workers: 1,
      ...(threads === undefined ? {} : { threads }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(given === undefined ? {} : { arguments: given }),
      memory: preview.memory,
      tasks: preview.tasks,
    },
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
