// What `[web]` becomes in nginx's configuration of a site.
import { createHash } from "node:crypto";
import { defaults } from "../settings/defaults.ts";
import type { Account, Web } from "../settings/settings.ts";
import { shaCrypt } from "../settings/sha-crypt.ts";

/** Compressed beside text/html, which nginx always compresses. Pictures and fonts other than these are compressed already. */
const compressed = [
  ...["text/plain", "text/css", "text/javascript", "text/xml", "text/csv", "application/javascript"],
  ...["application/json", "application/ld+json", "application/manifest+json", "application/xml", "application/rss+xml"],
  ...["application/atom+xml", "application/wasm", "image/svg+xml", "font/ttf", "font/otf"],
].join(" ");

/** The settings where a project says nothing. */
export const plainWeb: Web = {
  maxBody: "20m",
  gzip: true,
  noindex: false,
  headers: {},
  redirects: {},
  equalDomains: false,
};

interface Folder {
  readonly url: string;
  readonly root: string;
}

interface Around {
  /** The file with the accounts of basic-auth. */
  readonly accounts: string;
  /** A part of the names of nginx's variables. */
  readonly word: string;
  readonly scheme: string;
  /** The domain that the visitor asked, in nginx's words. */
  readonly host: string;
  readonly media: Folder | false;
  /** The value of Strict-Transport-Security, in nginx's words. */
  readonly hsts: string | false;
}

/** The settings for one site. */
type SiteWeb = Web & { readonly timeout: number };

/** The names in nginx-site.conf about `[web]`. */
export function webView(web: SiteWeb, { scheme, host, media, hsts, accounts, word }: Around) {
  const headers = [
    ...(hsts ? [["Strict-Transport-Security", hsts] as const] : []),
    ...(web.noindex ? [["X-Robots-Tag", '"noindex, nofollow"'] as const] : []),
    ...Object.entries(web.headers).map(([name, value]) => [name, `"${value}"`] as const),
  ];
  const { protectedMedia: folder } = web;
  return {
    max_body: web.maxBody,
    timeout: web.timeout,
    gzip: web.gzip && { types: compressed },
    brotli: web.gzip && web.brotli === true,
    added_headers: headers.map(([name, value]) => ({ name, value })),
    redirects: Object.entries(web.redirects).map(([path, target]) => ({
      path,
      target: target.startsWith("/") ? `${scheme}://${host}${target}` : target,
    })),
    basic_auth: web.basicAuth !== undefined && { accounts, realm: `$woven_${word}_realm` },
    protected: folder !== undefined && media && { url: `${media.url}${folder}/`, root: `${media.root}/${folder}` },
  };
}

/** The names that a project's own nginx-site.conf must use, so that it does not drop what is set. */
export function webNames(web: SiteWeb): readonly string[] {
  const sent = web.noindex || Object.keys(web.headers).length > 0;
  return [
    ...(web.maxBody === plainWeb.maxBody ? [] : ["max_body"]),
    ...(web.timeout === defaults["server.timeout"] ? [] : ["timeout"]),
    ...(sent ? ["added_headers"] : []),
    ...(Object.keys(web.redirects).length > 0 ? ["redirects"] : []),
    ...(web.protectedMedia === undefined ? [] : ["protected"]),
    ...(web.basicAuth === undefined ? [] : ["basic_auth"]),
  ];
}

/** `[web]` for the digest of a release. Undefined if nothing is set, so that releases of earlier versions of Woven keep theirs. */
export function setWeb(web: Web): object | undefined {
  // The names that follow from these two are part of the sites.
  const { basicAuth, www: _, equalDomains: __, ...rest } = web;
  const { equalDomains: ___, ...plain } = plainWeb;
  if (basicAuth) return { ...rest, basicAuth: basicAuth.map(({ name, password }) => [name, password.reveal()]) };
  return JSON.stringify(rest) === JSON.stringify(plain) ? undefined : rest;
}

/** The accounts as nginx reads them. `seed` is random: from it comes the salt, which the same build keeps. */
export function accountsText(accounts: readonly Account[], seed: string): string {
  return accounts
    .map(({ name, password }) => {
      const salt = createHash("sha256").update(`${seed} ${name}`).digest("hex").slice(0, 16);
      return `${name}:${shaCrypt(password.reveal(), salt)}\n`;
    })
    .join("");
}
