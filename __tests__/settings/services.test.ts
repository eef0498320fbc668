// `services`: what each server has, what one server has for all others, and how a site reaches it.
import { expect, test } from "vitest";
import { packagesOfServices, serviceRules, serviceUrl, variablesOf } from "../../src/settings/data-services.ts";
import { wantedRules } from "../../src/setup/role-lists.ts";
import { problemsOf, settingsOf, smallProject } from "./source.ts";

const roles = `web: ["woven@10.0.0.1", "woven@web2.example.com"]
database: ["woven@10.0.0.9:2222"]
mail: ["woven@10.0.0.3"]`;
const withConfig = (lines: string, inputs = {}) => ({
  files: { ...smallProject, "woven.toml": `${smallProject["woven.toml"]}${lines}\n` },
  inputs: { role: "web", roles, ...inputs },
});
const read = async (lines: string, inputs = {}) => (await settingsOf(withConfig(lines, inputs))).services;
const [web, database] = [{ host: "10.0.0.1" }, { host: "10.0.0.9", port: 2222 }];
const secrets = { password: "c0ffee", distribution: "my-shop" };

test("a list: each server has its own, on loopback, and nobody else reaches it", async () => {
  const services = await read('services = ["redis", "postgresql", "memcached", "redis"]');
  expect(services.map(({ name }) => name)).toEqual(["redis", "postgresql", "memcached"]);
  expect(variablesOf(services)).toEqual(["REDIS_URL", "DATABASE_URL", "MEMCACHED_SERVERS"]);
  for (const node of [web, database]) {
    expect(packagesOfServices(services, node)).toEqual(["redis-server", "postgresql", "memcached"]);
    expect(serviceRules(services, node)).toEqual([]);
    expect(services.slice(0, 2).map((one) => serviceUrl(one, node, secrets))).toEqual([
      "redis://:c0ffee@127.0.0.1:6379/0",
      "postgres://my-shop:c0ffee@127.0.0.1:5432/my-shop",
    ]);
  }
});

test("a role: its server has it, the servers of the other roles reach it, each by its address", async () => {
  const services = await read(
    '[services]\npostgresql = "database"\nvalkey = { role = "database", address = "fd00::9" }',
  );
  const [valkey, postgresql] = services;
  if (!valkey || !postgresql) throw new Error("a service is missing");
  expect(packagesOfServices(services, database)).toEqual(["valkey-server", "postgresql"]);
  expect(packagesOfServices(services, web)).toEqual(["libpq5"]);
  expect(serviceUrl(postgresql, web, secrets)).toBe("postgres://my-shop:c0ffee@10.0.0.9:5432/my-shop?sslmode=require");
  expect(serviceUrl(postgresql, database, secrets)).toBe("postgres://my-shop:c0ffee@127.0.0.1:5432/my-shop");
  expect(serviceUrl(valkey, web, secrets)).toBe("redis://:c0ffee@[fd00::9]:6379/0");
  const resolved = new Map([["web2.example.com", ["10.0.0.2", "fd00::2"]]]);
  expect(serviceRules([postgresql], database, resolved)).toEqual(
    ["10.0.0.1", "10.0.0.2", "fd00::2", "10.0.0.3"].map((from) => `allow from ${from} to any port 5432 proto tcp`),
  );
  expect(serviceRules(services, web, resolved)).toEqual([]);
});

test("from names who may reach it instead, and without ufw there are no rules", async () => {
  const lines = '[services.mariadb]\nrole = "database"\nfrom = ["10.0.0.0/24"]\n';
  const settings = await settingsOf(withConfig(lines, { command: "setupnode", role: "database" }));
  const [address] = settings.nodes;
  if (!address) throw new Error("no node");
  const rule = "allow from 10.0.0.0/24 to any port 3306 proto tcp";
  expect(wantedRules(address, settings)).toEqual(["allow 80,443/tcp", rule]);
  expect(wantedRules(address, { ...settings, setup: { ...settings.setup, enableUfw: false } })).toEqual([]);
});

test("a rehearsal has its own services, and reaches for no real server", async () => {
  const services = await read('[services]\npostgresql = "database"', { command: "deploy", role: "local" });
  expect(services).toEqual([{ name: "postgresql", from: [] }]);
});

test.each([
  ['services = ["rediss"]', "woven.toml: services", /"rediss" is not .*redis/],
  ['services = ["redis", "valkey"]', "woven.toml: services", /REDIS_URL/],
  ['[services]\npostgresql = "database"\nmariadb = "database"', "woven.toml: services", /DATABASE_URL/],
  ['[services]\npostgresql = "databse"', "woven.toml: services.postgresql.role", /no role "databse"/],
  ['[services]\npostgresql = "web"', "woven.toml: services.postgresql.role", /2 servers/],
  ['[services]\nmemcached = "database"', "woven.toml: services.memcached.role", /no password/],
  ['[services.redis]\nfrom = ["10.0.0.1"]', "woven.toml: services.redis", /no role/],
  ['[services.redis]\nrole = "database"\nfrom = ["10.0.0.1/24"]', "woven.toml: services.redis.from", /10\.0\.0\.1\/24/],
  ['[services.redis]\nrole = "database"\naddress = "a b"', "woven.toml: services.redis.address", /"a b" is not/],
  ['[services]\npostgres = "database"', "woven.toml: services", /postgres/],
])("%j is reported with its line", async (lines, where, what) => {
  const [problem] = await problemsOf(withConfig(lines));
  expect(problem).toMatchObject({ file: "woven.toml", line: expect.any(Number) });
  expect(problem?.where).toContain(where);
  expect(problem?.what).toMatch(what);
});
