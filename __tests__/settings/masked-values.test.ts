import { describe, expect, test } from "vitest";
import { createLog } from "../../src/log.ts";
import { readSettings } from "../../src/settings/read.ts";
import { rightInputs, type Seen, smallProject, worldOf } from "./source.ts";

async function masking(env: string, inputs: Readonly<Record<string, string>> = {}): Promise<Seen> {
  const seen: Seen = { masked: [], logged: [] };
  const files = { ...smallProject, "catalogue/__init__.py": "" };
  const world = worldOf(
    { inputs: { ...rightInputs, env, ...inputs }, files, env: { GITHUB_REPOSITORY: "acme/web-shop" } },
    seen,
  );
  await readSettings(world);
  return seen;
}

describe("values that the run has to say are not masked, and named once", () => {
  test.each([
    ["DB_NAME=shop", "DB_NAME is not masked: its value is the project's own name"],
    ["DB_NAME=Shop", "DB_NAME is not masked: its value is the project's own name"],
    ["DB_USER=woven", "DB_USER is not masked: its value is an account on the servers"],
    ["DB_HOST=web1.example.com", "DB_HOST is not masked: its value is a host of this run"],
    ["HOSTS=shop.example.com,localhost", "HOSTS is not masked: its value is a domain of the project"],
    ["ORIGIN=https://shop.example.com/", "ORIGIN is not masked: its value is a domain of the project"],
    ["STAGE_NAME=production", "STAGE_NAME is not masked: its value is a role"],
    ["RELEASE_NAME=1.2", "RELEASE_NAME is not masked: its value is the version"],
    ["APP=catalogue", "APP is not masked: its value is a module of the project"],
    ["CONF=shop.settings", "CONF is not masked: its value is a module of the project"],
    ["CONF=shop.other.production", "CONF is not masked: its value is a module of the project"],
    ["REPO=acme/web-shop", "REPO is not masked: its value is the repository's name"],
    [
      "DB_PASSWORD=shop",
      "DB_PASSWORD is not masked: its value appears in every log of this project. Choose another value.",
    ],
    ["DB_PASSWORD=abc", "DB_PASSWORD is not masked: it is too short. Choose another value."],
    ["DEBUG=true", "DEBUG is not masked: its value is a plain word or number"],
    ["A=1\nB=5432\nC=None", "A, B, C are not masked: their values are plain words or numbers"],
    ["ENGINE=django.db.backends.postgresql", "ENGINE is not masked: its value is a plain word or number"],
    ["DB_HOST=localhost", "DB_HOST is not masked: its value is a plain word or number"],
  ])("%j", async (env, note) => {
    const { masked, logged } = await masking(env);
    expect(logged.filter((line) => line.includes("masked"))).toEqual([note]);
    expect(masked).toEqual(["a key"]);
  });

  test("a password in a URL that is the project's name; the URL itself is masked", async () => {
    const { masked, logged } = await masking("DATABASE_URL=postgres://shop:shop@db.internal/shop");
    expect(logged[0]).toMatch(/^The password in DATABASE_URL is not masked/);
    expect(masked).toContain("postgres://shop:shop@db.internal/shop");
    expect(masked).not.toContain("shop");
  });

  test("an empty value is none", async () => {
    expect((await masking("EMPTY=\nNONE=''")).logged.filter((line) => line.includes("masked"))).toEqual([]);
  });
});

describe("everything else is masked", () => {
  test.each([
    ["DB_PASSWORD=password123", "password123"],
    ["DB_PASSWORD=password", "password"],
    ["DB_PASSWORD=postgres", "postgres"],
    ["DB_PASSWORD=12345", "12345"],
    ["ANYTHING=123456", "123456"],
    ["ANYTHING=hunter", "hunter"],
    ["ANYTHING=shop1", "shop1"],
    ["ANYTHING=shops", "shops"],
    ["DSN=https://abcdef@shop.example.com/1", "https://abcdef@shop.example.com/1"],
    ["HOOK=https://hooks.example.com/T0/B0/x1", "https://hooks.example.com/T0/B0/x1"],
    ["HOOK=https://shop.example.com/hook/x1y2", "https://shop.example.com/hook/x1y2"],
    ["DATABASE_URL=postgres://shop:s3cr3t@localhost/shop", "s3cr3t"],
    ["TWO='localhost\nhunter22'", "hunter22"],
    ["LIST=shop,hunter22", "shop,hunter22"],
    ["OTHER=.shop", ".shop"],
  ])("%j", async (env, text) => {
    const { masked, logged } = await masking(env);
    expect(masked).toContain(text);
    expect(logged.filter((line) => line.includes("masked"))).toEqual([]);
  });

  test("also where the settings are wrong, before their problems are told", async () => {
    const seen: Seen = { masked: [], logged: [] };
    const inputs = { ...rightInputs, env: "SECRET_KEY=hunter22\nDB_NAME=shop", "host-key-policy": "trusting" };
    await expect(readSettings(worldOf({ inputs, files: smallProject }, seen))).rejects.toMatchObject({
      code: "settings",
    });
    expect(seen.masked).toContain("hunter22");
    expect(seen.masked).not.toContain("shop");
  });
});

test("a log in which the project's name is a value of env can be read", async () => {
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line));
  const inputs = { ...rightInputs, env: "DB_NAME=shop\nDB_PASSWORD=hunter22" };
  await readSettings({
    ...worldOf({ inputs, files: smallProject }),
    mask: (text) => log.mask(text),
    log: (line) => log.info(line),
  });
  log.info("hunter22");
  expect(lines.some((line) => line.startsWith("Distribution: shop ("))).toBe(true);
  expect(lines.at(-1)).toBe("***");
});
