// A shell as root that waits on the login for its script. Opening a channel, sudo and a shell takes two round trips and some time on the
// server: whoever has a script to run soon opens the shell before.
import { Readable } from "node:stream";
import { WovenError } from "../errors.ts";
import type { ExecOptions, ExecResult, Session } from "./session.ts";
import { type Shell, sh } from "./sh.ts";

/** Reads one line and runs it. The rest of the input is the script's. Without a line, the login has ended. */
export const awaitScript = sh`IFS= read -r line || exit 0; eval "$line"`;

export interface ReadyScript {
  /** One line. */
  readonly line: string;
  readonly input?: ExecOptions["input"];
  readonly onStdout: (chunk: Buffer) => void;
  readonly signal?: AbortSignal | undefined;
}

export class ReadyShell {
  readonly #script = Promise.withResolvers<ReadyScript>();
  readonly #stop = new AbortController();
  readonly #result: Promise<ExecResult>;
  #onStdout: ReadyScript["onStdout"] = () => undefined;

  /** @param first what the command reads before the line: a password for sudo */
  constructor(session: Session, command: Shell, first: string) {
    this.#result = session.exec(command, {
      purpose: "a shell for the next stage",
      input: this.#input(first),
      onStdout: (chunk) => this.#onStdout(chunk),
      signal: this.#stop.signal,
    });
    // Whoever runs a script gets the error. Without one, nobody needs this shell.
    this.#result.catch(() => undefined);
  }

  /** Runs the script. Undefined if the server opened no such shell: then nothing of the input has been read. */
  async run(script: ReadyScript): Promise<ExecResult | undefined> {
    const { signal } = script;
    const stop = () => this.#stop.abort(signal?.reason);
    this.#onStdout = script.onStdout;
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    this.#script.resolve(script);
    try {
      return await this.#result;
    } catch (error) {
      if (error instanceof WovenError && error.code === "exec-refused") return undefined;
      if (script.input instanceof Readable) script.input.destroy();
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  async *#input(first: string): AsyncIterable<Uint8Array> {
    if (first !== "") yield Buffer.from(first);
    const { line, input } = await this.#script.promise;
    yield Buffer.from(`${line}\n`);
    if (typeof input === "string" || input instanceof Uint8Array) yield Buffer.from(input);
    else if (input) yield* input;
  }
}
