// A cache that others can write to: what lies there is not believed for what it says of itself.
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { BundleCache } from "../../src/bundle/build-context.ts";
import type { Bundle } from "../../src/bundle/bundle.ts";
import { sealBundle } from "../../src/bundle/bundle-folder.ts";
import { type BundleTrust, signingKey, trustNothing } from "../../src/bundle/bundle-trust.ts";
import { build, type Workbench, workbench } from "./workbench.ts";

let bench: Workbench;
let store: string;

beforeAll(async () => {
  bench = await workbench();
  store = join(bench.root, "store");
  await mkdir(store);
});

afterAll(() => bench[Symbol.asyncDispose]());

/** A package that is built without any download. */
const files = {
  "requirements.txt": "./own\n",
  "own/pyproject.toml":
    '[project]\nname = "own"\nversion = "1.0"\n[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
  "own/backend.py": `import os, zipfile
def get_requires_for_build_wheel(config_settings=None):
    return []
def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = "own-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as wheel:
        wheel.writestr("own-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: own\\nVersion: 1.0\\n")
        wheel.writestr("own-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("own-1.0.dist-info/RECORD", "")
    return name
`,
};

const cache: BundleCache = {
  restore: (key, directory) =>
    cp(join(store, key), directory, { recursive: true }).then(
      () => "hit",
      () => "miss",
    ),
  save: (key, directory) => cp(directory, join(store, key), { recursive: true }),
};

/** As a run on a fresh runner. */
async function run(trust: BundleTrust): Promise<Bundle> {
  await rm(join(bench.context.cacheDir, "bundles"), { recursive: true, force: true });
  return await build(bench, { files, trust, context: { ...bench.context, cache } });
}

const key = (text: string): BundleTrust => ({ key: signingKey(text), digests: [] });

/** Another wheel in every entry, described as if it had been built there. */
async function poison(): Promise<void> {
  for (const entry of await readdir(store)) {
    const directory = join(store, entry);
    const signature = await readFile(join(directory, "bundle.signature")).catch(() => undefined);
    await writeFile(join(directory, "wheels/own-1.0-py3-none-any.whl"), "evil");
    const about = JSON.parse(await readFile(join(directory, "bundle.json"), "utf8"));
    await sealBundle(directory, about, key("the attacker's"));
    if (signature) await writeFile(join(directory, "bundle.signature"), signature);
  }
}

const timeout = 120_000;

test("a bundle is used again by runs with the same ssh-key, and by no others", { timeout }, async () => {
  const first = await run(key("ours"));
  expect(first.cacheHit).toBe(false);
  expect((await run(key("ours"))).cacheHit).toBe(true);
  expect((await run(key("theirs"))).cacheHit).toBe(false);
  expect((await run(trustNothing)).cacheHit).toBe(false);
});

test("one that was changed is built again, whatever it says of itself", { timeout }, async () => {
  const first = await run(key("ours"));
  await poison();
  const second = await run(key("ours"));
  expect(second.cacheHit).toBe(false);
  expect(second.wheels[0]?.bytes).toBe(first.wheels[0]?.bytes);
  expect(bench.logged.join("\n")).toContain("bundle-digests");
});

test("a job without secrets hands its bundle on by digest", { timeout }, async () => {
  await rm(store, { recursive: true });
  await mkdir(store);
  const made = await run(trustNothing);
  const trust = { ...key("ours"), digests: [made.digest] };
  expect(await run(trust)).toMatchObject({ cacheHit: true, digest: made.digest, key: made.key });
  await poison();
  expect((await run(trust)).cacheHit).toBe(false);
});

test("a job that must not build takes a bundle by its digest, and nothing else", async () => {
  const built = await run(trustNothing);
  const byDigest = { files, trust: { digests: [built.digest] }, context: bench.context, reuse: "only" } as const;
  expect(await build(bench, byDigest)).toMatchObject({ cacheHit: true, digest: built.digest });
  for (const digests of [[], ["0".repeat(64)]])
    await expect(build(bench, { ...byDigest, trust: { digests } })).rejects.toMatchObject({
      details: { code: "bundle-missing" },
    });
  // Nothing is left of one that is not trusted.
  await expect(build(bench, byDigest)).rejects.toMatchObject({ details: { code: "bundle-missing" } });
});
