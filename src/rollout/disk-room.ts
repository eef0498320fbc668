// Whether a node has room for a release, asked before anything is sent.
import { WovenError } from "../errors.ts";
import type { NodeFacts } from "../node/facts.ts";

/** Enough room for what comes, twice over, and something to breathe; checked before anything is sent. */
export function checkRoom(facts: NodeFacts, payloadBytes: number, node: string): void {
  const needed = payloadBytes * 3 + 100 * 2 ** 20;
  if (facts.diskFree >= needed) return;
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MB`;
  throw new WovenError({
    code: "disk-full",
    message: `${node} has ${megabytes(facts.diskFree)} free where releases go; this one needs ${megabytes(needed)}`,
    next: "Nothing was touched. Free some room there (keep-releases says how many releases stay), then run the command again.",
    node,
  });
}
