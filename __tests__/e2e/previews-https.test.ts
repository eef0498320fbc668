// Previews with certificates of their own from an ACME authority: issued, served, and revoked and removed with the preview.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AcmeAuthority, acmeAuthority } from "./support/acme-authority.ts";
import { curl } from "./support/curl.ts";
import { inside } from "./support/inside.ts";
import { type PreviewWorld, previewWorld } from "./support/preview-world.ts";
import { visitor } from "./support/visitor.ts";

let w: PreviewWorld;
let acme: AcmeAuthority;
let before: readonly string[];
const host = "pr-12.preview.example.com";

beforeAll(async () => {
  w = await previewWorld();
  await w.branch.edit("pyproject.toml", "[tool.woven]\n", '[tool.woven]\ntls = "acme"\n');
  // It installs certbot. With the authority, the node no longer finds Debian's servers.
  await w.g.op.succeed({ checkout: w.branch, command: "setupnode" });
  acme = await acmeAuthority(w.g.node);
  await acme.point(host, w.g.node.host);
  await w.branch.edit("pyproject.toml", "[tool.woven]\n", `[tool.woven]\nacme-directory = "${acme.directory}"\n`);
  before = await everythingKept();
});
afterAll(async () => {
  await acme?.[Symbol.asyncDispose]();
  await w?.[Symbol.asyncDispose]();
});

/** With what certbot has of certificates: keys, requests, settings. */
async function everythingKept(): Promise<readonly string[]> {
  const certbot = await inside(
    w.g.node,
    "cd /etc/letsencrypt 2>/dev/null && find archive csr keys renewal -type f 2>/dev/null | sort || :",
  );
  return [...(await w.state()), ...certbot.split("\n")];
}

/** Builds the preview, which a visitor reaches over https. The serial number of its certificate. */
async function built(): Promise<string> {
  const { outputs } = await w.g.op.succeed(w.job({ action: "opened" }));
  expect(outputs["url"]).toBe(`https://${host}/`);
  const { status } = await curl(`https://${host}/healthz`, { address: w.g.node.host, root: acme.rootFile });
  // The authority is trusted, and the login of basic-auth is asked for.
  expect(status).toBe(401);
  return inside(
    w.g.node,
    "openssl x509 -in '/etc/letsencrypt/live/woven-shop~pr-12/cert.pem' -noout -serial | cut -d= -f2",
  );
}

async function isRemoved(serial: string): Promise<void> {
  await expect.poll(everythingKept, { timeout: 60_000 }).toEqual(before);
  expect(await w.named("pr-12")).toBe("");
  expect(await acme.status(serial)).toBe("Revoked");
  expect((await visitor(w.g.node.host).versions()).user).toBe("site_1");
}

test("a preview has a certificate of its own, which is revoked and removed when it is closed", async () => {
  const serial = await built();
  expect(await acme.status(serial)).toBe("Valid");
  await w.g.op.succeed(w.job({ action: "closed" }));
  await isRemoved(serial);
});

test("also when the server removes it by itself", async () => {
  const serial = await built();
  await inside(
    w.g.node,
    `echo 1577836800 >/var/local/woven/previews/shop~pr-12/expires
systemctl start 'woven-preview-shop\\x7epr\\x2d12.service'`,
  );
  await isRemoved(serial);
});
