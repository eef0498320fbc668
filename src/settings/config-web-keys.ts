// The keys of `[web]`.
import * as v from "valibot";
import { judged, key, whole } from "./config-key.ts";
import { shownDefault } from "./defaults.ts";
import {
  headerNameProblem,
  headerValueProblem,
  mediaFolderProblem,
  redirectedPathProblem,
  redirectTargetProblem,
  sizeProblem,
} from "./web.ts";

const web = v.strictObject({
  "max-body": key(judged(sizeProblem), {
    description: "The largest request body, such as an upload: bytes, or with `k`, `m` or `g`.",
    example: 'max-body = "200m"',
    shown: shownDefault("web.max-body"),
  }),
  timeout: key(whole(1, 3600), {
    description: "Seconds that nginx waits for the next part of the application's answer.",
    example: "timeout = 300",
    shown: "`server.timeout`",
  }),
  gzip: key(v.boolean(), {
    description:
      "Compress text. For static files, a `.gz` file beside the file is used, and a `.br` file with the package `libnginx-mod-http-brotli-static`.",
    example: "gzip = false",
    shown: shownDefault("web.gzip"),
  }),
  noindex: key(v.boolean(), {
    description: "Ask search engines to index nothing (`X-Robots-Tag`).",
    example: "noindex = true",
    shown: shownDefault("web.noindex"),
  }),
  "basic-auth": key(v.boolean(), {
    description: "Show the site only to the accounts of the input `basic-auth`.",
    example: "basic-auth = true",
    shown: "false",
  }),
  headers: key(v.record(judged(headerNameProblem), judged(headerValueProblem)), {
    description: "Headers of every answer. They replace those of the application.",
    example: 'headers = { Referrer-Policy = "same-origin" }',
    shown: "`{}`",
  }),
  redirects: key(v.record(judged(redirectedPathProblem), judged(redirectTargetProblem)), {
    description: "Paths that lead elsewhere (301): exactly this path, whatever its query.",
    example: 'redirects = { "/old/" = "/new/" }',
    shown: "`{}`",
  }),
  www: key(v.picklist(["add", "remove"]), {
    description:
      "`remove`: `www.shop.example.com` redirects to `shop.example.com`. `add`: the other way round. List one of the two; Woven adds the other one.",
    example: 'www = "remove"',
    shown: "as listed",
  }),
  "redirect-domains": key(v.boolean(), {
    description:
      "Redirect a site's other domains to its first one. With false, each domain shows the site. A wildcard always does.",
    example: "redirect-domains = false",
    shown: shownDefault("web.redirect-domains"),
  }),
  "protected-media": key(judged(mediaFolderProblem), {
    description:
      "A folder below the media files that visitors cannot request. The application hands out its files with `X-Accel-Redirect`.",
    example: 'protected-media = "invoices"',
    shown: "none",
  }),
});

export const webKeys = {
  web: key(web, {
    description: "What nginx does for all sites. [The web in front](web.md) says more.",
    example: '[tool.woven.web]\nmax-body = "200m"',
    shown: "–",
  }),
};
