// The keys of the configuration, `[tool.woven]` or woven.toml: type, default and old name. Schema and documentation are made from it.
import * as v from "valibot";
import { backgroundKeys } from "./background/keys.ts";
import { alsoJudged, judged, type KeyNotes, key, text, texts, whole } from "./config-key.ts";
import { nodeKeys } from "./config-node-keys.ts";
import { phaseKeys, releaseCommandText } from "./config-phase-keys.ts";
import { previewKeys } from "./config-preview-keys.ts";
import { serverKeys, siteServerKeys } from "./config-server-keys.ts";
import { tlsKeys } from "./config-tls-keys.ts";
import { webKeys } from "./config-web-keys.ts";
import { shownDefault } from "./defaults.ts";
import { domainProblem } from "./domain.ts";
import { collectedProblem, writableProblem } from "./release-folders.ts";
import { siteSources } from "./settings.ts";
import { buildConstraintProblem, migrateProblem } from "./value-problems.ts";

const domains = v.pipe(v.array(judged(domainProblem)), v.minLength(1, "names no domain"));
const onlyBinaryName = v.union([v.literal(":all:"), text("distribution")]);
const filled = v.pipe(v.string(), v.nonEmpty("is empty"));

const health = v.strictObject({
  path: key(text("urlPath"), {
    description: "The page that Woven requests before and after the switch.",
    example: 'path = "/healthz"',
    shown: shownDefault("health.path"),
  }),
  status: key(whole(100, 599), {
    description: "The status of a healthy answer.",
    example: "status = 200",
    shown: "any but 400 and 5xx",
  }),
  text: key(filled, { description: "A text that the answer must contain.", example: 'text = "ok"' }),
  timeout: key(whole(1, 600), {
    description: "Seconds to wait for the first healthy answer.",
    example: "timeout = 30",
    shown: shownDefault("health.timeout"),
  }),
  command: key(releaseCommandText, {
    description:
      "A management command, or a program of the virtualenv, that must succeed within `timeout` seconds before the switch, beside the page.",
    example: 'command = "check --deploy"',
  }),
});

const site = v.strictObject({
  domains: key(domains, {
    description:
      "The site's domains. The first is its address; the others redirect to it. `*.shop.example.com` stands for all names of one part or more before `.shop.example.com`.",
    example: 'domains = ["shop.example.com"]',
  }),
  "settings-module": key(text("module"), {
    description: "The site's own settings module, if it differs from `settings-module`.",
    example: 'settings-module = "shop.settings_admin"',
  }),
  env: key(v.record(text("envName"), v.string()), {
    description:
      "Plain environment variables of this site alone. They win over `env`. Put secrets into the `env` input, as `2:KEY=value`.",
    example: '[tool.woven.sites.2.env]\nSHOP_MOTTO = "For the trade"',
  }),
  health: key(health, {
    description: "How the site's health is checked, where it differs from `health`: the same keys.",
    example: 'health = { path = "/admin/login/" }',
  }),
  ...siteServerKeys,
});

const projectKeys = {
  distribution: key(text("distribution"), {
    description: "The name of the distribution: what is deployed and versioned.",
    example: 'distribution = "shop"',
    shown: "found",
  }),
  "version-from": key(v.picklist(["project", "git"]), {
    description:
      "`project`: the project's own version. `git`: that version (or the last tag) plus the commit, so that every push is a release.",
    example: 'version-from = "git"',
    shown: shownDefault("version-from"),
  }),
  "settings-module": key(text("module"), {
    description: "The settings module for production.",
    example: 'settings-module = "shop.settings.production"',
    shown: "found",
  }),
  requirements: key(v.pipe(texts("repositoryPath"), v.minLength(1, "names no file")), {
    description:
      "One or more requirements files, or one lock file. They may lie above the working directory, up to the top of the repository.",
    example: 'requirements = ["requirements/production.txt"]',
    shown: "found",
    was: "PIP_REQUIREMENTS",
  }),
  groups: key(texts("distribution"), {
    description: "Dependency groups that production needs beside the project's own dependencies.",
    example: 'groups = ["prod"]',
    shown: "`[]`",
  }),
  extras: key(texts("distribution"), {
    description: "Extras of the project that production needs.",
    example: 'extras = ["s3"]',
    shown: "`[]`",
  }),
  "project-apps-path": key(text("relativeFolder"), {
    description: "A folder of apps to put on Python's path, relative to the working directory.",
    example: 'project-apps-path = "apps"',
    was: "PROJECT_APPS_PATH",
  }),
  "static-url": key(text("url"), {
    description: "The URL of static files.",
    example: 'static-url = "/static/"',
    shown: "from Django",
    was: "STATIC_URL",
  }),
  "media-url": key(text("url"), {
    description: "The URL of uploads.",
    example: 'media-url = "/media/"',
    shown: "from Django",
    was: "MEDIA_URL",
  }),
  migrate: key(judged(migrateProblem), {
    description:
      "Which migrations to run: `auto`, `none`, `fake`, `manual`, or an app and a migration. The `migrate` input wins.",
    example: 'migrate = "auto"',
    shown: shownDefault("migrate"),
    was: "MANUAL_MIGRATION (`manual`)",
  }),
  python: key(text("python"), {
    description:
      "The Python of the releases: a minor version, a full version, or `system`, the server's own Python 3. A version that the server does not have is brought along, which needs another server than `apache`.",
    example: 'python = "3.13"',
    shown: "found",
  }),
  ...serverKeys,
  domains: key(domains, {
    description:
      "The domains of site 1; short for `sites.1.domains`. deploy and patch need the domains of at least one site.",
    example: 'domains = ["shop.example.com"]',
  }),
  sites: key(v.record(text("siteId"), site), {
    description: "The sites: one table for each SITE_ID.",
    example: '[tool.woven.sites.2]\ndomains = ["admin.example.com"]',
  }),
  "sites-from": key(v.picklist(siteSources), {
    description:
      "`database`: the rows of `django.contrib.sites` are sites, too. A site in the settings wins over its row. [Sites](sites.md) says more.",
    example: 'sites-from = "database"',
    shown: shownDefault("sites-from"),
  }),
  include: key(texts("relativePath"), {
    description: "Files that git does not track but the release needs, such as build output.",
    example: 'include = ["assets/dist"]',
    shown: shownDefault("include"),
  }),
  exclude: key(texts("relativePath"), {
    description: "Files that must not leave the runner.",
    example: 'exclude = ["docs"]',
    shown: shownDefault("exclude"),
  }),
  writable: key(v.array(alsoJudged("relativeFolder", writableProblem)), {
    description: "Folders that the application writes to. They are kept outside of releases.",
    example: 'writable = ["logs", "data"]',
    shown: "`[]`",
  }),
  "collected-static": key(alsoJudged("relativeFolder", collectedProblem), {
    description:
      "A folder of static files that an earlier step or `build` has filled. Woven then runs no `collectstatic`.",
    example: 'collected-static = "staticfiles"',
  }),
  build: key(v.array(filled), {
    description:
      "Commands that make files for the release, such as style sheets. They run on the runner, without secrets, in a copy of the checkout.",
    example: 'build = ["npm ci", "npm run build"]',
    shown: "`[]`",
  }),
  health: key(health, {
    description: "How Woven checks that a release is healthy.",
    example: '[tool.woven.health]\npath = "/healthz"',
  }),
  env: key(v.record(text("envName"), v.string()), {
    description: "Plain environment variables of the Django process. Put secrets into the `env` input.",
    example: '[tool.woven.env]\nDJANGO_LOG_LEVEL = "INFO"',
    shown: shownDefault("env"),
  }),
  "keep-releases": key(whole(1, 1000), {
    description: "How many releases to keep on a server.",
    example: "keep-releases = 5",
    shown: shownDefault("keep-releases"),
  }),
  drain: key(whole(1, 3600), {
    description:
      "Seconds that the previous release keeps running after a switch, for requests and websockets that are open. Then it has 30 seconds more to end by itself.",
    example: "drain = 60",
    shown: shownDefault("drain"),
  }),
  "only-binary": key(v.union([v.picklist([":all:", "all"]), v.array(onlyBinaryName)]), {
    description:
      "Packages that are never built on the runner, or `:all:`: their wheels are used, or the run ends with an error.",
    example: 'only-binary = ":all:"',
    shown: "`[]`",
  }),
  "build-constraints": key(v.array(judged(buildConstraintProblem)), {
    description:
      "Versions of the tools that packages are built with. Old packages need an old setuptools. They do not change what is installed.",
    example: 'build-constraints = ["setuptools<66"]',
    shown: "`[]`",
  }),
  "build-env": key(v.array(text("envName")), {
    description:
      "Names of variables of the job that `build` and builds of packages may see, beside those that steer pip, uv and compilers.",
    example: 'build-env = ["WITH_GEOS"]',
    shown: "`[]`",
  }),
};

const { roles, ...otherNodeKeys } = nodeKeys;
/** What may differ by role. */
const roleKeys = {
  ...otherNodeKeys,
  ...projectKeys,
  ...tlsKeys,
  ...webKeys,
  ...backgroundKeys,
  ...phaseKeys,
  ...previewKeys,
};

export const configSchema = v.strictObject({
  roles,
  ...roleKeys,
  "role-settings": key(v.record(text("role"), v.strictObject(roleKeys)), {
    description:
      "Settings of one role, over all others: any key except `roles`. Tables are merged key by key. [More](#what-if-staging-and-production-differ).",
    example: '[tool.woven.role-settings.staging]\ndomains = ["staging.example.com"]',
    shown: "`{}`",
  }),
});
export type Config = v.InferOutput<typeof configSchema>;
export const configKeys: readonly string[] = Object.keys(configSchema.entries);

interface Described {
  readonly wrapped?: v.GenericSchema;
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly value?: v.GenericSchema;
  readonly options?: readonly (v.GenericSchema & Described)[];
}

/** The keys that a table of the configuration may hold, or undefined if there is no such table. */
export function namesAt(path: readonly string[]): readonly string[] | undefined {
  const entries = entriesOf(schemaAt(path));
  return entries === undefined ? undefined : Object.keys(entries);
}

/** The documentation of the key at a path. */
export function notesAt(path: readonly string[]): KeyNotes | undefined {
  const schema = schemaAt(path);
  return schema === undefined ? undefined : (v.getMetadata(schema as v.GenericSchema) as unknown as KeyNotes);
}

/** The keys of a table, or of what may be a name or a table. The options of a picklist are its names. */
function entriesOf(schema: Described | undefined): Described["entries"] {
  const tables = (schema?.options ?? []).filter((option) => typeof option === "object");
  return schema?.entries ?? tables.find(({ entries }) => entries !== undefined)?.entries;
}

function schemaAt(path: readonly string[]): (v.GenericSchema & Described) | undefined {
  let schema: (v.GenericSchema & Described) | undefined = configSchema as v.GenericSchema & Described;
  for (const name of path) {
    const entries: Described["entries"] = entriesOf(schema) ?? {};
    const inner: (v.GenericSchema & Described) | undefined = Object.hasOwn(entries, name)
      ? entries[name]
      : schema?.value;
    schema = (inner as Described | undefined)?.wrapped ?? inner;
  }
  return schema;
}
