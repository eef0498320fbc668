// Which database server gives a preview its database: only the node decides, by what setupnode has set up there.
import { expect, test } from "vitest";
import type { Host } from "../../src/node/host.ts";
import { previewDatabase, usesService } from "../../src/rollout/preview-database.ts";
import type { DataServiceName } from "../../src/settings/data-services.ts";
import { settingsOf, smallProject } from "../settings/source.ts";

const password = "0123456789abcdef0123456789abcdef";

/** A server that keeps passwords under these keys. */
function server(keys: readonly string[]): Host {
  const passwords = Object.fromEntries(keys.map((key) => [key, password]));
  const stdout = keys.length === 0 ? "" : JSON.stringify({ schema: 1, passwords });
  const root = async () => ({ code: 0, stdout, stderr: "" });
  return { name: "web1", address: { host: "web1.example.com" }, root } as unknown as Host;
}

async function chosen(
  keys: readonly string[],
  databases: readonly DataServiceName[],
  env = "",
  name = "shop~pr-12",
): Promise<string> {
  const settings = await settingsOf({ files: smallProject, inputs: { env } });
  return previewDatabase(server(keys), settings, { base: "shop", databases }, name).then(
    (service) => service ?? "none",
    (error: { code: string }) => error.code,
  );
}

test.each<readonly [string, readonly string[], readonly DataServiceName[], string]>([
  ["the one that is set up for the distribution", ["redis", "postgresql shop"], ["postgresql"], "postgresql"],
  ["also if the pull request no longer lists it", ["mariadb shop"], [], "mariadb"],
  ["of two, the one that is listed", ["postgresql shop", "mariadb shop"], ["mariadb"], "mariadb"],
  ["none for a project of SQLite", ["redis"], [], "none"],
  ["not the database of another distribution", ["postgresql blog"], [], "none"],
  ["a database on the server of another role is an error", ["redis"], ["postgresql"], "preview-database"],
  ["so is one that only the pull request lists", [], ["mariadb"], "preview-database"],
])("%s", async (_, keys, listed, expected) => {
  expect(await chosen(keys, listed)).toBe(expected);
});

test("a database that preview-env names is used as it is", async () => {
  expect(await chosen(["postgresql shop"], ["postgresql"], "DATABASE_URL=postgres://db/previews")).toBe("none");
});

test("PostgreSQL would cut off a longer name", async () => {
  expect(await chosen(["postgresql shop"], [], "", `shop~${"x".repeat(60)}`)).toBe("preview-database");
});

test("a release says which databases it has", () => {
  expect(usesService({ databases: { default: "django.contrib.gis.db.backends.postgis" } }, "postgresql")).toBe(true);
  expect(usesService({ databases: { default: "django.db.backends.sqlite3" } }, "postgresql")).toBe(false);
  expect(usesService({ databases: { default: "django.db.backends.mysql" } }, "mariadb")).toBe(true);
  expect(usesService(undefined, "mariadb")).toBe(true);
});
