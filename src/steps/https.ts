// HTTPS in nginx: the names that the template of a site uses, the certificate, and the answer to unknown hosts.
import { certificateFile, issuedFiles } from "../node/certificates.ts";
import type { ReleaseRecord } from "../node/state.ts";
import type { Tls } from "../settings/settings.ts";
import type { PlacedFile } from "./place-file.ts";
import type { Templates } from "./templates.ts";

/** What nginx's configuration needs to know of HTTPS. */
export interface Https {
  readonly tls: Pick<Tls, "kind" | "trusted" | "hsts">;
  /** The node's version of nginx: NodeFacts. */
  readonly nginx?: string;
}

/**
 * Mozilla's intermediate profile, version 5.7: https://ssl-config.mozilla.org/guidelines/5.7.json. It has no DHE, which nginx does not
 * offer without parameters of its own. Debian's http-level settings allow older protocols, so every server has these lines.
 */
const profile = [
  "ssl_protocols TLSv1.2 TLSv1.3;",
  "ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;",
  "ssl_ecdh_curve X25519:prime256v1:secp384r1;",
  "ssl_prefer_server_ciphers off;",
  "ssl_session_timeout 1d;",
  "ssl_session_cache shared:woven:10m;",
  "ssl_session_tickets off;",
] as const;

/** Whether nginx itself speaks HTTPS. */
export function endsHere({ kind }: Pick<Tls, "kind">): boolean {
  return kind === "files" || kind === "acme";
}

/** What the record of a release says of HTTPS: health checks, and whatever removes it, go by that. */
export function recordedTls({ kind }: Pick<Tls, "kind">, distribution: string): Pick<ReleaseRecord, "tls"> {
  switch (kind) {
    case "none":
      return {};
    case "proxy":
      return { tls: { kind } };
    case "files":
    case "acme":
      return { tls: { kind, certificate: filesOf({ kind }, distribution).certificate } };
  }
}

/** Certificate and key on the node. */
function filesOf({ kind }: Pick<Tls, "kind">, distribution: string) {
  if (kind === "acme") return issuedFiles(distribution);
  return { certificate: certificateFile(distribution), key: certificateFile(distribution) };
}

/** The names in nginx-site.conf about HTTPS and proxies. */
export function httpsView({ tls, nginx }: Https, distribution: string, domain: string) {
  const variable = `woven_${wordOf(domain)}`;
  const behindProxy = tls.kind === "proxy";
  const hsts: string | false = tls.hsts === undefined ? false : `"max-age=${tls.hsts}"`;
  return {
    tls: endsHere(tls) && { ...filesOf(tls, distribution), profile, ...listening(nginx) },
    proxy: behindProxy && {
      trusted: `${variable}_trusted`,
      ranges: [...new Set([...tls.trusted, "127.0.0.1"])],
      hsts_variable: hsts && `$${variable}_hsts`,
      hsts_value: hsts,
    },
    real_ip: tls.trusted.length > 0 && { ranges: [...new Set(tls.trusted)] },
    scheme: behindProxy ? `$${variable}_scheme` : "$scheme",
    redirect_scheme: tls.kind === "none" ? "$scheme" : "https",
    // Without HTTPS and proxies in the settings, a proxy that Woven does not know may be in front.
    forwarded_for: tls.kind === "none" && tls.trusted.length === 0 ? "$proxy_add_x_forwarded_for" : "$remote_addr",
    hsts: hsts && behindProxy ? `$${variable}_hsts` : hsts,
  };
}

/** The names that a project's own nginx-site.conf must use, so that it does not drop HTTPS. */
export function httpsNames({ kind, trusted }: Pick<Tls, "kind" | "trusted">): readonly string[] {
  return [
    ...(endsHere({ kind }) ? ["tls"] : []),
    ...(kind === "proxy" ? ["scheme"] : []),
    ...(trusted.length > 0 ? ["real_ip"] : []),
  ];
}

/** Files for HTTPS that all releases of a distribution share: they do not go with a release. */
export function httpsFiles(
  tls: Tls,
  { distribution, ipv6, nginx }: { readonly distribution: string; readonly ipv6: boolean; readonly nginx?: string },
  templates: Templates,
): readonly PlacedFile[] {
  if (!endsHere(tls)) return [];
  const unknownHosts = {
    path: "/etc/nginx/conf.d/woven-https.conf",
    content: templates.render("nginx-https.conf", {
      ipv6,
      profile,
      rejects: isAtLeast(nginx, "1.19.4"),
      ...listening(nginx),
    }),
  };
  return [unknownHosts, ...certificateFiles(tls, distribution)];
}

/** The certificate and its key in one file, so that one rename(2) replaces both. nginx reads it as root. */
export function certificateFiles(tls: Tls, distribution: string): readonly PlacedFile[] {
  if (tls.kind !== "files" || tls.certificate === undefined) return [];
  const { chain, key } = tls.certificate;
  const note = `# Managed by Woven. The certificate of ${distribution}, and its key. Only root can read it.\n`;
  return [
    { path: certificateFile(distribution), content: `${note}${chain}${key.reveal()}`, mode: "600", secret: true },
  ];
}

/** nginx 1.25.1 has a directive for HTTP/2. Before, it is a word of `listen`. */
function listening(nginx: string | undefined) {
  return isAtLeast(nginx, "1.25.1")
    ? { listen: "443 ssl", http2: "http2 on;" }
    : { listen: "443 ssl http2", http2: "# HTTP/2 is a word of listen in this nginx." };
}

function isAtLeast(version: string | undefined, least: string): boolean {
  return version !== undefined && new Intl.Collator("en", { numeric: true }).compare(version, least) >= 0;
}

/** A domain as a part of a variable's name. No two domains give the same: no label begins or ends with a dash. */
export function wordOf(domain: string): string {
  return domain.replaceAll("-", "__").replaceAll(".", "_");
}
