// What Woven keeps on a node about a distribution: releases, history, lease. JSON under /var/local/woven/<dist>.

/** What a release is made of, as digests: two releases are the same exactly when these are. */
export interface ReleaseContent {
  readonly tree: string;
  readonly bundle: string;
  /** Over the settings and the secret environment, with the record's salt. */
  readonly configuration: string;
}

/** One release as recorded: written when it is prepared, and again when it has proved itself. */
export interface ReleaseRecord {
  readonly schema: 1;
  readonly distribution: string;
  /** As written by the user. */
  readonly version: string;
  /** The version made safe for file names. */
  readonly name: string;
  readonly content: ReleaseContent;
  /** SHA-256 (an `x` before it for executables) by path in the release, of `project/` and `dist/`. */
  readonly files: Readonly<Record<string, string>>;
  /** Targets by path. */
  readonly symlinks: Readonly<Record<string, string>>;
  /** Full version of the interpreter its packages were installed for. */
  readonly python: string;
  /** The systemd unit that serves it. */
  readonly unit: string;
  /** Loopback address its backend listens on. */
  readonly address: string;
  readonly sites: readonly { readonly id: number; readonly domains: readonly string[] }[];
  readonly health: {
    readonly path: string;
    readonly status?: number;
    readonly text?: string;
    readonly timeout: number;
  };
  /** Random, so that the digest of secret environment tells nobody anything. */
  readonly salt: string;
  readonly healthy: boolean;
  readonly patched: boolean;
  /** ISO 8601, the runner's clock. */
  readonly createdAt: string;
  readonly by: { readonly actor?: string; readonly run?: string; readonly commit?: string };
}

export interface HistoryEvent {
  /** ISO 8601. */
  readonly at: string;
  readonly event: "deploy" | "patch" | "activate" | "rollback";
  readonly version: string;
  readonly previous?: string;
  readonly actor?: string;
  readonly run?: string;
}

export interface Lease {
  readonly token: string;
  readonly owner: string;
  readonly command: string;
  readonly run?: string;
  /** Seconds since the epoch, the node's clock. */
  readonly expires: number;
}

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
  const lease = parse<Lease>(raw.lease);
  return {
    ...(raw.active ? { active: raw.active } : {}),
    ...(raw.folder ? { folder: raw.folder } : {}),
    releases: raw.releases.flatMap((text) => parse<ReleaseRecord>(text) ?? []),
    history: raw.history.split("\n").flatMap((line) => parse<HistoryEvent>(line) ?? []),
    ...(lease ? { lease } : {}),
  };
}

export function sameContent(one: ReleaseContent, other: ReleaseContent): boolean {
  return one.tree === other.tree && one.bundle === other.bundle && one.configuration === other.configuration;
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

/** A file of JSON that is not whole (a disk that was full once) counts as absent: the node itself is the truth. */
function parse<T>(text: string): T | undefined {
  if (text.trim() === "") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
