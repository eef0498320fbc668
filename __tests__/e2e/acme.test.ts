// Certificates that renew themselves, from a test authority: issued before the switch, never on the way of a rollback.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AcmeAuthority, acmeAuthority } from "./support/acme-authority.ts";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { curl } from "./support/curl.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";

const domains = ["shop.example.com", "www.shop.example.com"];
let g: Ground;
let authority: AcmeAuthority;
let plain: Checkout;
let secure: Checkout;

beforeAll(async () => {
  [g, plain, secure] = await Promise.all([ground("trixie"), checkout(shop["0.1"]), checkout(shop["0.2"])]);
  await secure.edit("pyproject.toml", "[tool.woven]\n", '[tool.woven]\ntls = "acme"\ntls-email = "ada@example.com"\n');
  await g.op.succeed({ checkout: secure, command: "setupnode" });
  authority = await acmeAuthority(g.node);
  await secure.edit("pyproject.toml", "[tool.woven]\n", `[tool.woven]\nacme-directory = "${authority.directory}"\n`);
  await g.op.succeed({ checkout: plain, command: "deploy" });
});
afterAll(async () => {
  for (const thing of [plain, secure, authority, g]) await thing?.[Symbol.asyncDispose]();
});

const visit = (url: string) => curl(url, { address: g.node.host, root: authority.rootFile });
const serial = () =>
  inside(
    g.node,
    "openssl s_client -connect 127.0.0.1:443 -servername shop.example.com </dev/null 2>/dev/null | openssl x509 -noout -serial",
  );
const deploy = { command: "deploy" } as const;

/** The deployment fails where the certificate is issued, and visitors still get the live release over http. */
async function refused(): Promise<string> {
  const { failure, error } = await g.op.fail({ checkout: secure, ...deploy });
  expect(failure).toMatchObject({ code: "step-failed", step: "certificate" });
  const page = await visit("http://shop.example.com/version");
  expect([page.status, JSON.parse(page.body).version]).toEqual([200, "0.1"]);
  return error;
}

test("setupnode starts the renewal", async () => {
  expect(await inside(g.node, "systemctl is-active certbot.timer; systemctl is-enabled certbot.timer")).toBe(
    "active\nenabled",
  );
});

test("a domain that leads elsewhere is named with that address, and the site stays as it is", async () => {
  await authority.point(domains[0] ?? "", g.node.host);
  await authority.point(domains[1] ?? "", authority.here);
  const error = await refused();
  expect(error).toContain(`www.shop.example.com leads to ${authority.here}`);
  expect(error).toContain(g.node.host);
});

test("the certificate is issued for all domains before the switch, and visitors get HTTPS", async () => {
  for (const domain of domains) await authority.point(domain, g.node.host);
  await g.op.succeed({ checkout: secure, ...deploy });
  for (const url of ["https://shop.example.com/healthz", "https://www.shop.example.com/healthz"])
    expect((await visit(url)).exit).toBe(0);
  expect(await visit("https://shop.example.com/healthz")).toMatchObject({ status: 200, http: "2" });
  const status = await g.op.succeed({ checkout: secure, command: "status" });
  expect(status.stdout).toMatch(/certificate: valid until \d{4}-\d\d-\d\d/);
});

test("a renewal by certbot is what visitors see", async () => {
  const before = await serial();
  await inside(g.node, "certbot renew --quiet --force-renewal --no-random-sleep-on-renew");
  await expect.poll(serial, { timeout: 10_000 }).not.toBe(before);
  expect((await visit("https://shop.example.com/healthz")).exit).toBe(0);
});

test("without the authority, a rollback and the way back need none, and a new domain is refused", async () => {
  await authority.stop();
  await g.op.succeed({ checkout: secure, command: "rollback" });
  expect((await visit("http://shop.example.com/healthz")).status).toBe(200);
  await g.op.succeed({ checkout: secure, command: "activate", inputs: { version: "0.2" } });
  expect((await visit("https://shop.example.com/healthz")).status).toBe(200);
  await secure.edit("pyproject.toml", '"www.shop.example.com"', '"www.shop.example.com", "new.shop.example.com"');
  const { failure, error } = await g.op.fail({ checkout: secure, ...deploy, inputs: { version: "0.3" } });
  expect(failure).toMatchObject({ code: "step-failed", step: "certificate" });
  expect(error).toContain(authority.directory);
  expect((await visit("https://shop.example.com/healthz")).status).toBe(200);
});

test("remove takes the certificate from certbot, too", async () => {
  await g.op.succeed({ checkout: secure, command: "remove", inputs: { version: "shop" } });
  expect(await inside(g.node, "ls /etc/letsencrypt/renewal /etc/letsencrypt/live | grep shop || echo gone")).toBe(
    "gone",
  );
});
