import { expect, test } from "vitest";
import { nginxFront } from "../../src/steps/nginx-front.ts";

test.each([
  [
    "as Woven's template",
    "listen 80;\n    listen [::]:80;\nproxy_set_header X-Forwarded-Proto $scheme;",
    ["http:80"],
    undefined,
  ],
  ["without a port", "listen 127.0.0.1;\nlisten [::1];", ["http:80"], undefined],
  [
    "with TLS of its own",
    "listen 80;\nlisten 443 ssl;\nlisten [::]:443 ssl http2;\nlisten 443 quic reuseport;",
    ["http:80", "https:443"],
    undefined,
  ],
  ["on another port", "  listen   192.0.2.1:8443 ssl default_server;\n", ["https:8443"], undefined],
  [
    "commented out",
    "# listen 443 ssl;\n#proxy_set_header X-Forwarded-Proto https;\nlisten 80;",
    ["http:80"],
    undefined,
  ],
  ["on a unix socket", "listen unix:/run/shop.sock;\nlisten 80;", ["http:80"], undefined],
  ["behind TLS, as a constant", "listen 80;\nproxy_set_header X-Forwarded-Proto https;", ["http:80"], true],
  [
    "behind TLS, as the proxy says",
    'listen 80;\nproxy_set_header x-forwarded-proto "$http_x_forwarded_proto";',
    ["http:80"],
    true,
  ],
  ["plain, as a constant", "listen 80;\nproxy_set_header X-Forwarded-Proto http;", ["http:80"], undefined],
] as const)("%s", (_, conf, listens, tlsInFront) => {
  expect(nginxFront(conf)).toEqual({ listens, ...(tlsInFront ? { tlsInFront } : {}) });
});
