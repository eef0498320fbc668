// The plan of a release on one node: its record, its files, which of them the node has already, and the generated ones.
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { minorOf } from "../bundle/build-context.ts";
import type { Bundle } from "../bundle/bundle.ts";
import { WovenError } from "../errors.ts";
import type { NodeFacts } from "../node/facts.ts";
import { intactKeys, type ListedRelease } from "../node/listed-release.ts";
import type { Service } from "../node/services.ts";
import type { StageFile, Step } from "../node/stage.ts";
import { activeRelease, type ReleaseContent, type ReleaseRecord } from "../node/state.ts";
import { newBuild } from "../release/build.ts";
import type { ReleaseFile } from "../release/described-file.ts";
import { fileNotes } from "../release/file-notes.ts";
import { treeDigest } from "../release/file-set.ts";
import { type Layout, layout } from "../release/layout.ts";
import { manifestOf, sharedKey } from "../release/manifest.ts";
import { backgroundServices } from "../servers/background.ts";
import { webSites } from "../servers/processes.ts";
import type { WebRelease } from "../servers/server.ts";
import { type NodePlace, packagesOfServices } from "../settings/data-services.ts";
import { present } from "../settings/present.ts";
import { releaseName } from "../settings/release-name.ts";
import type { Distribution, Settings, Site } from "../settings/settings.ts";
import { recordedTls } from "../steps/https.ts";
import type { GeneratedFile } from "../steps/release-files.ts";
import type { Templates } from "../steps/templates.ts";
import { releaseMark, releaseServices, servicesOfBuild } from "../steps/webconf.ts";
import { configurationDigest } from "./configuration-digest.ts";
import { generatedFiles } from "./generated-files.ts";
import { packagesKey, updateOf } from "./preview-update.ts";
import { recordedSite } from "./recorded-site.ts";
import type { ReleasePython } from "./release-python.ts";
import type { Runtime } from "./runtime.ts";
import { variables } from "./variables.ts";

export interface ReleasePlan {
  readonly place: Layout;
  readonly record: ReleaseRecord;
  readonly web: WebRelease;
  /** The release whose web configuration it keeps unchanged. */
  readonly keepsWebConf?: ReleaseRecord;
  /** With paths relative to the release: `project/…`, `dist/…`. */
  readonly files: readonly ReleaseFile[];
  /** The release whose files it shares. */
  readonly base?: BaseRelease;
  /** The files to send, by `sharedKey`. */
  readonly payload: ReadonlyMap<string, StageFile["content"]>;
  readonly payloadBytes: number;
  /** As they were before anything was built. */
  readonly templates: Templates;
  /** `kept`: a patch keeps the generated files of the release unchanged. */
  readonly generated: readonly GeneratedFile[] | "kept";
  /** The sites that have settings. After a patch of `wsgi` alone, that can be more sites than the web servers have. */
  readonly sites: readonly Site[];
  readonly python: ReleasePython;
  readonly pythonMinor: string;
  /** Absolute path of its Python on the node. */
  readonly interpreter: string;
  /** Whether the node has, or will have, Pythons that Woven brought along. */
  readonly pythons: "some" | "none";
  readonly ipv6: boolean;
  /** The node's version of nginx. */
  readonly nginx?: string;
  readonly preview?: PreviewParts;
  /** `files`: the update of a preview, which differs from the release before in files alone. Its settings and packages are the same. */
  readonly updates?: "files";
}

/** A release on the node that has most of the files already. */
export interface BaseRelease {
  readonly place: Layout;
  readonly listed: ListedRelease;
}

/** What a preview has beside a release. */
export interface PreviewParts {
  /** Fails if it has no room. `needs`: the bytes that the release needs on the disk. */
  room(needs: number): Step;
  /** The first step of the run that changes something. */
  readonly keep: Step;
  /** Once its folders are there. */
  readonly data: readonly Step[];
  /** Once its environment is written. */
  readonly environment: readonly Step[];
  /** Right before the traffic moves. */
  readonly wake: Step;
  /** Once it is healthy. */
  readonly sleep: Step;
  /** The release that it is a patch of: the preview's own, or the live one of its project. */
  readonly patches?: Layout;
  /** The live release of its project, whose packages it may share. */
  readonly packages?: { readonly place: Layout; readonly record: ReleaseRecord };
}

export interface PlanInput {
  readonly settings: Settings;
  readonly distribution: Distribution;
  readonly name: string;
  readonly version: string;
  readonly facts: NodeFacts;
  readonly node: NodePlace;
  readonly base?: BaseRelease;
  /** The files of the project and of the bundle, with paths relative to the release. */
  readonly files: readonly ReleaseFile[];
  /** The path of a file on the runner. */
  readonly source: (file: ReleaseFile) => string | Buffer;
  readonly bundle: Pick<Bundle, "key">;
  /** Absent: the node's own. */
  readonly python?: ReleasePython;
  readonly templates: Templates;
  readonly patched: boolean;
  /** The release whose web configuration the new one keeps unchanged. */
  readonly keepsWebConf?: ReleaseRecord;
  readonly generated?: "kept";
  /** The sites to generate settings for, if they differ from those of the web servers. */
  readonly sites?: readonly Site[];
  /** Set by a patch, which keeps parts of the release. */
  readonly content?: ReleaseContent;
  readonly salt?: string;
  /** Set by a patch that keeps the environment: the names of its variables. */
  readonly variables?: readonly string[];
  readonly preview?: PreviewParts;
}

export function planRelease(input: PlanInput, runtime: Runtime): ReleasePlan {
  const { settings, facts, base, files, version, name } = input;
  const place = layout(facts.deploymentRoot, name, releaseName(version));
  const shared = base ? intactKeys(base.listed) : new Set<string>();
  const missing = files.filter(({ kind, sha256 }) => kind !== "symlink" && !shared.has(sharedKey(kind, sha256)));
  const payload = new Map(
    missing.map((file) => [sharedKey(file.kind, file.sha256), content(input.source(file), file)]),
  );
  const salt = randomBytes(16).toString("hex");
  const python = input.python ?? { version: facts.python ?? "" };
  const active = activeRelease(facts.state);
  const web: WebRelease = {
    place,
    version,
    // Every build draws a random id and key. A dry run takes those of the live release, so that its diff does not show them as changes.
    build: (settings.dryRun ? active?.build : undefined) ?? newBuild(),
    key: (settings.dryRun && active ? keyOf(active) : undefined) ?? randomBytes(32).toString("hex"),
    sites: webSites(settings, settings.sites, facts),
    setup: settings.setup,
  };
  const record: ReleaseRecord = {
    schema: 4,
    distribution: name,
    version,
    name: place.name,
    content: input.content ?? releaseContent(input, salt),
    ...fileNotes(manifestOf(files).files),
    python: python.version,
    ...(python.interpreter === undefined ? {} : { interpreter: python.interpreter }),
    build: web.build,
    ...(input.keepsWebConf
      ? servicesOfBuild(input.keepsWebConf, web.build)
      : {
          services: withPackages(
            [...releaseServices(web, settings.web), ...backgroundServices(web, settings.background)],
            packagesOfServices(settings.services, input.node),
          ),
          mark: releaseMark(web),
          ...recordedTls(settings.tls, name),
        }),
    sites: settings.sites.map(recordedSite),
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
    ...(facts.nginx === undefined ? {} : { nginx: facts.nginx }),
    record,
    web,
    ...(input.keepsWebConf ? { keepsWebConf: input.keepsWebConf } : {}),
    files,
    ...(base ? { base } : {}),
    payload,
    templates: input.templates,
    payloadBytes: missing.reduce((sum, { bytes }) => sum + bytes, 0),
    sites: input.sites ?? settings.sites,
    generated: generatedOrKept(input, record, place),
    python,
    pythonMinor: minorOf(python.version),
    interpreter: python.interpreter ?? "/usr/bin/python3",
    ...present({ preview: input.preview, updates: updateOf(input) }),
    pythons: python.interpreter !== undefined || facts.pythons.length > 0 ? "some" : "none",
  };
}

function generatedOrKept(input: PlanInput, { ownSettings }: ReleaseRecord, place: Layout) {
  return input.generated === "kept" ? "kept" : generatedFiles({ ...input, ownSettings: ownSettings === true }, place);
}

/** Each service needs what the project uses on the node. */
function withPackages(services: readonly Service[], packages: readonly string[]): readonly Service[] {
  return services.map((service) => ({ ...service, packages: [...service.packages, ...packages] }));
}

/** The key that nginx sends to the services of a release. Undefined where they need none. */
export function keyOf({ services }: Pick<ReleaseRecord, "services">): string | undefined {
  return services.flatMap(({ probe }) => Object.values(probe.headers))[0];
}

/** What the release is made of, as digests. `salt` keeps anyone from guessing the secrets in the environment. */
export function releaseContent(
  input: Pick<PlanInput, "settings" | "distribution" | "files" | "bundle" | "templates" | "python">,
  salt: string,
): ReleaseContent {
  const configuration = configurationDigest(input, salt);
  return { tree: treeDigest(input.files), bundle: packagesKey(input), configuration };
}

/** The file's content, which must still have the hash that the release has recorded. */
function content(source: string | Buffer, { path, bytes, sha256 }: ReleaseFile): StageFile["content"] {
  return { bytes, open: () => createReadStream(source).compose(unchanged(path, sha256)) as Readable };
}

function unchanged(path: string, sha256: string) {
  return async function* (parts: AsyncIterable<Buffer>) {
    const hash = createHash("sha256");
    for await (const part of parts) {
      hash.update(part);
      yield part;
    }
    if (hash.digest("hex") !== sha256) throw changed(path);
  };
}

function changed(path: string): WovenError {
  return new WovenError({
    code: "checkout-changed",
    message: `${path} was changed on the runner after its hash was computed`,
    state: "Nothing that is live was changed.",
    next: "A package that was built, or another step, changed the checkout. Find out which one before you deploy.",
  });
}
