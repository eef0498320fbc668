// Runs tool.py of the kit as a stage does: with the system's own Python.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../src/package-files.ts";

export interface Outcome {
  readonly code: number | null;
  readonly stderr: string;
}

export const fine: Outcome = { code: 0, stderr: "" };

export function tool(args: readonly string[], input = ""): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn("python3", ["-IBS", join(packageRoot, "templates/node/tool.py"), ...args], { env });
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("close", (code) => resolve({ code, stderr }));
    child.stdin.on("error", () => undefined).end(input);
  });
}

/** What a stage has of the environment. */
export const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
