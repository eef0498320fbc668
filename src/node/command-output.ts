// The output of a command, limited in size: a node must not be able to fill the runner's memory.

import { WovenError } from "../errors.ts";

/** How much of a long output is kept. */
const tailBytes = 64 * 1024;

/** `all`: keeps everything, and more than `most` bytes are an error. `tail`: keeps the last 64 KiB. */
export type Kept = { readonly kind: "all"; readonly most: number } | { readonly kind: "tail" };

/** One stream of a command. It uses at most twice the memory of what it keeps, even if the output comes in tiny pieces. */
export class CommandOutput {
  #bytes = Buffer.alloc(1024);
  #length = 0;
  readonly #kept: Kept;
  readonly #listener: ((chunk: Buffer) => void) | undefined;
  readonly #fail: (reason: unknown) => void;

  /** `fail` gets what the listener throws, and `output-too-long`. */
  constructor(kept: Kept, listener: ((chunk: Buffer) => void) | undefined, fail: (reason: unknown) => void) {
    this.#kept = kept;
    this.#listener = listener;
    this.#fail = fail;
  }

  take(chunk: Buffer): void {
    if (this.#kept.kind === "tail") this.#add(chunk.subarray(-tailBytes));
    else if (this.#length + chunk.length <= this.#kept.most) this.#add(chunk);
    else this.#tooLong(this.#kept.most);
    try {
      this.#listener?.(chunk);
    } catch (error) {
      this.#fail(error);
    }
  }

  text(): string {
    const all = this.#bytes.subarray(0, this.#length);
    return (this.#kept.kind === "tail" ? all.subarray(-tailBytes) : all).toString("utf8");
  }

  #add(chunk: Buffer): void {
    if (this.#kept.kind === "tail" && this.#length + chunk.length > 2 * tailBytes) {
      const rest = this.#bytes.subarray(Math.max(0, this.#length - tailBytes), this.#length);
      this.#bytes.set(rest);
      this.#length = rest.length;
    }
    if (this.#length + chunk.length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(2 * this.#bytes.length, this.#length + chunk.length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length += chunk.length;
  }

  #tooLong(most: number): void {
    this.#bytes = Buffer.alloc(0);
    this.#length = 0;
    const message = `a command printed more than ${Math.round(most / 2 ** 20)} MiB`;
    this.#fail(new WovenError({ code: "output-too-long", message }));
  }
}
