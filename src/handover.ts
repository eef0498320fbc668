// Removes the inputs from the action's process. While a process lives, every process of the same user can read its initial
// environment in /proc/<pid>/environ. So this process replaces itself (execve(2)), under the same id, with one whose environment is
// almost empty, and passes the rest to it in a file without a name.
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readlinkSync,
  readSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WovenError } from "./errors.ts";
import { type Environment, veiled } from "./program-variables.ts";
import { proxyVariables } from "./proxy-variables.ts";

/** The action's inputs, by the names of their variables. */
export type InputVariables = Readonly<Record<string, string>>;

const mark = "--handed-over";

/**
 * Megabytes of each half of the space for new objects. Node lets it grow to 16 and more, and fills what it has before it collects
 * anything: with 200 servers, 110 MB more.
 */
const newObjects = "--max-semi-space-size=4";

/** Variables that Node and the system's libraries read before any code runs, and the one by which the runner finds a job's processes. */
const startVariable =
  /^(PATH|HOME|LANG|LC_ALL|TZ|TMPDIR|LD_LIBRARY_PATH|NODE_\w+|SSL_CERT_(FILE|DIR)|RUNNER_TRACKING_ID)$/;

/**
 * Returns the inputs in a process whose initial environment does not hold them. The first call does not return: it starts the same
 * program again in this process. There, `process.env` has the other variables, and programs inherit only some of them.
 */
export function takeInputs(process: NodeJS.Process): InputVariables {
  if (process.argv.at(-1) !== mark) restart(process);
  const env = readHandover();
  const isInput = (name: string) => name.startsWith("INPUT_");
  process.env = veiled(Object.fromEntries(Object.entries(env).filter(([name]) => !isInput(name))));
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (isInput(name) && value ? [[name, value]] : [])),
  );
}

function restart(process: NodeJS.Process): never {
  const { execve } = process;
  if (execve === undefined)
    throw new WovenError({
      code: "runner",
      message: `Node ${process.version} cannot replace its own process, so Woven could not hide the inputs from the programs that it runs`,
      state: "Nothing was changed.",
      next: "Run this action on Linux, with the Node 24 of GitHub's runner.",
    });
  const proxies = proxyVariables(process.env);
  const all = JSON.stringify({ ...process.env, ...proxies });
  // Node keeps the first three files open across execve.
  writeFileSync(replaceStandardInput(namelessFile), all);
  const start = Object.entries(process.env).filter(([name]) => startVariable.test(name));
  const env = { ...proxies, ...Object.fromEntries(start) };
  const args = [process.execPath, ...process.execArgv, newObjects, ...process.argv.slice(1), mark];
  execve.call(process, process.execPath, args, env as Record<string, string>);
  throw new Error("execve returned");
}

/**
 * Opens a file in the place of standard input. Another thread may hold that number for a moment: the C library opens a file of /sys
 * when a thread first asks for memory.
 */
function replaceStandardInput(open: () => number): number {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  // A file that is opened gets the lowest free number.
  closeSync(0);
  for (let tries = 0; tries < 2000; tries++) {
    const file = open();
    if (file === 0) return file;
    closeSync(file);
    Atomics.wait(pause, 0, 0, 5);
  }
  throw new Error(`standard input was taken by ${readlinkSync("/proc/self/fd/0")}`);
}

/** A file that only this user can read and that ends with the process. In memory if the system has such a folder. */
function namelessFile(): number {
  const { O_RDWR, O_CREAT, O_EXCL } = constants;
  for (const folder of ["/dev/shm", tmpdir()]) {
    const path = join(folder, `woven-${process.pid}-${performance.timeOrigin}`);
    try {
      const file = openSync(path, O_RDWR | O_CREAT | O_EXCL, 0o600);
      unlinkSync(path);
      return file;
    } catch (error) {
      if (folder !== "/dev/shm") throw error;
    }
  }
  throw new Error("there is no folder for a temporary file");
}

/** Reads the file, and puts an empty one in the place of standard input. */
function readHandover(): Environment {
  const text = Buffer.alloc(fstatSync(0).size);
  for (let at = 0; at < text.length; ) {
    const read = readSync(0, text, at, text.length - at, at);
    if (read === 0) throw new Error("the file with the inputs is incomplete");
    at += read;
  }
  ftruncateSync(0, 0);
  replaceStandardInput(() => openSync("/dev/null", "r"));
  return JSON.parse(text.toString("utf8")) as Environment;
}
