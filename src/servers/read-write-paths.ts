// Where the units of a site may write: ReadWritePaths= of systemd.exec(5). All else is read-only to them.
import type { Layout } from "../release/layout.ts";

export function readWritePaths({ database, media, writable }: Layout): string {
  // systemd ignores the last one if it does not exist: only some projects have it.
  return `${database} ${media} -${writable}`;
}
