// Folders in GitHub's cache, under exact keys. A cache that fails, hangs or is wrong never fails a run, and delays it only once.
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Printer, quietly } from "./quiet.ts";

/** Restores and saves folders. Neither method throws. */
export interface DirectoryCache {
  restore(key: string, directory: string): Promise<"hit" | "miss">;
  save(key: string, directory: string): Promise<void>;
}

/** The part of `@actions/cache` that is used. */
export interface CacheClient {
  /** Unpacks what was saved of `paths` into `place`. */
  restoreCache(paths: string[], key: string, place: string): Promise<string | undefined>;
  saveCache(paths: string[], key: string): Promise<number>;
}

export interface CacheOptions {
  /** Absolute. Archives are packed from and unpacked to a folder in it. */
  readonly cacheDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The parsed file of GITHUB_EVENT_PATH, or undefined. */
  readonly event: unknown;
  readonly log: (line: string) => void;
  readonly debug?: (line: string) => void;
  /** `process.stdout`. The client writes to it directly. */
  readonly printer: Printer;
  /** Loaded only when used. */
  readonly load?: () => Promise<CacheClient>;
  readonly restoreSeconds?: number;
  readonly saveSeconds?: number;
  /** How long the service may take to answer, including the client's own retries (about 24 s). */
  readonly answerSeconds?: number;
}

const without = Symbol("without the cache");

/** The cache of this run. Undefined if there is none, or if it must not be used. */
export function actionsCache(options: CacheOptions): DirectoryCache | undefined {
  if (!cacheIsOffered(options.env) || !eventIsTrusted(options.env["GITHUB_EVENT_NAME"], options.event))
    return undefined;
  const load = options.load ?? (async () => (await import("./cache-client.ts")).cacheClient);
  const service = trustUntilItFails(options.log);
  return {
    restore: (key, directory) => restore({ key, directory, load, options, service }),
    save: (key, directory) => save({ key, directory, load, options, service }),
  };
}

/** Whether the runner has a cache service: act and other runners may not. */
export function cacheIsOffered(env: CacheOptions["env"]): boolean {
  return Boolean(env["ACTIONS_RESULTS_URL"] || env["ACTIONS_CACHE_URL"]);
}

/** Events whose code only people with write access decide. */
const trustedEvents: ReadonlySet<string> = new Set(["push", "schedule", "workflow_dispatch", "release", "merge_group"]);

/**
 * Whether no stranger's code runs in this run. With other events (`pull_request_target`, `workflow_run`, `issue_comment`, …) a run of
 * the default branch may handle a fork's code, and the next deploy would use what it saved:
 * https://docs.github.com/en/actions/reference/security/secure-use
 */
export function eventIsTrusted(name: string | undefined, event: unknown): boolean {
  if (name === "pull_request") {
    const head = field(event, "pull_request", "head", "repo", "full_name");
    return typeof head === "string" && head === field(event, "repository", "full_name");
  }
  return name !== undefined && trustedEvents.has(name);
}

/** The path for the client. It is part of an entry's version, so it must be the same on every runner: `~` for the home folder. */
export function portablePath(path: string, home: string | undefined): string {
  return home && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

interface Exchange {
  readonly key: string;
  readonly directory: string;
  readonly load: () => Promise<CacheClient>;
  readonly options: CacheOptions;
  readonly service: Service;
}

/** The state of the service. After one failure, nothing waits for it again in this run. */
interface Service {
  /** Resolves when the service has failed. */
  readonly failure: Promise<typeof without>;
  readonly failed: () => boolean;
  /** Marks the service as failed, and logs that the first time. */
  readonly fail: (why: string) => void;
}

function trustUntilItFails(log: CacheOptions["log"]): Service {
  const { promise: failure, resolve } = Promise.withResolvers<typeof without>();
  let failed: "yes" | "no" = "no";
  return {
    failure,
    failed: () => failed === "yes",
    fail(why) {
      if (failed === "yes") return;
      failed = "yes";
      log(`${why}: continuing without the cache.`);
      resolve(without);
    },
  };
}

async function restore({ key, directory, load, options, service }: Exchange): Promise<"hit" | "miss"> {
  const place = exchangePlace(key, options);
  return bounded<"hit" | "miss">(
    `Restoring ${key} from the cache`,
    { seconds: options.restoreSeconds ?? 20, options, service },
    "miss",
    async (printed) => {
      await rm(place, { recursive: true, force: true });
      // The client writes the archive beside it, and a run of today has a cache folder of its own.
      await mkdir(dirname(place), { recursive: true });
      const matched = await quietly(options.printer, printed, async () =>
        (await load()).restoreCache([portablePath(place, options.env["HOME"])], key, place),
      );
      // The client has printed a result, or threw: the service has answered.
      printed("Cache hit or not");
      // The service also matches by prefix.
      if (matched !== key) return async () => "miss";
      return async () => {
        await mkdir(dirname(directory), { recursive: true });
        await rm(directory, { recursive: true, force: true });
        await rename(place, directory);
        return "hit";
      };
    },
  );
}

async function save({ key, directory, load, options, service }: Exchange): Promise<void> {
  const place = exchangePlace(key, options);
  const bounds = { seconds: options.saveSeconds ?? 60, options, service };
  await bounded(`Saving ${key} in the cache`, bounds, undefined, async (printed) => {
    await rm(place, { recursive: true, force: true });
    await cp(directory, place, { recursive: true });
    await quietly(options.printer, printed, async () =>
      (await load()).saveCache([portablePath(place, options.env["HOME"])], key),
    );
    return () => rm(place, { recursive: true, force: true });
  });
}

/** A folder beside the real ones: an abandoned transfer that ends late writes there, and harms nothing. */
function exchangePlace(key: string, { cacheDir }: CacheOptions): string {
  return join(cacheDir, "exchange", key);
}

interface Bounds extends Pick<Exchange, "options" | "service"> {
  readonly seconds: number;
}

/** Runs `body`, and then the function that it returns. The second part runs only in time, so nothing is moved into place too late. */
async function bounded<T>(
  what: string,
  { seconds, options, service }: Bounds,
  otherwise: T,
  body: (printed: (text: string) => void) => Promise<() => Promise<T>>,
): Promise<T> {
  if (service.failed()) return otherwise;
  const answers = answerWatch(options.answerSeconds ?? 5, service);
  const timer = setTimeout(() => service.fail(`${what} took longer than ${seconds} s`), seconds * 1000);
  const printed = (text: string) => {
    options.debug?.(text.trimEnd());
    answers.hear(text);
  };
  try {
    const finish = await Promise.race([body(printed), service.failure]);
    if (finish !== without) return await finish();
  } catch (error) {
    service.fail(`${what} did not succeed (${error instanceof Error ? error.message : String(error)})`);
  } finally {
    clearTimeout(timer);
    answers[Symbol.dispose]();
  }
  return otherwise;
}

/**
 * Reads from the client's output whether its requests are answered, because the client hides every failure and tries five times first.
 * An answer that cannot be read, such as a proxy's page, does not count.
 */
function answerWatch(seconds: number, service: Service): Disposable & { readonly hear: (text: string) => void } {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  let trouble = "no answer";
  return {
    hear(text) {
      const [, attempt] = /Attempt \d+ of \d+ failed with error: (.*?)\. Retrying/s.exec(text) ?? [];
      const [, failure] = /Failed to restore: (.*)/s.exec(text) ?? [];
      if (attempt) trouble = attempt;
      if (failure) service.fail(`The cache failed (${failure.trim()})`);
      if (/Cache (not found|hit)|Reserving Cache|Attempting to upload|UploadResponse/.test(text)) stop();
      else if (text.includes("[Request] ")) {
        timer ??= setTimeout(
          () => service.fail(`The cache did not answer within ${seconds} s (${trouble})`),
          seconds * 1000,
        );
      }
    },
    [Symbol.dispose]: stop,
  };
}

function field(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, name) => (typeof found === "object" && found !== null ? Reflect.get(found, name) : undefined),
    value,
  );
}
