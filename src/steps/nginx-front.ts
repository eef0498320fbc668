// How visitors reach a site, read from nginx's configuration of it: a project's own template may listen for https, or have it in front.
import type { ReleaseRecord } from "../node/state.ts";

type Front = NonNullable<ReleaseRecord["sites"][number]["front"]>;

/** Source of the directives: https://nginx.org/en/docs/http/ngx_http_core_module.html#listen and ngx_http_proxy_module. */
export function nginxFront(conf: string): Front {
  const text = conf.replaceAll(/^\s*#.*$/gm, "");
  const listens = [...text.matchAll(/^\s*listen\s+([^;]+);/gm)].flatMap(([, words = ""]) => listener(words) ?? []);
  const schemes = [...text.matchAll(/^\s*proxy_set_header\s+X-Forwarded-Proto\s+"?([^";\s]+)"?\s*;/gim)];
  // A variable other than $scheme holds what a proxy in front has sent.
  const tlsInFront = schemes.some(([, value = ""]) => !/^(\$scheme|http)$/i.test(value));
  return { listens: [...new Set(listens)], ...(tlsInFront ? { tlsInFront } : {}) };
}

/** `[::]:443 ssl http2` is `https:443`. Undefined for a unix socket, and for HTTP/3, which never comes alone. */
function listener(words: string): string | undefined {
  const [address = "", ...flags] = words.trim().split(/\s+/);
  if (address.startsWith("unix:") || flags.includes("quic")) return undefined;
  const port = /(?:^|:)(\d+)$/.exec(address.replace(/^\[.*\]$/, ""))?.[1] ?? "80";
  return `${flags.includes("ssl") ? "https" : "http"}:${port}`;
}
