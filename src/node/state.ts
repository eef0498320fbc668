// The state of a distribution on a node: releases, history, lease. Kept as JSON under /var/local/woven/<dist>.
import * as v from "valibot";
import { buildAt } from "../release/build.ts";
import { fileNotes } from "../release/file-notes.ts";
import { djangoFacts } from "./django-facts.ts";
import { type Recorded, readRecorded, type Upgrade } from "./recorded.ts";
import { line, type Service, ServiceSchema, type Whole } from "./services.ts";

/** Digests of everything in a release: two releases are the same exactly if all digests are the same. */
const Content = v.object({
  tree: line,
  bundle: line,
  /** Of the settings and the secret environment, with the record's salt. */
  configuration: line,
});
export type ReleaseContent = Readonly<v.InferOutput<typeof Content>>;

const Health = v.object({
  path: line,
  status: v.exactOptional(v.number()),
  text: v.exactOptional(line),
  timeout: v.number(),
  command: v.exactOptional(v.object({ kind: v.picklist(["manage", "either"]), words: v.array(line) })),
});

const Site = v.object({
  id: v.number(),
  /** Absent: the site itself. Else a part of it with settings of its own. */
  subdomain: v.exactOptional(line),
  domains: v.array(line),
  /** Those that do not redirect. Absent: only the first. */
  served: v.exactOptional(v.array(line)),
  /** Absent: that of the release. */
  health: v.exactOptional(Health),
  /** How visitors reach it. Absent in records of older versions of Woven. */
  front: v.exactOptional(
    v.object({
      /** What nginx listens for, as `http:80`. */
      listens: v.array(line),
      /** Something in front of nginx speaks https with the visitors, and nginx tells the application so. */
      tlsInFront: v.exactOptional(v.literal(true)),
    }),
  ),
});

/** The record of one release. Written right before the switch to it. `healthy`: it has passed the health check. */
const Release = v.object({
  schema: v.literal(4),
  /** The version of Woven that wrote it; absent in records of the first schema. */
  woven: v.exactOptional(line),
  distribution: line,
  /** The version as the user wrote it. */
  version: line,
  /** The version made safe for file names. */
  name: line,
  content: Content,
  /** Of its files: release/file-notes.ts. */
  wheels: line,
  migrations: v.array(line),
  ownSettings: v.exactOptional(v.literal(true)),
  /** Full version of the interpreter its packages were installed for. */
  python: line,
  /** Its program, if it is not the node's own. */
  interpreter: v.exactOptional(line),
  /** Six hexadecimal digits: release/build.ts. */
  build: line,
  /** What nginx says of it at `/.woven/release`. */
  mark: line,
  services: v.array(ServiceSchema),
  sites: v.array(Site),
  health: Health,
  /** Where HTTPS ends. Absent: nowhere. */
  tls: v.exactOptional(
    v.object({
      kind: v.picklist(["files", "acme", "proxy"]),
      /** The file on the node. Absent with a proxy. */
      certificate: v.exactOptional(line),
    }),
  ),
  /** Absent in records of older versions of Woven. */
  described: v.exactOptional(djangoFacts),
  /** The URLs of static and media files in the web configuration. After a patch, the settings may have others. */
  urls: v.exactOptional(v.object({ static: v.nullable(line), media: line })),
  /** Random, so that nobody can guess the secret environment from its digest. */
  salt: line,
  /** Names of the variables that its Django process gets. Absent in records of older versions of Woven. */
  variables: v.exactOptional(v.array(line)),
  healthy: v.boolean(),
  patched: v.boolean(),
  /** ISO 8601, the runner's clock. */
  createdAt: line,
  by: v.object({
    actor: v.exactOptional(line),
    run: v.exactOptional(line),
    commit: v.exactOptional(line),
  }),
});
export type ReleaseRecord = Whole<v.InferOutput<typeof Release>>;

const Event = v.object({
  /** ISO 8601. */
  at: line,
  event: v.picklist(["deploy", "patch", "activate", "rollback", "remove"]),
  version: line,
  previous: v.exactOptional(line),
  actor: v.exactOptional(line),
  run: v.exactOptional(line),
});
export type HistoryEvent = Whole<v.InferOutput<typeof Event>>;

/** A run that failed here, was cancelled, or did not tidy up: attempts.py. */
const AttemptLine = v.object({
  /** ISO 8601, the node's clock. */
  at: line,
  command: line,
  /** The name of the release that it worked on. */
  release: v.exactOptional(line),
  /** The step that failed. */
  step: v.exactOptional(line),
  /** `untidied`: the run succeeded, and a step after its end failed. */
  end: v.picklist(["failed", "stopped", "untidied"]),
  actor: line,
  run: v.exactOptional(line),
  /** Of `untidied`: how many lines the history had. With more, another switch has come since. */
  history: v.exactOptional(v.pipe(v.number(), v.integer())),
});
export type Attempt = Whole<v.InferOutput<typeof AttemptLine>>;

const LeaseFile = v.object({
  owner: line,
  command: line,
  run: v.exactOptional(line),
});
export type Lease = Whole<v.InferOutput<typeof LeaseFile>>;

export interface DistributionState {
  /** The version that the active link points to. Undefined if none is live. */
  readonly active?: string;
  /** Name of the folder that the link resolves to: one build of that version. */
  readonly folder?: string;
  readonly releases: readonly ReleaseRecord[];
  readonly history: readonly HistoryEvent[];
  /** The newest comes last. Absent: none. */
  readonly attempts?: readonly Attempt[];
  readonly lease?: Lease;
}

/** What the files on a node hold, as they are. */
export interface StateFiles {
  readonly active: string;
  readonly folder?: string;
  /** Records by path. */
  readonly releases: ReadonlyMap<string, string>;
  readonly history: string;
  readonly attempts?: string;
  readonly lease: string;
  /** `/var/local/woven/<dist>` */
  readonly place: string;
}

/** Throws `state-broken` or `state-newer` where a file cannot be read: nothing that cannot be read counts as absent. */
export function parseState(raw: StateFiles, known: Known): DistributionState {
  const { active, folder, releases, history, attempts = "", lease, place } = raw;
  return {
    ...(active ? { active } : {}),
    ...(folder ? { folder } : {}),
    releases: [...releases].map(([file, text]) => parseRelease(text, { file, ...known })),
    history: readLines(history, { ...eventForm, file: `${place}/history.jsonl`, ...known }),
    ...(attempts.trim() === ""
      ? {}
      : { attempts: readLines(attempts, { ...attemptForm, file: `${place}/attempts.jsonl`, ...known }) }),
    ...(lease.trim() === ""
      ? {}
      : { lease: readRecorded(lease, { ...leaseForm, file: `${place}/lease.json`, ...known }) }),
  };
}

/** A file with one record on each line. */
function readLines<Schema extends v.GenericSchema>(
  text: string,
  form: Omit<Recorded<Schema>, "repair">,
): readonly v.InferOutput<Schema>[] {
  return text.split("\n").flatMap((one, index) => {
    const repair = `Look at line ${index + 1} there: fix it, or delete it (sed -i ${index + 1}d ${form.file}).`;
    return one.trim() === "" ? [] : [readRecorded(one, { ...form, repair })];
  });
}

/** What reading needs to know besides the files. */
export interface Known {
  readonly node: string;
  /** The services of a release that was recorded before records had any. */
  readonly firstServices: (release: FirstRelease) => readonly Service[];
}

/** What the first schema said of a release's one server. */
export interface FirstRelease {
  readonly distribution: string;
  readonly name: string;
  readonly unit: string;
  readonly address: string;
  readonly sites: ReleaseRecord["sites"];
}

export function parseRelease(text: string, { firstServices, ...at }: Known & { readonly file: string }): ReleaseRecord {
  return readRecorded(text, {
    schema: Release,
    upgrades: [withSchema(1), withServices(firstServices), withSchema(3), withoutFiles],
    ...at,
  });
}

const eventForm = { schema: Event, upgrades: [withSchema(1)] };
const attemptForm = { schema: AttemptLine, upgrades: [withSchema(1), withSchema(2)] };
const leaseForm = {
  schema: LeaseFile,
  upgrades: [withSchema(1), withSchema(2)],
  repair: "Is no other run at work there? Then delete the file.",
};

/**
 * A schema without a change to what was there. Lines of history and leases had no schema at first. Records have processes and
 * schedules from schema 3 on: an earlier Woven would start them before the switch, and leave those of two releases running.
 */
function withSchema(schema: number): Upgrade {
  return (record) => ({ ...record, schema });
}

/** From 1 to 2: one server with one unit and one address becomes a list of services, and the build an id of its own. */
function withServices(firstServices: Known["firstServices"]): Upgrade {
  return ({ unit, address, ...rest }) => {
    const { distribution, name, sites, ...first } = v.parse(FirstServer, { ...rest, unit, address });
    return {
      ...rest,
      schema: 2,
      build: buildAt(first.address),
      mark: `${distribution} ${name} ${first.address}`,
      services: firstServices({ distribution, name, sites, ...first }),
    };
  };
}

/** From 3 to 4: the files are no longer in the record. The node still reads them there: manifest.py. */
const withoutFiles: Upgrade = ({ files, symlinks: _, ...rest }) => ({
  ...rest,
  schema: 4,
  ...fileNotes(Object.entries(v.parse(v.record(line, line), files))),
});

const FirstServer = v.object({
  distribution: v.string(),
  name: v.string(),
  unit: v.string(),
  address: v.pipe(v.string(), v.regex(/^127(\.\d{1,3}){3}$/)),
  sites: Release.entries.sites,
});

export function sameContent(one: ReleaseContent, other: ReleaseContent): boolean {
  return one.tree === other.tree && one.bundle === other.bundle && one.configuration === other.configuration;
}

/** Whether its settings now have other URLs than its web configuration. */
export function hasOldUrls({ described, urls }: ReleaseRecord): boolean {
  if (!described || !urls) return false;
  return urls.static !== described.staticUrl || urls.media !== described.mediaUrl;
}

export function activeRelease(state: DistributionState | undefined): ReleaseRecord | undefined {
  return state?.releases.find(({ name }) => name === state.active);
}

/**
 * The release that `rollback` switches to: the newest healthy one that was live before the current one. After a rollback from B to
 * A, B no longer counts, so a second rollback switches to the release that was live before A.
 */
export function rollbackTarget(state: DistributionState): ReleaseRecord | undefined {
  const stack = state.history.reduce<readonly string[]>((done, { event, version }) => {
    if (event === "remove") return done.filter((other) => other !== version);
    if (event === "rollback" && done.includes(version)) return done.slice(0, done.lastIndexOf(version) + 1);
    return [...done.filter((other) => other !== version), version];
  }, []);
  const active = activeRelease(state)?.version;
  const before = active !== undefined && stack.includes(active) ? stack.slice(0, stack.lastIndexOf(active)) : stack;
  return before
    .toReversed()
    .flatMap((version) => state.releases.find((release) => release.version === version && release.healthy) ?? [])[0];
}
