// Keeps the output of libraries out of the log: @actions/cache and @actions/core write commands and warnings directly to stdout.
import { AsyncLocalStorage } from "node:async_hooks";

/** The method of `process.stdout` that is replaced. */
export interface Printer {
  write: NodeJS.WriteStream["write"];
}

/** Passes everything that `body` and its callbacks print to `heard`. Output of other code still goes to `printer`. */
export async function quietly<T>(printer: Printer, heard: (text: string) => void, body: () => Promise<T>): Promise<T> {
  const inside = new AsyncLocalStorage<boolean>();
  const original = printer.write;
  const replaced: Printer["write"] = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    // The runner must get mask commands (the signature of an upload's address), because other lines of the library contain it.
    if (!inside.getStore() || text.startsWith("::add-mask::"))
      return Reflect.apply(original, printer, [chunk, ...rest]);
    // Outside of the capture, because `heard` may print to this same printer.
    inside.run(false, () => heard(text));
    const done = rest.at(-1);
    if (typeof done === "function") done();
    return true;
  };
  printer.write = replaced;
  // An abandoned body may still print later, so the replacement stays as long as it runs.
  const running = inside.run(true, body);
  return running.finally(() => {
    if (printer.write === replaced) printer.write = original;
  });
}
