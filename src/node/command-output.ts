// What a command prints, kept within bounds: a node must not be able to fill the runner's memory.

import { WovenError } from "../errors.ts";

const tailBytes = 64 * 1024;
const wholeBytes = 64 * 1024 * 1024;

/** All of one stream up to 64 MiB, or its last 64 KiB where a listener takes it as it comes. */
export class CommandOutput {
  #chunks: Buffer[] = [];
  #bytes = 0;
  readonly #listener: ((chunk: Buffer) => void) | undefined;
  readonly #fail: (reason: unknown) => void;

  /** `fail` is told what the listener throws, and `output-too-long`. */
  constructor(listener: ((chunk: Buffer) => void) | undefined, fail: (reason: unknown) => void) {
    this.#listener = listener;
    this.#fail = fail;
  }

  take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#listener) this.#pass(chunk, this.#listener);
    else if (this.#bytes > wholeBytes) this.#tooLong();
  }

  text(): string {
    const all = Buffer.concat(this.#chunks);
    return (this.#listener ? all.subarray(-tailBytes) : all).toString("utf8");
  }

  #pass(chunk: Buffer, listener: (chunk: Buffer) => void): void {
    // Put together rather than shifted: many small chunks would each keep the 32 KiB packet they are a view of.
    if (this.#bytes > 2 * tailBytes) {
      this.#chunks = [Buffer.concat(this.#chunks).subarray(-tailBytes)];
      this.#bytes = tailBytes;
    }
    try {
      listener(chunk);
    } catch (error) {
      this.#fail(error);
    }
  }

  #tooLong(): void {
    this.#chunks = [];
    this.#bytes = 0;
    this.#fail(new WovenError({ code: "output-too-long", message: "a command printed more than 64 MiB" }));
  }
}
