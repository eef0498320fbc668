// A server is one file, its templates and a line in the table: nothing else may know it by name.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { servers } from "../../src/servers/servers.ts";
import { root } from "../harness/run-action.ts";

const src = join(root, "src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));

test("no file but a server's own, and the settings that name it, knows a server", () => {
  // What `starting` reads, other tools have written.
  const others = files.filter((file) => !/^(servers|settings|starting)\//.test(file));
  const naming = others.flatMap((file) =>
    readFileSync(join(src, file), "utf8")
      .split("\n")
      .flatMap((line, index) =>
        /apache|gunicorn|uvicorn|uwsgi|mod_wsgi/i.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
      ),
  );
  expect(naming).toEqual([]);
  expect(others.length).toBeGreaterThan(100);
});

test("no server's file names another one", () => {
  const names = Object.keys(servers);
  for (const name of names) {
    const text = readFileSync(join(src, "servers", `${name}.ts`), "utf8").toLowerCase();
    expect(names.filter((other) => text.includes(other))).toEqual([name]);
  }
  expect(names).toHaveLength(4);
});
