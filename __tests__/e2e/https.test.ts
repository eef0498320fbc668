// HTTPS as visitors see it: with a certificate from the inputs, and behind a proxy. The switch between the two is one like any other.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Authority, authority, type Pair } from "../certificates.ts";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { type Curled, curl } from "./support/curl.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";

const domains = ["shop.example.com", "www.shop.example.com"];
let g: Ground;
let ca: Authority;
let first: Checkout;
let second: Checkout;
/** The runner's address, as the server sees it. */
let runner: string;

beforeAll(async () => {
  ca = authority();
  [g, first, second] = await Promise.all([ground("trixie"), checkout(shop["0.1"]), checkout(shop["0.2"])]);
  for (const one of [first, second]) {
    await one.edit(
      "shop/health.py",
      '"the shop is open',
      "f\"the shop is open to {request.META['REMOTE_ADDR']} by {request.scheme}",
    );
  }
});
afterAll(async () => {
  ca?.[Symbol.dispose]();
  for (const thing of [first, second, g]) await thing?.[Symbol.asyncDispose]();
});

const visit = (url: string, ...more: readonly string[]): Promise<Curled> =>
  curl(url, { address: g.node.host, root: ca.rootFile, more });
const inputs = ({ chain, key }: Pair) => ({ "tls-certificate": chain, "tls-key": key });
const serial = () =>
  inside(
    g.node,
    "openssl s_client -connect 127.0.0.1:443 -servername shop.example.com </dev/null 2>/dev/null | openssl x509 -noout -serial",
  );
const location = ({ headers }: Curled) => /^location: (\S+)/im.exec(headers)?.[1];

test("a wrong pair is named before anything is touched", async () => {
  await first.edit("pyproject.toml", "[tool.woven]\n", '[tool.woven]\ntls = "files"\nhsts = 300\n');
  const [one, other] = [ca.issue({ domains: ["shop.example.com"] }), ca.issue({ domains })];
  const wrong = { "tls-certificate": one.chain, "tls-key": other.key };
  const { result } = await g.op.fail({ checkout: first, command: "deploy", inputs: wrong });
  expect(result.failures.map(({ code }) => code)).toEqual(["settings", "settings"]);
  expect(result.stdout).toMatch(/input tls-key[\s\S]*input tls-certificate[\s\S]*www\.shop\.example\.com/);
  await expect(inside(g.node, "ls /home/woven/env 2>/dev/null || echo nothing")).resolves.toBe("nothing");
});

test("with a certificate from the inputs, visitors get HTTPS, and plain http leads there", async () => {
  const result = await g.op.succeed({ checkout: first, command: "deploy", inputs: inputs(ca.issue({ domains })) });
  expect(result.outputs).toMatchObject({ url: "https://shop.example.com/" });
  const page = await visit("https://shop.example.com/healthz", "--header", "X-Forwarded-Proto: http");
  expect(page).toMatchObject({ exit: 0, status: 200, http: "2" });
  expect(page.headers).toMatch(/^strict-transport-security: max-age=300\r?$/im);
  [, runner = ""] = /^the shop is open to (\S+) by https/.exec(page.body) ?? [];
  expect(runner).toMatch(/^198\.1[89]\./);
  expect((await visit("https://shop.example.com/healthz", "--http1.1")).http).toBe("1.1");
  for (const url of [
    "http://shop.example.com/a?b=c",
    "http://www.shop.example.com/a?b=c",
    "https://www.shop.example.com/a?b=c",
  ]) {
    const answer = await visit(url);
    expect([url, answer.status, location(answer)]).toEqual([url, 301, "https://shop.example.com/a?b=c"]);
    if (url.startsWith("http:")) expect(answer.headers).not.toMatch(/strict-transport/i);
  }
  expect((await visit("https://other.example.com/")).exit).toBe(35);
  expect((await visit("https://shop.example.com/", "--tls-max", "1.1")).exit).not.toBe(0);
  const forms = await inside(
    g.node,
    "/home/woven/env/shop/manage shell -v 0 -c 'from django.conf import settings; print(settings.SECURE_PROXY_SSL_HEADER, settings.CSRF_TRUSTED_ORIGINS)'",
  );
  expect(forms).toContain("HTTP_X_FORWARDED_PROTO");
  expect(forms).toContain("https://www.shop.example.com");
  expect(await inside(g.node, "stat -c '%a %U:%G' /etc/nginx/woven/certificates/shop.pem")).toBe("600 root:root");
});

test("a new certificate needs no new version, and the same one changes nothing", async () => {
  const before = await serial();
  const ending = ca.issue({ domains, days: 10 });
  const job = { checkout: first, command: "deploy", inputs: inputs(ending) };
  expect((await g.op.succeed(job)).outputs).toMatchObject({ changed: "true", version: "0.1" });
  expect(await serial()).not.toBe(before);
  expect((await visit("https://shop.example.com/healthz")).status).toBe(200);
  expect((await g.op.succeed(job)).outputs).toMatchObject({ changed: "false" });
  const status = await g.op.succeed({ checkout: first, command: "status" });
  expect(status.annotations.filter(({ kind }) => kind === "warning")).toEqual([
    expect.objectContaining({ message: expect.stringMatching(/certificate.*\bin \d+ days/) }),
  ]);
  const { key } = ending;
  const pieces = key.split("\n").filter((line) => line.length > 20 && !line.startsWith("---"));
  for (const piece of pieces) expect(status.stdout).not.toContain(piece);
});

test("behind a proxy, only the proxy can say who the visitor is and how he came", async () => {
  await second.edit(
    "pyproject.toml",
    "[tool.woven]\n",
    `[tool.woven]\ntls = "proxy"\ntrusted-proxies = ["${runner}", "2001:db8::/32"]\n`,
  );
  await second.edit("pyproject.toml", "[tool.woven.env]", "[tool.woven.web]\nbasic-auth = true\n\n[tool.woven.env]");
  const accounts = { "basic-auth": "ada:correct horse" };
  await g.op.succeed({ checkout: second, command: "deploy", inputs: accounts });
  const page = "http://shop.example.com/healthz";
  expect((await visit(page, "--header", "X-Forwarded-Proto: https")).status).toBe(401);
  expect((await visit(page, "--header", "X-Forwarded-Proto: https", "--user", "ada:wrong")).status).toBe(401);
  const forwarded = [
    "--user",
    "ada:correct horse",
    "--header",
    "X-Forwarded-Proto: https",
    "--header",
    "X-Forwarded-For: 198.51.100.1, 203.0.113.9",
  ];
  expect((await visit(page, ...forwarded)).body).toMatch(/^the shop is open to 203\.0\.113\.9 by https/);
  const plain = await visit(page, "--header", "X-Forwarded-Proto: http");
  expect([plain.status, location(plain)]).toEqual([301, "https://shop.example.com/healthz"]);
  // The server's own address is not among the trusted ones.
  const forged = await inside(
    g.node,
    `python3 -c '
import http.client
connection = http.client.HTTPConnection("${g.node.host}", 80)
connection.request("GET", "/healthz", headers={"Host": "shop.example.com", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"})
answer = connection.getresponse()
print(answer.status, answer.getheader("Location"))'`,
  );
  expect(forged).toBe("301 https://shop.example.com/healthz");
});

test("a rollback brings back HTTPS of its own, with the newest certificate", async () => {
  await g.op.succeed({ checkout: second, command: "rollback" });
  expect(await visit("https://shop.example.com/healthz")).toMatchObject({ exit: 0, status: 200 });
});

test("remove takes the certificate off, too", async () => {
  await g.op.succeed({ checkout: second, command: "remove", inputs: { version: "shop" } });
  expect(await inside(g.node, "find /etc/nginx -name '*.pem' -o -name 'woven-https*'")).toBe("");
});
