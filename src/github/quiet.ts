// Keeps what a library prints by itself out of the log: @actions/cache and @actions/core write commands and warnings straight to stdout.
import { AsyncLocalStorage } from "node:async_hooks";

/** The one thing of `process.stdout` that is changed. */
export interface Printer {
  write: NodeJS.WriteStream["write"];
}

/** What `body` prints to `printer` is handed to `heard`, also from its callbacks; what others print meanwhile goes through untouched. */
export async function quietly<T>(printer: Printer, heard: (text: string) => void, body: () => Promise<T>): Promise<T> {
  const inside = new AsyncLocalStorage<boolean>();
  const original = printer.write;
  const replaced: Printer["write"] = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    // What is to be hidden (the signature of an upload's address) the runner must hear, for the library's other lines hold it.
    if (!inside.getStore() || text.startsWith("::add-mask::"))
      return Reflect.apply(original, printer, [chunk, ...rest]);
    // Outside again: whoever hears it may print it, to this same printer.
    inside.run(false, () => heard(text));
    const done = rest.at(-1);
    if (typeof done === "function") done();
    return true;
  };
  printer.write = replaced;
  // A body that was given up on may print later still: the replacement stays as long as it runs.
  const running = inside.run(true, body);
  return running.finally(() => {
    if (printer.write === replaced) printer.write = original;
  });
}
