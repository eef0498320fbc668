// What a crash left: nodes whose owner is gone are removed by whoever comes next.
import { isGone } from "./owner.ts";
import type { Places } from "./places.ts";
import { readRecords } from "./records.ts";
import { tearDown } from "./teardown.ts";

export async function sweepPlaces(places: Places, log: (line: string) => void): Promise<void> {
  for (const record of await readRecords(places)) {
    if (!(await isGone(record.owner))) continue;
    log(`Removing the local node ${record.name}, whose owner is gone`);
    await tearDown(record, places);
  }
}
