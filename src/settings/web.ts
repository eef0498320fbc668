// `[web]`: what nginx does for all sites of a distribution beside passing requests on.
import { readBasicAuth } from "./basic-auth.ts";
import type { ConfigFile } from "./config-file.ts";
import { defaults } from "./defaults.ts";
import type { Inputs } from "./inputs.ts";
import { present } from "./present.ts";
import type { Report } from "./problems.ts";
import type { CommandName, PatchPart, Web } from "./settings.ts";

/** Debian's package of the module. nginx itself has none for Brotli, and Ubuntu 22.04 has no such package. */
const brotliModule = "libnginx-mod-http-brotli-static";

export function readWeb(
  inputs: Inputs,
  file: ConfigFile,
  around: { readonly command: CommandName; readonly parts: readonly PatchPart[] },
  report: Report,
): Web {
  const { web = {}, "base-packages": base = [], "extra-packages": extra = [] } = file.config;
  checkHeaders(web.headers ?? {}, file, report);
  return present({
    maxBody: web["max-body"] ?? defaults["web.max-body"],
    timeout: web.timeout,
    gzip: web.gzip ?? defaults["web.gzip"],
    brotli: [...base, ...extra].includes(brotliModule) ? (true as const) : undefined,
    noindex: web.noindex ?? defaults["web.noindex"],
    headers: web.headers ?? {},
    redirects: web.redirects ?? {},
    ...readNames(file),
    protectedMedia: web["protected-media"],
    basicAuth: readBasicAuth(inputs, file, around, report),
  });
}

/** The part that decides about the names of the sites. */
export function readNames({ config: { web = {} } }: Pick<ConfigFile, "config">): Pick<Web, "www" | "equalDomains"> {
  return present({ www: web.www, equalDomains: !(web["redirect-domains"] ?? defaults["web.redirect-domains"]) });
}

/** Reports headers that another key sets, and names that differ only in case. */
function checkHeaders(headers: Readonly<Record<string, string>>, file: ConfigFile, report: Report): void {
  const others: Readonly<Record<string, string>> = { "strict-transport-security": "hsts", "x-robots-tag": "noindex" };
  const seen = new Map<string, string>();
  for (const name of Object.keys(headers)) {
    const lower = name.toLowerCase();
    const key = Object.hasOwn(others, lower) ? others[lower] : undefined;
    const twin = seen.get(lower);
    if (key !== undefined)
      report(file.problem(["web", "headers", name], "is sent by another setting", `Remove it, and set ${key}.`));
    if (twin !== undefined)
      report(file.problem(["web", "headers", name], `is the same header as ${twin}`, "Keep one of the two."));
    seen.set(lower, name);
  }
}

/** What is wrong with `max-body`, as text after the value. */
export function sizeProblem(value: string): string | undefined {
  return /^[1-9][0-9]{0,5}[kmg]?$/.test(value) ? undefined : "is not a size, such as 20m";
}

/** What is wrong with the name of a header, as text after it (RFC 9110, 5.1). */
export function headerNameProblem(name: string): string | undefined {
  if (!/^[A-Za-z0-9-]{1,64}$/.test(name)) return "is not the name of a header, such as Referrer-Policy";
  const connection = /^(content-length|content-encoding|transfer-encoding|connection|set-cookie|location|date)$/i;
  return connection.test(name) ? "is a header that depends on the answer" : undefined;
}

/** What is wrong with the value of a header. It stands in nginx's configuration between quotes. */
export function headerValueProblem(value: string): string | undefined {
  if (value === "" || value.length > 2000) return "is empty, or longer than 2000 characters";
  return /^[\x20-\x7e]+$/.test(value) && !/["\\$]/.test(value)
    ? undefined
    : 'has a character that is not allowed here: ", \\, $, or one outside ASCII';
}

/** What is wrong with a path that is redirected. nginx compares it with the decoded path of a request, without its query. */
export function redirectedPathProblem(path: string): string | undefined {
  if (!/^\/[A-Za-z0-9._~/@:+,=-]{0,500}$/.test(path) || /(^|\/)\.\.(\/|$)/.test(path))
    return "is not a path, such as /old/";
  if (/^\/(\.woven|\.well-known\/acme-challenge)\//.test(path) || path === "/maintenance.html")
    return "is a path that Woven answers itself";
  return undefined;
}

/** What is wrong with the target of a redirect. */
export function redirectTargetProblem(target: string): string | undefined {
  return /^(https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?)?\/[A-Za-z0-9._~/%@:+,=&?#-]{0,1000}$/.test(target) &&
    !target.startsWith("//")
    ? undefined
    : "is neither a path nor a URL, such as /new/ or https://blog.example.com/";
}

/** What is wrong with `protected-media`, as text after the value. */
export function mediaFolderProblem(folder: string): string | undefined {
  return /^(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+)*$/.test(folder) && folder.length <= 200
    ? undefined
    : "is not a folder below the media files, such as invoices";
}
