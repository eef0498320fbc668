// Certificates for wildcards, over DNS, by the project's own hook; and what a browser thinks of them, and of one from the inputs.
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Authority, authority } from "../certificates.ts";
import { type AcmeAuthority, acmeAuthority } from "./support/acme-authority.ts";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { curl } from "./support/curl.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";

const token = "dns-token-5b1f0c";
let g: Ground;
let own: Authority;
let acme: AcmeAuthority;
let files: Checkout;
let wild: Checkout;

/** A page that says what the browser sees. */
const page = `from django.http import HttpResponse


def seen(request):
    script = "const [visit] = performance.getEntriesByType('navigation'); document.body.append(location.origin, ' ', visit.nextHopProtocol)"
    return HttpResponse(f"<body><p>{request.scheme} </p><script>{script}</script></body>")
`;

const hook = `#!/bin/sh
set -eu
[ "$TOKEN" = ${token} ] || { echo "the provider refuses the token" >&2; exit 1; }
case $DNS_ACTION in
add) path=set-txt; body="{\\"host\\": \\"$DNS_NAME.\\", \\"value\\": \\"$DNS_VALUE\\"}" ;;
*) path=clear-txt; body="{\\"host\\": \\"$DNS_NAME.\\"}" ;;
esac
id -un >>/tmp/dns-hook-users
python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], sys.argv[2].encode())' "$WOVEN_NAMES/$path" "$body"
`;

async function project(layers: readonly string[]): Promise<Checkout> {
  const made = await checkout(layers);
  await made.write("shop/seen.py", page);
  await made.edit("shop/urls.py", "urlpatterns = [\n", 'urlpatterns = [\n    path("seen", seen),\n');
  await made.edit("shop/urls.py", "from shop.health", "from shop.seen import seen\nfrom shop.health");
  return made;
}

beforeAll(async () => {
  own = authority();
  [g, files, wild] = await Promise.all([ground("trixie"), project(shop["0.1"]), project(shop["0.2"])]);
  await files.edit("pyproject.toml", "[tool.woven]\n", '[tool.woven]\ntls = "files"\nhsts = 300\n');
  await wild.edit("pyproject.toml", '"www.shop.example.com"', '"*.shop.example.com"');
  await wild.edit("pyproject.toml", "[tool.woven]\n", '[tool.woven]\ntls = "acme"\n');
  await wild.write("woven/hooks/dns_challenge", hook);
  await g.op.succeed({ checkout: wild, command: "setupnode" });
  await inside(
    g.node,
    "apt-get -q update >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends chromium libnss3-tools >/dev/null",
  );
  acme = await acmeAuthority(g.node);
  await wild.edit("pyproject.toml", "[tool.woven]\n", `[tool.woven]\nacme-directory = "${acme.directory}"\n`);
});
afterAll(async () => {
  own?.[Symbol.dispose]();
  for (const thing of [files, wild, acme, g]) await thing?.[Symbol.asyncDispose]();
});

/** What Chromium shows, on the server itself. */
function browse(url: string): Promise<string> {
  return inside(
    g.node,
    `export HOME=/root; timeout 60 chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --host-resolver-rules='MAP * 127.0.0.1' --virtual-time-budget=5000 --dump-dom '${url}' 2>/tmp/chromium.log || { tail -n 5 /tmp/chromium.log; exit 1; }`,
  );
}

/** The browser trusts this authority, and no other one. */
async function trust(root: string): Promise<void> {
  const text = Buffer.from(root).toString("base64");
  await inside(
    g.node,
    `rm -rf /root/.pki; mkdir -p /root/.pki/nssdb; certutil -d sql:/root/.pki/nssdb -N --empty-password
echo ${text} | base64 -d >/tmp/root.pem; certutil -d sql:/root/.pki/nssdb -A -t C,, -n woven-test -i /tmp/root.pem`,
  );
}

test("a browser accepts a certificate from the inputs, speaks HTTP/2, and is led there from plain http", async () => {
  const { chain, key } = own.issue({ domains: ["shop.example.com", "www.shop.example.com"] });
  await g.op.succeed({ checkout: files, command: "deploy", inputs: { "tls-certificate": chain, "tls-key": key } });
  await trust(own.root);
  for (const url of [
    "https://shop.example.com/seen",
    "http://shop.example.com/seen",
    "http://www.shop.example.com/seen",
  ])
    expect(await browse(url)).toMatch(/<p>https <\/p>.*https:\/\/shop\.example\.com h2/s);
  using other = authority();
  await trust(other.root);
  expect(await browse("https://shop.example.com/seen")).not.toContain("https </p>");
});

test("without its secret the hook fails, its words are in the error, and the site stays as it is", async () => {
  const inputs = { "hook-env": `TOKEN=wrong-${token}\nWOVEN_NAMES=${acme.names}` };
  const { failure, error } = await g.op.fail({ checkout: wild, command: "deploy", inputs });
  expect(failure).toMatchObject({ code: "step-failed", step: "certificate" });
  expect(error).toContain("the provider refuses the token");
  expect(error).toContain("_acme-challenge.shop.example.com");
  expect((await inside(g.node, "readlink /home/woven/env/shop")).endsWith("shop-0.1")).toBe(true);
});

test("with it, the authority issues for the wildcard, and a browser accepts any name of it", async () => {
  const inputs = { "hook-env": `TOKEN=${token}\nWOVEN_NAMES=${acme.names}` };
  const { stdout } = await g.op.succeed({ checkout: wild, command: "deploy", inputs });
  expect(stdout.replaceAll(/^::add-mask::.*$/gm, "")).not.toContain(token);
  expect(
    await inside(g.node, "sort -u /tmp/dns-hook-users; stat -c '%a %U' /var/local/woven/shop/dns-challenge/secrets"),
  ).toBe("woven\n600 root");
  await trust(await readFile(acme.rootFile, "utf8"));
  for (const host of ["shop.example.com", "ada.shop.example.com"]) {
    expect(await browse(`http://${host}/seen`)).toMatch(new RegExp(`<p>https </p>.*https://${host} h2`, "s"));
    expect((await curl(`https://${host}/healthz`, { address: g.node.host, root: acme.rootFile })).status).toBe(200);
  }
});

test("certbot renews it with the hook that stays on the server; remove revokes it", async () => {
  const serial = () =>
    inside(g.node, "openssl x509 -in /etc/letsencrypt/live/woven-shop/cert.pem -noout -serial | cut -d= -f2");
  const before = await serial();
  // A deployment without hook-env leaves the secrets of an earlier one.
  await g.op.succeed({ checkout: wild, command: "deploy" });
  await inside(g.node, "certbot renew --quiet --force-renewal --no-random-sleep-on-renew");
  const after = await serial();
  expect(after).not.toBe(before);
  expect(await inside(g.node, "ls -A /var/local/woven | grep dns-challenge || echo nothing")).toBe("nothing");
  expect(await acme.status(after)).toBe("Valid");
  await g.op.succeed({ checkout: wild, command: "remove", inputs: { version: "shop" } });
  expect(await acme.status(after)).toBe("Revoked");
  expect(await inside(g.node, "ls /etc/letsencrypt/live /var/local/woven | grep shop || echo gone")).toBe("gone");
});
