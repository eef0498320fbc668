// Makes Node's own requests, those to GitHub's API, go through the proxy that the environment names, as those of pip and uv do. Node reads
// these variables only at its start: https://nodejs.org/docs/latest-v24.x/api/http.html#built-in-proxy-support
import type { Environment } from "./program-variables.ts";

const loopback = ["localhost", "127.0.0.1", "::1"];

/** The variables for the start of a Node process. Empty if no proxy is named. */
export function proxyVariables(env: Environment): Record<string, string> {
  const proxies = Object.entries(env).flatMap(([name, value]) => {
    const address = /^https?_proxy$/i.test(name) ? proxyAddress(value) : undefined;
    return address === undefined ? [] : [[name, address] as const];
  });
  if (proxies.length === 0) return {};
  const direct = [env["no_proxy"] || env["NO_PROXY"] || [], loopback].flat().join(",");
  return { ...Object.fromEntries(proxies), no_proxy: direct, NODE_USE_ENV_PROXY: "1" };
}

/** Node would end at its start with an address that is no URL, while pip and curl take `proxy:3128`. It knows no other kind of proxy. */
function proxyAddress(value: string | undefined): string | undefined {
  if (!value) return undefined;
  const url = value.includes("://") ? value : `http://${value}`;
  return /^https?:/i.test(url) && URL.canParse(url) ? url : undefined;
}
