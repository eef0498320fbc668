// Addresses of services: from the server that has the service, as secrets, and never over what the user sets.
import { expect, test } from "vitest";
import type { Host } from "../../src/node/host.ts";
import { serviceAddresses } from "../../src/rollout/service-addresses.ts";
import { settingsOf, smallProject } from "../settings/source.ts";
import { runtime } from "./release.ts";

const password = "0123456789abcdef0123456789abcdef";
const services = 'services = ["redis", "postgresql"]\n';

/** A server that keeps this text, and counts how often it is asked. */
function server(kept: string | undefined) {
  let asked = 0;
  const root = async () => {
    asked += 1;
    return { code: 0, stdout: kept ?? "", stderr: "" };
  };
  return { host: { name: "web1", address: { host: "web1.example.com" }, root } as unknown as Host, asked: () => asked };
}

const kept = (passwords: Readonly<Record<string, string>>) => JSON.stringify({ schema: 1, woven: "1.0.0", passwords });
const settings = (inputs = {}) =>
  settingsOf({ files: { ...smallProject, "woven.toml": `${smallProject["woven.toml"]}${services}` }, inputs });

test("each server gives its own addresses, with its passwords, and they are masked", async () => {
  const masked: string[] = [];
  const around = runtime();
  await using addresses = serviceAddresses(await settings(), {
    ...around,
    log: { ...around.log, mask: (text) => masked.push(text) },
  });
  const { host, asked } = server(
    kept({ redis: password, "postgresql shop": password, "postgresql other": "f".repeat(32) }),
  );
  const { secretEnv } = await addresses.added(await settings(), host);
  const shown = Object.fromEntries(Object.entries(secretEnv).map(([name, value]) => [name, value.reveal()]));
  expect(shown).toEqual({
    REDIS_URL: `redis://:${password}@127.0.0.1:6379/0`,
    DATABASE_URL: `postgres://shop:${password}@127.0.0.1:5432/shop`,
  });
  expect(masked).toContain(password);
  expect(asked()).toBe(1);
});

test("what the user sets stays, and no password is read for it", async () => {
  const read = await settings({ env: "REDIS_URL=redis://10.0.0.5\nDATABASE_URL=sqlite:////tmp/db" });
  await using addresses = serviceAddresses(read, runtime());
  const { host, asked } = server(undefined);
  expect((await addresses.added(read, host)).secretEnv).toEqual(read.secretEnv);
  expect(asked()).toBe(0);
  const other = { ...read, secretEnv: {}, env: { REDIS_URL: "redis://10.0.0.5" }, services: read.services.slice(0, 1) };
  expect((await addresses.added(other, host)).secretEnv).toEqual({});
});

test.each([
  ["setup-due", undefined],
  ["setup-due", kept({ redis: password })],
  ["state-broken", "{"],
  ["state-broken", JSON.stringify({ schema: 2, passwords: {} })],
  // It would become part of a URL and of SQL.
  ["state-broken", kept({ redis: "a@b/'c" })],
])("it is %s if the server keeps %j", async (code, text) => {
  await using addresses = serviceAddresses(await settings(), runtime());
  await expect(addresses.added(await settings(), server(text).host)).rejects.toMatchObject({ code });
});
