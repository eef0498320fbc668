// The commit that is checked out, for an event whose payload says nothing of a pull request.
import type { WorkflowEvent } from "./preview-decision.ts";
import type { SettingsSource } from "./source.ts";

/** Asks git only if the event was started by hand. */
export async function withHead(
  { event, run }: Pick<SettingsSource, "event" | "run">,
  folder: string,
): Promise<WorkflowEvent | undefined> {
  if (event?.name !== "workflow_dispatch") return event;
  const { code, stdout } = await run("git", ["rev-parse", "HEAD"], { cwd: folder });
  const head = stdout.trim();
  return code === 0 && /^[0-9a-f]{40,64}$/.test(head) ? { ...event, head } : event;
}
