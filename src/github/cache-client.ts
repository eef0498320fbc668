// GitHub's cache client with our own unpacking. @actions/cache runs `tar -P`, which lets an archive write to any path of the job. So only
// its parts up to the download are used. They are not exported, so its version is pinned.
import { rm } from "node:fs/promises";
import { saveCache } from "@actions/cache";
import { downloadCache, getCacheEntry } from "../../node_modules/@actions/cache/lib/internal/cacheHttpClient.js";
import { getCacheVersion, getCompressionMethod } from "../../node_modules/@actions/cache/lib/internal/cacheUtils.js";
import { getCacheServiceVersion } from "../../node_modules/@actions/cache/lib/internal/config.js";
import { internalCacheTwirpClient } from "../../node_modules/@actions/cache/lib/internal/shared/cacheTwirpClient.js";
import type { CacheClient } from "./cache.ts";
import { unpackInto } from "./unpack.ts";

export const cacheClient: CacheClient = {
  saveCache,
  async restoreCache(paths, key, place) {
    const found = getCacheServiceVersion() === "v2" ? await findEntry(paths, key) : await findOldEntry(paths, key);
    // The service also matches by prefix.
    if (found?.key !== key) return undefined;
    const archive = `${place}.archive`;
    try {
      await downloadCache(found.url, archive, { useAzureSdk: true });
      await unpackInto(place, archive);
    } finally {
      await rm(archive, { force: true });
    }
    return key;
  },
};

interface Entry {
  readonly key: string;
  readonly url: string;
}

async function findEntry(paths: string[], key: string): Promise<Entry | undefined> {
  const version = getCacheVersion(paths, await getCompressionMethod());
  const answer = await internalCacheTwirpClient().GetCacheEntryDownloadURL({ key, restoreKeys: [], version });
  return answer.ok ? { key: answer.matchedKey, url: answer.signedDownloadUrl } : undefined;
}

/** The service of GitHub Enterprise Server, and of act. */
async function findOldEntry(paths: string[], key: string): Promise<Entry | undefined> {
  const entry = await getCacheEntry([key], paths, { compressionMethod: await getCompressionMethod() });
  return entry?.archiveLocation && entry.cacheKey ? { key: entry.cacheKey, url: entry.archiveLocation } : undefined;
}
