// A real SQLite file, for tests that give one to Woven.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** What a file holds in which these statements have run. */
export function sqliteFile(sql: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "woven-sqlite-"));
  const path = join(folder, "a.sqlite3");
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
  const content = readFileSync(path);
  rmSync(folder, { recursive: true });
  return content;
}
