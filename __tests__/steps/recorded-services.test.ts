// What the records of all releases on a node say: tool.py's words `owned` and `unshared`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lines, type Shell, sh } from "../../src/node/sh.ts";
import type { ReleaseRecord } from "../../src/node/state.ts";
import { releaseRecord, webService } from "../node/records.ts";
import { runStep, step } from "../node/stage-run.ts";

const first = readFileSync(join(import.meta.dirname, "../node/release-schema-1.json"), "utf8");
const second = releaseRecord({
  distribution: "shop",
  version: "0.2",
  name: "0.2",
  sites: [1, 3].map((id) => ({ id, domains: [`s${id}.example.com`] })),
  services: [webService({ files: ["/etc/nginx/sites-available/s1_example_com-0.2.conf"], packages: [] })],
});
const blog = releaseRecord({
  distribution: "blog",
  sites: [{ id: 3, domains: ["blog.example.com"] }],
  described: {
    django: "5.2",
    staticUrl: null,
    mediaUrl: "",
    databases: {},
    sqliteFiles: ["blog.db", "both.db"],
    templateDirs: [],
    mediaSeed: null,
  },
});

/** What the words print on a node that holds these records. */
async function asked(words: readonly string[], records: readonly (string | ReleaseRecord)[]) {
  const placed = records.map((one, index): Shell => {
    const text = typeof one === "string" ? one : JSON.stringify(one);
    const [, distribution = "shop"] = /"distribution":"(\w+)"/.exec(text) ?? [];
    return sh`mkdir -p /var/local/woven/${distribution}/releases
printf '%s\n' ${text} >/var/local/woven/${distribution}/releases/${index}.json
: >/var/local/woven/${distribution}/releases/${index}.json.new`;
  });
  const { status, details, output } = await runStep(
    step("ask", lines([...placed, sh`tool ${words} >>"$run/details"`])),
  );
  return status === "failed" ? { output } : details;
}

test("each file of a service has its distribution, also what a record of the first schema stands for", async () => {
  expect(await asked(["owned"], [first, second, blog])).toEqual([
    "shop /etc/apache2/sites-available/shop_example_com-0.1.conf",
    "shop /etc/apache2/woven/shop-0.1.conf",
    "shop /etc/nginx/sites-available/s1_example_com-0.2.conf",
    "shop /etc/nginx/sites-available/shop_example_com-0.1.conf",
    "blog /etc/nginx/sites-available/shop_example_com-1.0.conf",
    "shop /etc/systemd/system/woven-shop-0.1@.service",
    "blog /etc/systemd/system/woven-shop-1.0@.service",
  ]);
});

test("users and databases that another distribution has, too, are not to be removed", async () => {
  expect(await asked(["unshared", "shop"], [first, second, blog])).toEqual(["user site_1", "database shop.db"]);
  expect(await asked(["unshared", "blog"], [blog])).toEqual([
    "user site_3",
    "user woven-build",
    "database blog.db",
    "database both.db",
  ]);
});

test.each([
  ["cannot be read", '{"distribution":"shop"', /cannot be read/],
  ["lacks what it must have", '{"distribution":"shop","schema":2}', /has no name, sites/],
  ["is of a newer Woven", '{"distribution":"shop","schema":9,"woven":"9.1.0"}', /written by Woven 9\.1\.0/],
])("a record that %s is an error: it may be the one that matters", async (_, text, what) => {
  expect(await asked(["owned"], [first, text])).toEqual({ output: expect.stringMatching(what) });
  expect(await asked(["unshared", "blog"], [blog, text])).toEqual({ output: expect.stringMatching(what) });
});
