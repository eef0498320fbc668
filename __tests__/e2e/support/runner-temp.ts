// RUNNER_TEMP of a second runner: jobs that run at the same time are not on one machine.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const made: string[] = [];
afterAll(async () => {
  for (const folder of made) await rm(folder, { recursive: true, force: true });
});

export async function runnerTempOf(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "woven-runner-"));
  made.push(folder);
  return folder;
}
