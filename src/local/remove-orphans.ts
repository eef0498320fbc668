// Removes the nodes that a crashed process left behind.
import { hasEnded } from "./node-owner.ts";
import type { Places } from "./places.ts";
import { readRecords } from "./records.ts";
import { tearDown } from "./teardown.ts";

export async function removeOrphans(places: Places, log: (line: string) => void): Promise<void> {
  for (const record of await readRecords(places)) {
    if (!(await hasEnded(record.owner))) continue;
    log(`Removing the local node ${record.name}, whose owner has ended`);
    await tearDown(record, places);
  }
}
