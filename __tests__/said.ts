// What real runs printed when the examples in examples/shop-faults/ failed on a node, kept for the tests of how it is read.
import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Said =
  | "bad-check"
  | "bad-health"
  | "bad-migration"
  | "no-database"
  | "no-permission"
  | "no-static"
  | "no-variable"
  | "postgresql-migration";

export function said(what: Said): string {
  return readFileSync(join(import.meta.dirname, "said", `${what}.txt`), "utf8");
}
