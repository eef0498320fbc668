// The keys of the configuration about HTTPS.
import * as v from "valibot";
import { acmeDirectoryProblem, emailProblem } from "./acme.ts";
import { judged, key, whole } from "./config-key.ts";
import { shownDefault } from "./defaults.ts";
import { trustedProxyProblem } from "./trusted-proxy.ts";

export const tlsKinds = ["acme", "files", "proxy"] as const;

export const tlsKeys = {
  tls: key(v.union([v.literal(false), v.picklist(tlsKinds)]), {
    description:
      "HTTPS. `acme`: certificates from Let's Encrypt, which renew themselves. `files`: nginx uses the certificate and key of the inputs `tls-certificate` and `tls-key`. `proxy`: a proxy in front of the server ends HTTPS. [HTTPS](https.md) says more.",
    example: 'tls = "acme"',
    shown: shownDefault("tls"),
  }),
  "tls-email": key(judged(emailProblem), {
    description: 'For `tls = "acme"`: the address that the authority writes to about your certificates.',
    example: 'tls-email = "admin@example.com"',
    shown: "none",
  }),
  "acme-directory": key(judged(acmeDirectoryProblem), {
    description:
      "For `tls = \"acme\"`: `production` or `staging` of Let's Encrypt, or the URL of another authority's ACME directory.",
    example: 'acme-directory = "staging"',
    shown: shownDefault("acme-directory"),
  }),
  "trusted-proxies": key(v.array(judged(trustedProxyProblem)), {
    description:
      "The addresses of the proxies in front of the server. Only they may say what the visitor's address and scheme are.",
    example: 'trusted-proxies = ["10.0.0.0/8"]',
    shown: shownDefault("trusted-proxies"),
  }),
  hsts: key(whole(0, 63_072_000), {
    description:
      "Seconds for which browsers refuse plain http for the domains (`Strict-Transport-Security`). You cannot take it back before they have passed. 0 tells browsers to forget it.",
    example: "hsts = 31536000",
    shown: "not sent",
  }),
};
