// What a release is planned from, for tests: the settings of a small project, read for real, and a node's facts.

import { createLog } from "../../src/log.ts";
import type { ReleaseFile } from "../../src/release/described-file.ts";
import { hashText } from "../../src/release/described-file.ts";
import type { PlanInput } from "../../src/rollout/release-plan.ts";
import type { Runtime } from "../../src/rollout/runtime.ts";
import { runProcess } from "../../src/run-process.ts";
import type { Settings } from "../../src/settings/settings.ts";
import { templates } from "../../src/steps/templates.ts";
import { nodeFacts } from "../node/records.ts";
import { settingsOf, smallProject } from "../settings/source.ts";

export function file(path: string, text = path, kind: "file" | "executable" = "file"): ReleaseFile {
  return { path, kind, sha256: hashText(text), bytes: text.length };
}

export function symlink(path: string, target: string): ReleaseFile {
  return { path, kind: "symlink", sha256: hashText(target), bytes: 0, target };
}

export async function planInput(more: Partial<PlanInput> = {}, settings: Partial<Settings> = {}): Promise<PlanInput> {
  const read = await settingsOf({ files: smallProject });
  const { distribution } = read;
  if (!distribution) throw new Error("the small project is no project");
  return {
    settings: { ...read, ...settings },
    distribution,
    name: "shop",
    version: "1.2",
    facts: nodeFacts(),
    node: { host: "web1" },
    files: [file("project/manage.py", "manage", "executable"), file("project/shop/settings.py", "settings")],
    source: ({ path }) => `/checkout/${path}`,
    bundle: { key: "bundle-1" },
    templates: templates(settings.workingDirectory ?? read.workingDirectory),
    patched: false,
    ...more,
  };
}

export function runtime(): Runtime {
  return {
    log: createLog(() => undefined),
    run: runProcess,
    env: {},
    tempDir: "/nonexistent",
    cacheDir: "/nonexistent",
    now: () => Date.UTC(2026, 0, 2, 3, 4, 5),
    started: Date.UTC(2026, 0, 2, 3, 4, 0),
    lookup: () => Promise.reject(new Error("no test of a plan asks DNS")),
    connect: () => Promise.reject(new Error("no test of a plan logs in")),
    signal: new AbortController().signal,
    by: { actor: "ada" },
  };
}
