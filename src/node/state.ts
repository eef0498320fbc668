// What Woven keeps on a node about a distribution: releases, history, lease. JSON under /var/local/woven/<dist>.

import * as v from "valibot";
import { djangoFacts } from "./django-facts.ts";

/** What a node keeps becomes lines of logs, tables and outputs: it holds no line breaks. */
const line = v.pipe(v.string(), v.regex(/^[^\p{Cc}\u2028\u2029]*$/u));

/** What a release is made of, as digests: two releases are the same exactly when these are. */
const Content = v.object({
  tree: line,
  bundle: line,
  /** Over the settings and the secret environment, with the record's salt. */
  configuration: line,
});
export type ReleaseContent = Readonly<v.InferOutput<typeof Content>>;

/** One release as recorded, right before it is switched to; `healthy` when it has proved itself. */
const Release = v.object({
  schema: v.literal(1),
  distribution: line,
  /** As written by the user. */
  version: line,
  /** The version made safe for file names. */
  name: line,
  content: Content,
  /** SHA-256 (an `x` before it for executables) by path in the release, of `project/` and `dist/`. */
  files: v.record(line, line),
  /** Targets by path. */
  symlinks: v.record(line, line),
  /** Full version of the interpreter its packages were installed for. */
  python: line,
  /** The systemd unit that serves it. */
  unit: line,
  /** Loopback address its backend listens on. */
  address: line,
  sites: v.array(v.object({ id: v.number(), domains: v.array(line) })),
  health: v.object({
    path: line,
    status: v.exactOptional(v.number()),
    text: v.exactOptional(line),
    timeout: v.number(),
  }),
  /** Not in records of before there was such a thing. */
  described: v.exactOptional(djangoFacts),
  /** Of static and media files, as the web configuration has them; a patch can leave that behind what the settings say. */
  urls: v.exactOptional(v.object({ static: v.nullable(line), media: line })),
  /** Random, so that the digest of secret environment tells nobody anything. */
  salt: line,
  /** Names of the variables that its Django process is given; absent in records of earlier builds. */
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
type Whole<T> = T extends object ? { readonly [K in keyof T]: Whole<T[K]> } : T;
export type ReleaseRecord = Whole<v.InferOutput<typeof Release>>;

const Event = v.object({
  /** ISO 8601. */
  at: line,
  event: v.picklist(["deploy", "patch", "activate", "rollback"]),
  version: line,
  previous: v.exactOptional(line),
  actor: v.exactOptional(line),
  run: v.exactOptional(line),
});
export type HistoryEvent = Whole<v.InferOutput<typeof Event>>;

const LeaseFile = v.object({
  token: line,
  owner: line,
  command: line,
  run: v.exactOptional(line),
  /** Seconds since the epoch, the node's clock. */
  expires: v.number(),
});
export type Lease = Whole<v.InferOutput<typeof LeaseFile>>;

export interface DistributionState {
  /** Version name the active link points at; undefined where nothing is active. */
  readonly active?: string;
  /** Name of the folder that the link leads to in the end: one build of that version. */
  readonly folder?: string;
  readonly releases: readonly ReleaseRecord[];
  readonly history: readonly HistoryEvent[];
  readonly lease?: Lease;
}

export function parseState(raw: {
  active: string;
  folder?: string;
  releases: readonly string[];
  history: string;
  lease: string;
}): DistributionState {
  const lease = parse(LeaseFile, raw.lease);
  return {
    ...(raw.active ? { active: raw.active } : {}),
    ...(raw.folder ? { folder: raw.folder } : {}),
    releases: raw.releases.flatMap((text) => parse(Release, text) ?? []),
    history: raw.history.split("\n").flatMap((line) => parse(Event, line) ?? []),
    ...(lease ? { lease } : {}),
  };
}

export function sameContent(one: ReleaseContent, other: ReleaseContent): boolean {
  return one.tree === other.tree && one.bundle === other.bundle && one.configuration === other.configuration;
}

/** Whether its web configuration is for other URLs than its settings have by now. */
export function hasOldUrls({ described, urls }: ReleaseRecord): boolean {
  if (!described || !urls) return false;
  return urls.static !== described.staticUrl || urls.media !== described.mediaUrl;
}

export function activeRelease(state: DistributionState | undefined): ReleaseRecord | undefined {
  return state?.releases.find(({ name }) => name === state.active);
}

/**
 * The release that `rollback` goes to: the newest healthy one that served before the active one did.
 * Going back from B to A takes B off, so going back again reaches what served before A.
 */
export function rollbackTarget(state: DistributionState): ReleaseRecord | undefined {
  const stack = state.history.reduce<readonly string[]>((done, { event, version }) => {
    if (event === "rollback" && done.includes(version)) return done.slice(0, done.lastIndexOf(version) + 1);
    return [...done.filter((other) => other !== version), version];
  }, []);
  const active = activeRelease(state)?.version;
  const before = active !== undefined && stack.includes(active) ? stack.slice(0, stack.lastIndexOf(active)) : stack;
  return before
    .toReversed()
    .flatMap((version) => state.releases.find((release) => release.version === version && release.healthy) ?? [])[0];
}

/** What is not whole (a disk that was full once), or not as Woven writes it, counts as absent: the node itself is the truth. */
function parse<T extends v.GenericSchema>(schema: T, text: string): v.InferOutput<T> | undefined {
  if (text.trim() === "") return undefined;
  try {
    const parsed = v.safeParse(schema, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
