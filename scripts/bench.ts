// `npm run bench`: measures each command on local nodes, through the built action, and compares with the budgets of docs/design.md. The
// exit code is 1 if one is exceeded. `--peers` also measures other tools, and with `--readme` it writes their table into README.md.
// `--repetitions N` (3, or 5 with `--peers`) sets how often each is measured. `--json` prints the numbers as JSON. `--verbose` prints the
// log of the runs to stderr.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ownKeyPair } from "../src/local/key-pair.ts";
import { removeImage } from "../src/local/node.ts";
import { budgetRows, columns, isWithin, median, peerTable, type Turns } from "./bench/numbers.ts";
import { measureOwn, type OwnResults, ownBudgets, type World } from "./bench/own.ts";
import { measurePeers, peerBudgets, peerMedians } from "./bench/peers.ts";
import { withPeerTable } from "./bench/readme.ts";

const { values: flags } = parseArgs({
  options: {
    json: { type: "boolean" },
    verbose: { type: "boolean" },
    peers: { type: "boolean" },
    readme: { type: "boolean" },
    repetitions: { type: "string" },
  },
});
const say = (line: string): void => console.error(line);
const controller = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => controller.abort(new Error(`stopped by ${signal}`)));
}

function repetitions(): number {
  const given = Number(flags.repetitions ?? (flags.peers ? 5 : 3));
  if (Number.isInteger(given) && given > 0) return given;
  throw new Error(`--repetitions ${flags.repetitions}: write a whole number, such as 5`);
}

function tellOwn({ runs, warm, firstByte, fleet, changedBytes }: OwnResults): void {
  const spread = (what: string, values: readonly number[]) => [
    `${what}, ${values.length} times`,
    ...[median(values), Math.min(...values), Math.max(...values)].map((value) => value.toFixed(3)),
  ];
  const lines = [
    ...columns([
      ["", "seconds", "logins", "round trips", "bytes sent"],
      ...runs.map(({ what, seconds, logins, roundTrips, bytesSent }) => [
        what,
        seconds.toFixed(2),
        `${logins}`,
        `${roundTrips}`,
        `${bytesSent}`,
      ]),
    ]),
    "",
    ...columns([
      ["seconds", "median", "least", "most"],
      ...[...warm].map(([way, seconds]) => spread(`warm deploy, ${way}`, seconds)),
      spread("first byte of SSH", firstByte),
    ]),
    "",
    `Changed, gzipped: ${changedBytes.warm} bytes in a warm deploy, ${changedBytes.patch} in the patch`,
    `A dry run on many servers: ${(fleet.bytes / 1e6).toFixed(0)} MB, ${fleet.seconds.toFixed(1)} s`,
    "",
  ];
  for (const line of lines) console.log(line);
}

const world: World = {
  keys: await ownKeyPair(),
  print: flags.verbose ? (line) => say(`  ${line}`) : () => undefined,
  say,
  signal: controller.signal,
  image: `bench-${process.pid}`,
  repetitions: repetitions(),
};
try {
  const own = await measureOwn(world);
  const peers: ReadonlyMap<string, Turns> | undefined = flags.peers ? await measurePeers(world) : undefined;
  const budgets = [...ownBudgets(own), ...(peers ? peerBudgets(peers) : [])];
  if (flags.json) {
    const numbers = { ...own, warm: Object.fromEntries(own.warm), ...(peers ? { peers: peerMedians(peers) } : {}) };
    console.log(JSON.stringify({ ...numbers, budgets }, null, 2));
  } else {
    tellOwn(own);
    if (peers) console.log(`${peerTable(peers)}\n`);
    for (const line of columns(budgetRows(budgets))) console.log(line);
  }
  if (peers && flags.readme) {
    const page = join(import.meta.dirname, "../README.md");
    await writeFile(page, withPeerTable(await readFile(page, "utf8"), peerTable(peers), world.repetitions));
  }
  if (!budgets.every(isWithin)) process.exitCode = 1;
} finally {
  await removeImage(world.image);
}
