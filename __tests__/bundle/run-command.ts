// The real Run: a child process without a shell, its output collected.
import { spawn } from "node:child_process";
import type { Run } from "../../src/run-process.ts";

/** A Run whose programs are stopped when `signal` aborts. */
export function commandRunner(signal?: AbortSignal): Run {
  return (command, args, options) =>
    new Promise((resolve, reject) => {
      const child = spawn(command, args, {
        cwd: options.cwd,
        env: options.env,
        signal,
        stdio: ["pipe", "pipe", "pipe"],
      });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
      child.on("error", (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") resolve({ code: 127, stdout: "", stderr: `${command}: not found` });
        else reject(error);
      });
      child.on("close", (code) => {
        resolve({
          code: code ?? 1,
          stdout: Buffer.concat(stdout).toString("utf8"),
          stderr: Buffer.concat(stderr).toString("utf8"),
        });
      });
      // A program that ends without reading its input closes the pipe: not our failure.
      child.stdin.on("error", () => {});
      child.stdin.end(options.input ?? "");
    });
}
