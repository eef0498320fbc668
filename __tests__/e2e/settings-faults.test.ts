// What is wrong with what the user wrote is told at once: what, where, what to write instead. No node hears of it.
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../src/local/privileged.ts";
import { FakeCache } from "../harness/fake-cache.ts";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { keys } from "./support/equipped.ts";
import { type Operator, operator } from "./support/operator.ts";

/** An address that nobody listens at: a run that gets as far as dialling says so, and fails its test. */
const nowhere = { host: "127.0.0.1", knownHosts: async () => [] };

let project: Checkout;
let cache: FakeCache;
let op: Operator;

beforeAll(async () => {
  project = await checkout(shop["0.1"]);
  cache = await FakeCache.start();
  op = operator(nowhere, keys, cache);
});
afterAll(async () => {
  await project[Symbol.asyncDispose]();
  await cache[Symbol.asyncDispose]();
});

test.each<[string, Readonly<Record<string, string>>, where: string, RegExp]>([
  ["a misspelt command", { command: "deplyo" }, "command", /deplyo.*deploy/s],
  ["a misspelt role", { role: "prodction" }, "role", /prodction.*production/s],
  ["roles that are not YAML", { roles: "production: [woven@web1" }, "roles", /YAML.*line 1/],
  ["roles with a bad host", { roles: "production: ['woven@web 1.example.com']" }, "roles", /production.*web 1/],
  ["roles with root", { roles: "production: [root@web1.example.com]" }, "roles", /root.*woven@web1/s],
  ["an unsafe version", { version: "../../etc" }, "version", /"\.\.\/\.\.\/etc"/],
  ["a version for activate that is none", { command: "activate", version: "1;reboot" }, "version", /"1;reboot"/],
  ["a part that is none", { command: "patch", parts: "statics" }, "parts", /statics.*static/s],
  ["an env line that is none", { env: "DJANGO_SECRET_KEY" }, "env", /NAME=value|KEY=value|=/],
  ["no key", { "ssh-key": "" }, "ssh-key", /secrets\./],
  [
    "a working directory that is not there",
    { "working-directory": "website" },
    "working-directory",
    /"website".*actions\/checkout/s,
  ],
])("%s", async (_, inputs, input, words) => {
  const { result, error, failure } = await op.fail({ checkout: project, command: "deploy", inputs });
  expect(failure).toMatchObject({ code: "settings", where: expect.stringContaining(input) });
  expect(error).toMatch(words);
  expect(JSON.parse(result.outputs["results"] ?? "")).toEqual([]);
  expect(result.summary).toMatch(/failed/);
});

test("a misspelt setting is shown in its file and line, with the right name", async () => {
  await using mistaken = await checkout(shop["0.1"]);
  await mistaken.edit("pyproject.toml", "[tool.woven]\n", "[tool.woven]\nkeep-release = 3\n");
  const line = (await readFile(`${mistaken.path}/pyproject.toml`, "utf8")).split("\n").indexOf("keep-release = 3") + 1;
  const { result, error } = await op.fail({ checkout: mistaken, command: "deploy" });
  expect(error).toMatch(/keep-release.*keep-releases/s);
  expect(result.annotations).toMatchObject([{ properties: { file: "pyproject.toml", line: String(line) } }]);
});

test("all that is wrong is told in one go", async () => {
  const { result } = await op.fail({
    checkout: project,
    command: "deploy",
    inputs: { role: "stagign", env: "no", parts: "statc" },
  });
  expect(result.failures.map(({ where }) => where)).toEqual(
    expect.arrayContaining(["input role", "input parts", expect.stringContaining("input env")]),
  );
});

const encrypted = async () => {
  const file = `${project.path}/.git/key`;
  await run(["rm", "-f", file, `${file}.pub`]);
  await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "open sesame", "-f", file]);
  return readFile(file, "utf8");
};

test.each<[string, () => Promise<Readonly<Record<string, string>>>, RegExp]>([
  ["the public half of a key", async () => ({ "ssh-key": keys.publicKey }), /ssh-key.*public/],
  [
    "an encrypted key without its passphrase",
    async () => ({ "ssh-key": await encrypted() }),
    /ssh-key.*(encrypted|passphrase).*ssh-passphrase/s,
  ],
  [
    "an encrypted key with the wrong passphrase",
    async () => ({ "ssh-key": await encrypted(), "ssh-passphrase": "open barley" }),
    /passphrase/,
  ],
  [
    "a key that was cut off",
    async () => ({ "ssh-key": (await readFile(keys.privateKeyFile, "utf8")).slice(0, 200) }),
    /ssh-key/,
  ],
  ["a name instead of a key", async () => ({ "ssh-key": "secrets.SSH_KEY" }), /ssh-key/],
])("%s is told apart from other keys", async (_, inputs, words) => {
  const { error, failure } = await op.fail({ checkout: project, command: "deploy", inputs: await inputs() });
  // The key is looked at before anybody is asked.
  expect(failure).toMatchObject({ code: "ssh-key" });
  expect(error).toMatch(words);
});

test("a server where nothing listens", async () => {
  const { result, error } = await op.fail({
    checkout: project,
    command: "deploy",
    inputs: { roles: "production: [woven@127.0.0.1:1]" },
  });
  expect(error).toMatch(/127\.0\.0\.1:1\b.*ssh-port.*systemctl status ssh/s);
  expect(JSON.parse(result.outputs["results"] ?? "")).toMatchObject([
    { host: "127.0.0.1", status: "failed", changed: false, error: { code: "connect-refused" } },
  ]);
});
