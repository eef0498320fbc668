// Runs one program of the benchmark and measures it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** Seconds from its start to its end. Throws, with what it printed, if it fails. */
export async function timed(
  [program = "", ...args]: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Promise<number> {
  const began = performance.now();
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await once(child, "close")) as [number | null];
  const seconds = (performance.now() - began) / 1000;
  if (code !== 0)
    throw new Error(`${program} ${args.join(" ")} ended with exit code ${code}\n${(await said).join("")}`);
  return seconds;
}
