// Runs the command that the settings name. Never throws: an error becomes part of the report.
import { asWovenError } from "../errors.ts";
import type { RunReport } from "../report.ts";
import { requireVariables } from "../rollout/required-variables.ts";
import { foundValues } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import { localRole } from "../settings/roles.ts";
import type { CommandName, Settings } from "../settings/settings.ts";
import { activate } from "./activate.ts";
import { bundle } from "./bundle.ts";
import { deploy } from "./deploy.ts";
import { logs } from "./logs.ts";
import { node } from "./node.ts";
import { patch } from "./patch.ts";
import { preview } from "./preview.ts";
import { previewSweep } from "./preview-sweep.ts";
import { remove } from "./remove.ts";
import { rollback } from "./rollback.ts";
import { setupnode } from "./setupnode.ts";
import { startsites } from "./startsites.ts";
import { status } from "./status.ts";

const commands: Readonly<Record<CommandName, (settings: Settings, runtime: Runtime) => Promise<RunReport>>> = {
  setupnode,
  bundle,
  deploy,
  patch,
  activate,
  rollback,
  node,
  status,
  remove,
  logs,
  preview,
  "preview-sweep": previewSweep,
  startsites,
};

export async function runCommand(settings: Settings, runtime: Runtime): Promise<RunReport> {
  try {
    if (isFirstOfLocal(settings)) {
      await requireVariables(settings, runtime);
      const setup = await setupnode({ ...settings, command: "setupnode" }, runtime);
      if (!succeeded(setup)) return setup;
    }
    return await commands[settings.command](settings, runtime);
  } catch (error) {
    const { command, dryRun, distributionName, version } = settings;
    return {
      command,
      ...(distributionName ? { distribution: distributionName.value } : {}),
      ...(version === undefined ? {} : { version }),
      dryRun,
      seconds: (runtime.now() - runtime.started) / 1000,
      nodes: [],
      found: foundValues(settings),
      error: asWovenError(error),
    };
  }
}

/** A throwaway server is set up before a deployment to it. If it is set up already, that takes two seconds. */
function isFirstOfLocal({ command, dryRun, nodes }: Settings): boolean {
  return command === "deploy" && !dryRun && nodes.length > 0 && nodes.every(({ role }) => role === localRole);
}

/** Whether the run succeeded on every node. */
export function succeeded({ error, nodes }: RunReport): boolean {
  return error === undefined && nodes.every(({ status }) => status === "ok");
}
