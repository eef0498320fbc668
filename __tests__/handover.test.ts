// The inputs reach the process that takes this one's place, whatever else happens in Node meanwhile.
import { execFile } from "node:child_process";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const handover = new URL("../src/handover.ts", import.meta.url).href;

/** Holds number 0 for 100 ms as soon as it is free, as another thread of Node would. */
const otherThread = `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { Worker } from "node:worker_threads";
const close = fs.closeSync;
fs.closeSync = (file) => {
  close(file);
  if (file !== 0 || globalThis.held) return;
  globalThis.held = fs.openSync("/dev/zero") === 0;
  if (!globalThis.held) throw new Error("number 0 was not free");
  fs.writeSync(2, "held ");
  new Worker("setTimeout(() => require('node:fs').closeSync(0), 100)", { eval: true, execArgv: [] }).unref();
};
syncBuiltinESMExports();
`;

test("another file that takes the number of standard input for a moment is waited for", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "woven-handover-"));
  const [preload, program] = [join(folder.path, "preload.mjs"), join(folder.path, "program.mjs")];
  await writeFile(preload, otherThread);
  await writeFile(
    program,
    `import { readlinkSync } from "node:fs";
import { takeInputs } from ${JSON.stringify(handover)};
const inputs = takeInputs(process);
console.log(JSON.stringify([inputs, readlinkSync("/proc/self/fd/0")]));
process.exit();`,
  );
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--import", preload, program], {
    env: { PATH: process.env["PATH"], INPUT_COMMAND: "deploy" },
  });
  expect(JSON.parse(stdout)).toEqual([{ INPUT_COMMAND: "deploy" }, "/dev/null"]);
  // In the process that hands over and in the one that takes over.
  expect(stderr.match(/held/g)).toHaveLength(2);
});
