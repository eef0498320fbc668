// What a release will be on one node: its record, its files and what of them the node has, its generated files.
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Bundle } from "../bundle/bundle.ts";
import type { NodeFacts } from "../node/facts.ts";
import type { StageFile } from "../node/stage.ts";
import { activeRelease, type ReleaseContent, type ReleaseRecord } from "../node/state.ts";
import { newBuild } from "../release/build.ts";
import { type ReleaseFile, treeDigest } from "../release/file-set.ts";
import { type Layout, layout } from "../release/layout.ts";
import type { WebRelease } from "../servers/server.ts";
import { servers } from "../servers/servers.ts";
import { releaseName } from "../settings/release-name.ts";
import type { Distribution, Settings, Site } from "../settings/settings.ts";
import type { GeneratedFile } from "../steps/release-files.ts";
import type { Templates } from "../steps/templates.ts";
import { releaseMark, releaseServices, servicesOfBuild } from "../steps/webconf.ts";
import { configurationDigest } from "./configuration-digest.ts";
import { generatedFiles } from "./generated-files.ts";
import type { Runtime } from "./runtime.ts";
import { variables } from "./variables.ts";

export interface ReleasePlan {
  readonly place: Layout;
  readonly record: ReleaseRecord;
  readonly web: WebRelease;
  /** The release whose web configuration it takes over, as it is. */
  readonly keepsWebConf?: ReleaseRecord;
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
  /** The release whose web configuration is taken over as it is. */
  readonly keepsWebConf?: ReleaseRecord;
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
  const active = activeRelease(facts.state);
  const web: WebRelease = {
    place,
    version,
    // A plan is shown against the live release, and neither is a change: each build draws its own.
    build: (settings.dryRun ? active?.build : undefined) ?? newBuild(),
    key: (settings.dryRun && active ? keyOf(active) : undefined) ?? randomBytes(32).toString("hex"),
    sites: settings.sites,
  };
  const record: ReleaseRecord = {
    schema: 2,
    distribution: name,
    version,
    name: place.name,
    content: input.content ?? releaseContent(input, salt),
    files: Object.fromEntries(
      files.filter(({ kind }) => kind !== "symlink").map(({ path, kind, sha256 }) => [path, sharedKey(kind, sha256)]),
    ),
    symlinks: Object.fromEntries(files.flatMap(({ path, target }) => (target === undefined ? [] : [[path, target]]))),
    python: facts.python ?? "",
    build: web.build,
    ...(input.keepsWebConf
      ? servicesOfBuild(input.keepsWebConf, web.build)
      : { services: releaseServices(servers[settings.server], web), mark: releaseMark(web) }),
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
    web,
    ...(input.keepsWebConf ? { keepsWebConf: input.keepsWebConf } : {}),
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

function keyOf({ services }: ReleaseRecord): string | undefined {
  return services.flatMap(({ probe }) => Object.values(probe.headers))[0];
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
