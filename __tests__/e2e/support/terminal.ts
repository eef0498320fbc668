// Somebody at a terminal: runs the built command line. Local nodes belong to the terminal's shell, so each terminal has its own.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { listNodes, removeNode } from "../../../src/local/node.ts";
import { root } from "../../harness/run-action.ts";
import { wayOut } from "../../harness/way-out.ts";

export const cli = join(root, "dist/cli.js");

/** What it runs with: neither the key nor the host keys of whoever runs the tests. */
const environment = (home: string) => ({
  ...wayOut,
  PATH: process.env["PATH"] ?? "",
  HOME: home,
  XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"] ?? join(process.env["HOME"] ?? "", ".cache"),
  WOVEN_LOCAL_HOME: process.env["WOVEN_LOCAL_HOME"] ?? "",
  GIT_CONFIG_NOSYSTEM: "1",
});

/** Runs one command and expects success. Returns what it printed. */
export async function woven(folder: string, ...words: readonly string[]): Promise<string> {
  const { code, said } = await new Promise<{ code: unknown; said: string }>((done) => {
    execFile(process.execPath, [cli, ...words], { cwd: folder, env: environment(folder) }, (error, out, err) =>
      done({ code: error?.code ?? 0, said: out + err }),
    );
  });
  expect(code, said).toBe(0);
  return said;
}

/** Types the line that `init` shows for the commit, as it is. */
export async function commitAsShown(folder: string, said: string): Promise<void> {
  const [, line = "echo the commit is not shown; false"] = /^ {2}(git add .*)$/m.exec(said) ?? [];
  const [name, email] = ["Ada", "ada@example.com"];
  const author = {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
  await promisify(execFile)("sh", ["-c", line], { cwd: folder, env: { ...environment(folder), ...author } });
}

export interface Terminal extends AsyncDisposable {
  /** Runs one command in this terminal, and expects success. */
  woven(folder: string, ...words: readonly string[]): Promise<string>;
}

/** A shell in a session of its own. It ends, with the nodes that belong to it, when it is disposed of. */
export function terminal(home: string): Terminal {
  const shell: ChildProcess = spawn("sh", [], {
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
    env: environment(home),
  });
  let said = "";
  shell.stdout?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
  return {
    async woven(folder, ...words) {
      said = "";
      const end = "the command ended with";
      const command = [process.execPath, cli, ...words].map(quoted).join(" ");
      shell.stdin?.write(`(cd ${quoted(folder)} && ${command}) 2>&1 </dev/null; echo "${end} $?"\n`);
      await expect.poll(() => said, { timeout: 4 * 60_000, interval: 200 }).toContain(end);
      expect(said.trim().endsWith(`${end} 0`), said).toBe(true);
      return said;
    },
    async [Symbol.asyncDispose]() {
      for (const { name, owner } of await listNodes())
        if (owner.kind === "process" && owner.pid === shell.pid) await removeNode(name);
      shell.stdin?.end();
      if (shell.exitCode === null) await once(shell, "exit");
    },
  };
}
