// Checks that a node has room for a release, before anything is sent.
import { WovenError } from "../errors.ts";
import type { NodeFacts } from "../node/facts.ts";

/** The bytes that a release needs: about three times the size of the files that are sent, and 100 MiB to spare. */
export function roomFor(payloadBytes: number): number {
  return payloadBytes * 3 + 100 * 2 ** 20;
}

/** Throws `disk-full`. */
export function checkRoom(facts: NodeFacts, payloadBytes: number, node: string): void {
  const needed = roomFor(payloadBytes);
  if (facts.diskFree >= needed) return;
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MB`;
  throw new WovenError({
    code: "disk-full",
    message: `${node} has ${megabytes(facts.diskFree)} free for releases, and this one needs ${megabytes(needed)}`,
    state: "Nothing was changed.",
    next: "Free some disk space (keep-releases sets how many releases stay), and run the command again.",
    node,
  });
}
