// Certificates from an ACME authority, such as Let's Encrypt: certbot of the distribution issues them before the switch, and its timer
// renews them.
import { certificateName, letsEncryptFolder } from "../node/certificates.ts";
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { Site, Tls } from "../settings/settings.ts";
import type { DnsHook } from "./dns-hook.ts";
import { placeFiles } from "./place-file.ts";

/** Below it are the answers to the authority's questions. nginx serves them for every domain, on port 80. */
const webroot = "/var/www/woven/acme";

/** Run by certbot after each renewal: nginx reads a new certificate only when it is reloaded. */
const reloadNginx = "nginx -t -q && systemctl reload nginx";

/** The packages that setupnode installs for it. */
export function acmePackages({ kind }: Pick<Tls, "kind">): readonly string[] {
  return kind === "acme" ? ["certbot"] : [];
}

/** Gets the certificate of a distribution, if it is missing, near its end, or for other domains. The live release is not touched. */
export function issueCertificate(
  tls: Tls,
  distribution: string,
  sites: readonly Pick<Site, "domains">[],
  hook?: DnsHook,
): readonly Step[] {
  if (tls.kind !== "acme") return [];
  const domains = sites.flatMap((site) => site.domains);
  const spec = specFor(tls, distribution, domains, hook);
  return [
    ...placeHook(hook),
    {
      id: "certificate",
      title: "Get a certificate",
      limit: 900,
      files: [{ name: "acme.json", content: JSON.stringify(spec) }],
      check: sh`tool acme check "$files/acme.json"`,
      preview: sh`detail ${`from ${tls.directory}, for ${domains.join(", ")}`}`,
      apply: sh`install -d -m 755 ${webroot}
tool acme issue "$files/acme.json" >"$run/issued" 2>"$run/refused" || { cat "$run/refused" >&2; exit 1; }
grep -q '^issued' "$run/issued" || touch "$run/unchanged"
while read -r line; do detail "$line"; done <"$run/issued"`,
      state: "The live release and its certificate are as they were.",
      next: "Correct what the message says, and deploy again. Authorities limit how often you may try.",
    },
  ];
}

function specFor(
  { email = "", directory }: Extract<Tls, { kind: "acme" }>,
  distribution: string,
  domains: readonly string[],
  hook: DnsHook | undefined,
) {
  const name = certificateName(distribution);
  const dns = hook ? { dns: hook.program } : {};
  return { name, domains, email, directory, webroot, folder: letsEncryptFolder, port: 80, hook: reloadNginx, ...dns };
}

function placeHook(hook: DnsHook | undefined): readonly Step[] {
  return hook ? [placeFiles({ id: "dns-hook", title: "Place the DNS hook for certificates" }, hook.files)] : [];
}

/**
 * Extends the certificate of a distribution to more sites: their domains by name. It prints `refused NAME why` to `$run/refused` for each
 * site that the authority refuses, and goes on with the others.
 */
export function extendCertificate(
  tls: Tls,
  distribution: string,
  served: readonly Pick<Site, "domains">[],
  more: Readonly<Record<string, readonly string[]>>,
  hook?: DnsHook,
): readonly Step[] {
  if (tls.kind !== "acme") return [];
  const spec = {
    ...specFor(
      tls,
      distribution,
      served.flatMap(({ domains }) => domains),
      hook,
    ),
    more,
  };
  return [
    ...placeHook(hook),
    {
      id: "certificate",
      title: "Add the new sites to the certificate",
      limit: 900,
      files: [{ name: "acme.json", content: JSON.stringify(spec) }],
      preview: sh`detail ${`from ${tls.directory}, for ${Object.values(more).flat().join(", ")}`}`,
      apply: sh`install -d -m 755 ${webroot}
tool acme extend "$files/acme.json" >"$run/extended"
sed -n 's/^refused //p' "$run/extended" >"$run/refused"
grep '^issued' "$run/extended" >>"$run/details" || touch "$run/unchanged"`,
    },
  ];
}

/** Renewals do not wait for the next start of the node. */
export function renewCertificates(tls: Pick<Tls, "kind">): readonly Step[] {
  if (tls.kind !== "acme") return [];
  return [
    {
      id: "certificate-timer",
      title: "Turn on certificate renewal",
      check: sh`systemctl is-active --quiet certbot.timer && [ "$(systemctl is-enabled certbot.timer)" = enabled ]`,
      preview: sh`detail 'enable and start certbot.timer'`,
      apply: sh`systemctl enable --quiet --now certbot.timer`,
    },
  ];
}
