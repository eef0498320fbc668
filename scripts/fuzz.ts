// The long fuzz run: `npm run fuzz -- --runs 1000000 [--seed N] [--only 'part of a name']`. Each target runs in its own
// thread. The main thread watches it, so that an input that hangs is reported too.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { fuzz, targets } from "../__tests__/fuzz/fuzz-run.ts";

interface Work {
  readonly name: string;
  readonly count: number;
  readonly seed: number;
  readonly done: SharedArrayBuffer;
}

/** After this many seconds without a new input, a target counts as hanging. Long, because the machine may be busy. */
const patience = 60;

async function main(): Promise<void> {
  const options = { runs: { type: "string" }, seed: { type: "string" }, only: { type: "string" } } as const;
  const { values } = parseArgs({ options });
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  const chosen = targets.filter(({ name }) => name.includes(values.only ?? ""));
  const count = Math.ceil(Number(values.runs ?? 100_000) / chosen.length);
  const started = performance.now();
  console.log(`${count} inputs for each of ${chosen.length} targets, seed ${seed}`);
  const waiting = chosen.map(({ name }) => name);
  let failed = 0;
  const worker = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const found = await run({ name, count, seed, done: new SharedArrayBuffer(8) });
      if (found !== undefined) failed += 1;
      console.log(found === undefined ? `ok      ${name}` : `FAILED  ${name}\n${found}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${count * chosen.length} inputs in ${seconds} s; ${failed} of ${chosen.length} targets failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

/** The failure that was found, or undefined. */
function run(work: Work): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const worker = new Worker(new URL(import.meta.url), { workerData: work });
  const done = new Int32Array(work.done);
  let last = -1;
  let still = 0;
  const watch = setInterval(() => {
    const now = Atomics.load(done, 0);
    still = now === last ? still + 1 : 0;
    last = now;
    if (still >= patience) resolve(`input ${now} (seed ${work.seed}) hangs`);
  }, 1000);
  worker.on("message", (found: string) => resolve(found));
  worker.on("error", (error) => resolve(error instanceof Error ? (error.stack ?? error.message) : String(error)));
  worker.on("exit", () => resolve(undefined));
  return promise.finally(async () => {
    clearInterval(watch);
    await worker.terminate();
  });
}

function work({ name, count, seed, done }: Work): void {
  const target = targets.find((one) => one.name === name);
  const counter = new Int32Array(done);
  try {
    if (target) fuzz(target, { count, seed }, () => Atomics.add(counter, 0, 1));
  } catch (error) {
    parentPort?.postMessage(error instanceof Error ? `${error.message}\n${String(error.cause ?? "")}` : String(error));
  }
}

if (isMainThread) await main();
else work(workerData as Work);
