// Where nginx serves static and media files, by the URL that Django has for them.

/**
 * The path of a URL that nginx serves itself, and the folder for it. False for a URL on a domain that is not the site's, and for one without a
 * path.
 */
export function servedFolder(
  url: string | null,
  domains: readonly string[],
  root: string,
): { readonly url: string; readonly root: string } | false {
  const [, host, path = ""] = /^(?:(?:[a-z]+:)?\/\/([^/:]+)(?::\d+)?)?(.*)$/i.exec(url ?? "") ?? [];
  if (host !== undefined && !domains.includes(host.toLowerCase())) return false;
  const inner = path.replace(/^\/+/, "").replace(/\/+$/, "");
  return inner === "" ? false : { url: `/${inner}/`, root };
}
