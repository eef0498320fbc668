// What a release will be on one node: its record, its files and what of them the node has, its generated files.
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import type { Bundle } from "../bundle/bundle.ts";
import type { NodeFacts } from "../node/facts.ts";
import type { StageFile } from "../node/stage.ts";
import { activeRelease, type ReleaseContent, type ReleaseRecord } from "../node/state.ts";
import { type ReleaseFile, treeDigest } from "../release/file-set.ts";
import { backendAddress, codeGroup, type Layout, layout, siteUser } from "../release/layout.ts";
import { releaseName } from "../settings/release-name.ts";
import type { Distribution, Settings, Site } from "../settings/settings.ts";
import type { GeneratedFile } from "../steps/release-files.ts";
import type { Templates } from "../steps/templates.ts";
import { configurationDigest } from "./configuration-digest.ts";
import type { Runtime } from "./runtime.ts";
import { variables } from "./variables.ts";

export interface ReleasePlan {
  readonly place: Layout;
  readonly record: ReleaseRecord;
  /** With paths relative to the release: `project/…`, `dist/…`. */
  readonly files: readonly ReleaseFile[];
  readonly shared: ReadonlyMap<string, string>;
  readonly payload: ReadonlyMap<string, StageFile["content"]>;
  readonly payloadBytes: number;
  /** `kept`: those of the release that is patched, as they are. */
  readonly generated: readonly GeneratedFile[] | "kept";
  /** Those that the settings are for; a patch of `wsgi` alone can know more of them than the web servers do. */
  readonly sites: readonly Site[];
  readonly pythonMinor: string;
  /** Absolute path of the node's Python. */
  readonly interpreter: string;
  readonly ipv6: boolean;
}

export interface PlanInput {
  readonly settings: Settings;
  readonly distribution: Distribution;
  readonly name: string;
  readonly version: string;
  readonly facts: NodeFacts;
  /** The release whose files `facts` lists, where there is one. */
  readonly base?: Layout;
  /** Files of the project, and of the bundle, with paths relative to the release. */
  readonly files: readonly ReleaseFile[];
  /** Where on the runner a file is, by its path in the release. */
  readonly source: (file: ReleaseFile) => string | Buffer;
  readonly bundle: Pick<Bundle, "key">;
  readonly templates: Templates;
  readonly patched: boolean;
  readonly generated?: "kept";
  /** Those to generate settings for, where they are not the ones that the web servers have. */
  readonly sites?: readonly Site[];
  /** Where a patch keeps a part of what the release was. */
  readonly content?: ReleaseContent;
  readonly salt?: string;
  /** Where the environment stays as it is. */
  readonly variables?: readonly string[];
}

export function planRelease(input: PlanInput, runtime: Runtime): ReleasePlan {
  const { settings, facts, base, files, version, name } = input;
  const place = layout(facts.deploymentRoot, name, releaseName(version));
  const known = base ? facts.files : new Map<string, string>();
  const shared = new Map([...known].map(([hash, path]) => [hash, `${base?.release}/${path}`]));
  const missing = files.filter(({ kind, sha256 }) => kind !== "symlink" && !shared.has(sharedKey(kind, sha256)));
  const payload = new Map(
    missing.map((file) => [sharedKey(file.kind, file.sha256), content(input.source(file), file.bytes)]),
  );
  const salt = randomBytes(16).toString("hex");
  const pythonMinor = (facts.python ?? "").split(".").slice(0, 2).join(".");
  const record: ReleaseRecord = {
    schema: 1,
    distribution: name,
    version,
    name: place.name,
    content: input.content ?? releaseContent(input, salt),
    files: Object.fromEntries(
      files.filter(({ kind }) => kind !== "symlink").map(({ path, kind, sha256 }) => [path, sharedKey(kind, sha256)]),
    ),
    symlinks: Object.fromEntries(files.flatMap(({ path, target }) => (target === undefined ? [] : [[path, target]]))),
    python: facts.python ?? "",
    unit: place.unit,
    // A plan is shown against what serves, and no address is a change: each build draws one.
    address: (settings.dryRun ? activeRelease(facts.state)?.address : undefined) ?? backendAddress(),
    sites: settings.sites.map(({ id, domains }) => ({ id, domains })),
    health: settings.health,
    salt: input.salt ?? salt,
    variables: input.variables ?? variables(settings),
    healthy: true,
    patched: input.patched,
    createdAt: new Date(runtime.now()).toISOString(),
    by: runtime.by,
  };
  return {
    place,
    ipv6: facts.ipv6,
    record,
    files,
    shared,
    payload,
    payloadBytes: missing.reduce((sum, { bytes }) => sum + bytes, 0),
    sites: input.sites ?? settings.sites,
    generated: input.generated === "kept" ? "kept" : generatedFiles(input, place),
    pythonMinor,
    interpreter: "/usr/bin/python3",
  };
}

/** Two files can share one inode only where their modes agree too. */
export function sharedKey(kind: ReleaseFile["kind"], sha256: string): string {
  return kind === "executable" ? `x${sha256}` : sha256;
}

/** What the release is made of; `salt` keeps the digest of secret environment from telling anything. */
export function releaseContent(
  input: Pick<PlanInput, "settings" | "distribution" | "files" | "bundle">,
  salt: string,
): ReleaseContent {
  return { tree: treeDigest(input.files), bundle: input.bundle.key, configuration: configurationDigest(input, salt) };
}

function content(path: string | Buffer, bytes: number): StageFile["content"] {
  return { bytes, open: () => createReadStream(path) };
}

/** Paths for sys.path, relative to the project folder. */
export function sourcePaths({ distribution, projectAppsPath }: Settings): readonly string[] {
  const root = distribution?.sourceRoot.value ?? ".";
  return [...new Set([root, ...(projectAppsPath ? [join(root, projectAppsPath)] : []), "."])];
}

function generatedFiles(input: PlanInput, place: Layout): readonly GeneratedFile[] {
  const { settings, distribution, templates, version, files } = input;
  const paths = sourcePaths(settings);
  const all = input.sites ?? settings.sites;
  const sites = Object.fromEntries(
    all.map((site) => [
      site.id,
      { settings: site.settingsModule ?? distribution.settingsModule.value, domains: site.domains },
    ]),
  );
  const view = {
    distribution: place.distribution,
    version,
    settings_module: "sitesettings.settings",
    paths: python(paths),
    sites: python(sites),
    schemes: python(trustedSchemes),
    static_url: python(settings.staticUrl ?? null),
    media_url: python(settings.mediaUrl ?? null),
    site_id: settings.sites[0]?.id ?? 1,
  };
  const ownSettings = files.some(({ path }) => path === "project/sitesettings/settings.py");
  const environment = {
    ...settings.env,
    ...Object.fromEntries(Object.entries(settings.secretEnv).map(([key, value]) => [key, value.reveal()])),
  };
  const code = { mode: "640", group: codeGroup(place.distribution) };
  const scripts: readonly GeneratedFile[] = [
    { path: "wsgi/_woven_environment.py", content: templates.render("release/environment.py", view), ...code },
    { path: "wsgi/_woven_manage.py", content: templates.render("release/manage.py", view), ...code },
    { path: "wsgi/_woven_describe.py", content: templates.render("release/describe.py", view), ...code },
    ...all.map(({ id }) => ({
      path: `wsgi/${siteUser(id)}.wsgi`,
      content: templates.render("release/site.wsgi", { ...view, site_id: id }),
      ...code,
    })),
  ];
  const generated: readonly GeneratedFile[] = [
    ...(ownSettings
      ? []
      : [
          { path: "project/sitesettings/__init__.py", content: "", mode: "644" },
          { path: "project/sitesettings/settings.py", content: templates.render("sitesettings.py", view), mode: "644" },
          {
            path: "project/sitesettings/_woven.py",
            content: templates.render("release/settings.py", view),
            mode: "644",
          },
        ]),
    ...scripts,
    { path: "manage", content: templates.render("release/manage", view), mode: "755" },
    ...all.map(({ id }) => ({
      path: `environment/${siteUser(id)}.json`,
      content: JSON.stringify(environment),
      mode: "640",
      group: siteUser(id),
    })),
  ];
  return [...generated, ...formerNames(generated)];
}

/**
 * Schemes of the origins that a site trusts beside the one it was asked at, which Django trusts anyway. A proxy before nginx may speak
 * https to the visitor; http is never trusted beside it.
 */
const trustedSchemes = ["https"] as const;

/** A project's own templates may be copies from when these files had names that a project may have, too: those find them as they did. */
function formerNames(generated: readonly GeneratedFile[]): readonly GeneratedFile[] {
  const called = (words: RegExp) => generated.some(({ content }) => words.test(content));
  const former = (name: string, content: string): GeneratedFile[] =>
    generated.flatMap((file) =>
      file.path === `wsgi/_woven_${name}.py` ? [{ ...file, path: `wsgi/${name}.py`, content }] : [],
    );
  const note = "# Managed by Woven. For templates that still call it by this name.\n";
  return [
    ...(called(/^(import|from) environment\b/m)
      ? former("environment", `${note}from _woven_environment import *\n`)
      : []),
    ...(called(/\/wsgi\/manage\.py\b/) ? former("manage", `${note}import _woven_manage\n`) : []),
  ];
}

/** A value of strings, numbers, lists and mappings as a Python literal: JSON, but for null. Numeric keys become integers. */
function python(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object") {
    const entries = Object.entries(value).map(
      ([key, item]) => `${/^\d+$/.test(key) ? key : JSON.stringify(key)}: ${python(item)}`,
    );
    return `{${entries.join(", ")}}`;
  }
  return JSON.stringify(value);
}
