// preview-sweep: removes the previews whose pull request is closed, and those whose time to live has ended. Fails if one cannot be removed.
import { type KeptPreview, listPreviews, type PreviewRecord } from "../node/previews.ts";
import type { RunReport } from "../report.ts";
import { fleet } from "../rollout/fleet.ts";
import { tellOfRemoval } from "../rollout/preview-news.ts";
import { previewRemoval } from "../rollout/preview-removal.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import type { Settings } from "../settings/settings.ts";
import { removeOrphans } from "../steps/preview-removal.ts";

export async function previewSweep(settings: Settings, runtime: Runtime): Promise<RunReport> {
  const repository = runtime.env["GITHUB_REPOSITORY"];
  const open = await runtime.pullRequests?.open();
  await using nodes = fleet(settings, runtime);
  const [ended, removed] = [new Set<PreviewRecord>(), new Set<PreviewRecord>()];
  await nodes.phase(async (node) => {
    const { kept, orphans } = await listPreviews(node.host);
    const due = kept.filter((one) => isDue(one, { now: runtime.now(), repository, open }));
    for (const { record } of due) {
      runtime.log.remote(node.host.name, `removing ${record.distribution}`);
      ended.add(record);
      await node.stage(previewRemoval(record, runtime.by));
      removed.add(record);
    }
    if (orphans === "some") await node.stage({ name: "remove", undoes: "step", steps: [removeOrphans()] });
    node.text = kept
      .map(
        (one) =>
          `${one.record.distribution.padEnd(32)} ${due.includes(one) ? "removed" : `${one.state}, until ${new Date(one.expires).toISOString()}`}`,
      )
      .join("\n");
  });
  const here = [...ended].filter((record) => record.repository === repository);
  for (const [number, records] of Map.groupBy(here, (record) => record.number)) {
    const [one] = records;
    // On several servers, it has ended where it is removed from all of them.
    if (one && number !== undefined && records.every((record) => removed.has(record)))
      await tellOfRemoval(
        number,
        one.name,
        open === undefined || open.has(number) ? "its time was over" : `pull request ${number} is closed`,
        runtime,
      );
  }
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
