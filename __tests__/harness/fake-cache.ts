// A small stand-in for GitHub's cache service (protocol v2: Twirp for entries, Azure block blobs for archives), with the
// ways it is known to fail. No document describes the protocol: read from @actions/cache 6.3.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/** `none`; every answer is a 500; is a proxy's page; no answer ever comes; entries are found but none is taken. */
export type CacheFault = "none" | "error" | "page" | "hang" | "read-only";

export interface CacheEntry {
  readonly key: string;
  /** A hash of the paths and the compression: entries match only within one version. */
  readonly version: string;
  readonly bytes: number;
}

interface StoredEntry {
  readonly key: string;
  readonly version: string;
  readonly id: number;
  content?: Buffer;
  finalized: boolean;
}

interface TwirpRequest {
  readonly key: string;
  readonly version: string;
  readonly restore_keys?: readonly string[];
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly content: Buffer;
}

const service = "/twirp/github.actions.results.api.v1.CacheService/";

/** Listens on loopback until disposed of: `await using cache = await FakeCache.start()`. */
export class FakeCache implements AsyncDisposable {
  fault: CacheFault = "none";
  /** `any`: for act, whose every run has other folders, where a runner's stay the same. */
  versions: "exact" | "any" = "exact";
  /** `POST CreateCacheEntry`, `PUT blob`, `GET blob` … in order. */
  readonly requests: string[] = [];
  /** How long an archive takes to be sent or fetched. */
  blobSeconds = 0;
  readonly #server: Server;
  readonly #stored: StoredEntry[] = [];
  readonly #blocks = new Map<string, Buffer>();
  #created = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FakeCache> {
    const server = createServer();
    const cache = new FakeCache(server);
    server.on("request", (request, response) => {
      cache.#answer(request, response).catch((error: Error) => response.destroy(error));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return cache;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** What a runner gives an action so that it finds the service. */
  get env(): Readonly<Record<string, string>> {
    return {
      ACTIONS_CACHE_SERVICE_V2: "True",
      ACTIONS_RESULTS_URL: this.url,
      ACTIONS_RUNTIME_TOKEN: "fake-runtime-token",
    };
  }

  /** What has been saved and can be restored. */
  get entries(): readonly CacheEntry[] {
    const saved = this.#stored.filter((entry) => entry.finalized);
    return saved.map(({ key, version, content }) => ({ key, version, bytes: content?.length ?? 0 }));
  }

  /** Forgets one entry, or all of them, as an eviction does. */
  evict(key?: string): void {
    const kept = this.#stored.filter((entry) => key !== undefined && entry.key !== key);
    this.#stored.splice(0, Infinity, ...kept);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    const method = url.pathname.startsWith(service) ? url.pathname.slice(service.length) : "blob";
    this.requests.push(`${request.method} ${method}`);
    const body = await buffer(request);
    if (this.fault === "hang") return;
    if (method === "blob") await sleep(this.blobSeconds * 1000);
    const reply = this.#reply(request.method ?? "GET", method, url, body);
    response.writeHead(reply.status, { "content-length": reply.content.length, "content-type": reply.type });
    response.end(request.method === "HEAD" ? undefined : reply.content);
  }

  #reply(verb: string, method: string, url: URL, body: Buffer): Reply {
    if (this.fault === "error") return json(500, { msg: "the fake cache was told to fail" });
    if (this.fault === "page")
      return { status: 200, type: "text/html", content: Buffer.from("<!doctype html><title>Sign in</title>") };
    if (method === "blob") return this.#blob(verb, url, body);
    return this.#twirp(method, JSON.parse(body.toString()));
  }

  #twirp(method: string, asked: TwirpRequest): Reply {
    switch (method) {
      case "CreateCacheEntry":
        return this.#create(asked);
      case "FinalizeCacheEntryUpload": {
        const entry = this.#stored.find(({ key, version }) => key === asked.key && version === asked.version);
        if (entry?.content === undefined) return json(404, { msg: "nothing was uploaded" });
        entry.finalized = true;
        return json(200, { ok: true, entry_id: String(entry.id) });
      }
      case "GetCacheEntryDownloadURL": {
        const entry = this.#match(asked);
        if (entry === undefined) return json(200, { ok: false });
        return json(200, { ok: true, signed_download_url: this.#blobUrl(entry.id), matched_key: entry.key });
      }
      default:
        return json(404, { msg: `no method ${method}` });
    }
  }

  #create({ key, version }: TwirpRequest): Reply {
    if (this.fault === "read-only") {
      return json(200, { ok: false, message: "cache write denied: the token of this run can only read" });
    }
    const taken = this.#stored.some((entry) => entry.key === key && entry.version === version);
    if (taken) return json(409, { code: "already_exists", msg: "cache entry already exists" });
    this.#created += 1;
    this.#stored.push({ key, version, id: this.#created, finalized: false });
    return json(200, { ok: true, signed_upload_url: this.#blobUrl(this.#created) });
  }

  /** The exact key, else the newest entry that begins with the first of the prefixes that any entry begins with. */
  #match({ key, version, restore_keys = [] }: TwirpRequest): StoredEntry | undefined {
    const usable = this.#stored
      .filter((entry) => entry.finalized && (this.versions === "any" || entry.version === version))
      .reverse();
    const begins = (prefix: string) => usable.find((entry) => entry.key.startsWith(prefix)) ?? [];
    return usable.find((entry) => entry.key === key) ?? [key, ...restore_keys].flatMap(begins)[0];
  }

  #blobUrl(id: number): string {
    // account/container/blob, as Azurite has it; the SDK wants a signature in the query.
    return `${this.url}account/container/${id}?sig=fake`;
  }

  #blob(verb: string, url: URL, body: Buffer): Reply {
    const entry = this.#stored.find(({ id }) => url.pathname === `/account/container/${id}`);
    if (entry === undefined) return bytes(404);
    if (verb !== "PUT") return entry.content === undefined ? bytes(404) : bytes(200, entry.content);
    const blockName = `${entry.id} ${url.searchParams.get("blockid")}`;
    switch (url.searchParams.get("comp")) {
      case "block":
        this.#blocks.set(blockName, body);
        break;
      case "blocklist": {
        const ids = [...body.toString().matchAll(/<Latest>([^<]+)<\/Latest>/g)].map((match) => match[1]);
        entry.content = Buffer.concat(ids.flatMap((id) => this.#blocks.get(`${entry.id} ${id}`) ?? []));
        break;
      }
      default:
        entry.content = body;
    }
    return bytes(201);
  }
}

function json(status: number, body: unknown): Reply {
  return { status, type: "application/json", content: Buffer.from(JSON.stringify(body)) };
}

function bytes(status: number, content: Buffer = Buffer.alloc(0)): Reply {
  return { status, type: "application/octet-stream", content };
}
