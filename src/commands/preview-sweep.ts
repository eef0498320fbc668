// preview-sweep: removes the previews whose pull request is closed, and those whose time to live has ended. Fails if one cannot be removed.
import { type KeptPreview, listPreviews } from "../node/previews.ts";
import type { RunReport } from "../report.ts";
import { fleet } from "../rollout/fleet.ts";
import { previewRemoval } from "../rollout/preview-removal.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import type { Settings } from "../settings/settings.ts";
import { removeOrphans } from "../steps/preview-removal.ts";

export async function previewSweep(settings: Settings, runtime: Runtime): Promise<RunReport> {
  const repository = runtime.env["GITHUB_REPOSITORY"];
  const open = await runtime.pullRequests?.open();
  await using nodes = fleet(settings, runtime);
  await nodes.phase(async (node) => {
    const { kept, orphans } = await listPreviews(node.host);
    const due = kept.filter((one) => isDue(one, { now: runtime.now(), repository, open }));
    for (const { record } of due) {
      runtime.log.remote(node.host.name, `removing ${record.distribution}`);
      await node.stage(previewRemoval(record, runtime.by));
    }
    if (orphans === "some") await node.stage({ name: "remove", undoes: "step", steps: [removeOrphans()] });
    node.text = kept
      .map(
        (one) =>
          `${one.record.distribution.padEnd(32)} ${due.includes(one) ? "removed" : `${one.state}, until ${new Date(one.expires).toISOString()}`}`,
      )
      .join("\n");
  });
  return runReport(nodes, settings, runtime);
}

interface Known {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly repository: string | undefined;
  /** Numbers of the open pull requests of the repository. Undefined: GitHub could not be asked. */
  readonly open: ReadonlySet<number> | undefined;
}

/** A preview of another repository, or of a branch, ends by its time to live only. */
function isDue({ record, expires }: KeptPreview, { now, repository, open }: Known): boolean {
  if (expires <= now) return true;
  const { number } = record;
  return number !== undefined && record.repository === repository && open !== undefined && !open.has(number);
}
