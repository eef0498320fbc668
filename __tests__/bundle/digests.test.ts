// Hashes in every algorithm that pip knows, against a real index that states others.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bestDigest, digestsIn, judge, withDigests } from "../../src/bundle/digests.ts";
import { lockLines } from "../../src/bundle/lock-lines.ts";
import { localIndex } from "./local-index.ts";
import { build, failure, type Workbench, workbench } from "./workbench.ts";

const timeout = 120_000;
const file = "shop-1.0-py3-none-any.whl";
const packages = [{ name: "shop", version: "1.0" }];

test("the hashes of a line, without those that pip does not know", () => {
  const [long, longer] = ["a".repeat(64), "B".repeat(96)];
  expect(
    digestsIn(`x==1 --hash=sha256:${long} --hash=sha384:${longer} --hash=blake2b:${long} --hash=sha256:ab`),
  ).toEqual([`sha256:${long}`, `sha384:${longer.toLowerCase()}`]);
});

test("digests with no algorithm in common tell nothing", () => {
  expect(judge(["sha256:a", "md5:b"], new Set(["md5:b"]))).toBe("allowed");
  expect(judge(["sha256:a"], new Set(["sha256:b", "md5:b"]))).toBe("refused");
  expect(judge(["sha256:a"], new Set(["sha384:b"]))).toBe("unknown");
  expect(judge([], new Set(["sha384:b"]))).toBe("unknown");
});

test("sha256 is preferred, and md5 goes into the address", () => {
  expect(bestDigest(["md5:a", "sha512:b", "sha256:c"])).toEqual(["sha256:c"]);
  expect(withDigests("x", "https://h/x.whl", ["sha384:a", "sha256:b"])).toBe(
    "x @ https://h/x.whl --hash=sha384:a --hash=sha256:b",
  );
  expect(withDigests("x", "https://h/x.zip#subdirectory=y", ["md5:a"])).toBe(
    "x @ https://h/x.zip#subdirectory=y&md5=a",
  );
});

test.each(["sha384", "sha512", "md5"])("locks of every tool keep a %s hash", (algorithm) => {
  const digits = "c".repeat({ sha384: 96, sha512: 128, md5: 32 }[algorithm] ?? 0);
  const hash = `${algorithm}:${digits}`;
  const entry = `[[package]]\nname = "shop"\nversion = "1.0"\nfiles = [{file = "x", hash = "${hash}"}]\n`;
  const line = `shop==1.0 --hash=${hash}`;
  expect(lockLines("poetry", `${entry}groups = ["main"]\n[metadata]\n`, "poetry.lock")).toEqual([line]);
  expect(lockLines("pdm", `${entry}groups = ["default"]\n`, "pdm.lock")).toEqual([line]);
  expect(
    lockLines("pipfile", JSON.stringify({ default: { shop: { version: "==1.0", hashes: [hash] } } }), "Pipfile.lock"),
  ).toEqual([line]);
  const pylock = `lock-version = "1.0"\n[[packages]]\nname = "shop"\nversion = "1.0"\nwheels = [{ url = "https://h/x.whl", hashes = { ${algorithm} = "${digits}" } }]\n`;
  expect(lockLines("pylock", pylock, "pylock.toml")).toEqual([line]);
});

describe("an index", () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await workbench();
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  test("that states only sha512, only md5, or nothing", { timeout }, async () => {
    const hashes = ["sha512", "md5", ""];
    const names = ["shop", "desk", "lamp"];
    const made = hashes.map((hash, at) => localIndex({ packages: [{ name: names[at] ?? "", version: "1.0" }], hash }));
    const indexes = await Promise.all(made);
    try {
      const options = indexes.map(({ url }) => `--extra-index-url ${url}`);
      const bundle = await build(bench, { files: { "requirements.txt": [...options, ...names, ""].join("\n") } });
      expect(bundle.wheels.map((wheel) => wheel.file)).toEqual(
        names.toSorted().map((name) => `${name}-1.0-py3-none-any.whl`),
      );
    } finally {
      for (const index of indexes) await index[Symbol.asyncDispose]();
    }
  });

  test.each(["sha384", "sha512"])("whose file the requirements know by %s", { timeout }, async (algorithm) => {
    await using index = await localIndex({ packages, hash: "sha256" });
    const text = (digits: string) => `--index-url ${index.url}\nshop==1.0 --hash=${algorithm}:${digits}\n`;
    const right = index.digest(algorithm, file);
    const kept = { files: { "requirements.txt": text(right) } };
    expect((await build(bench, kept)).wheels).toMatchObject([{ file }]);
    expect((await build(bench, kept)).cacheHit).toBe(true);
    const wrong = text(right.replace(/./g, (digit) => (digit === "0" ? "1" : "0")));
    expect(await failure(bench, { files: { "requirements.txt": wrong } })).toMatchObject({
      code: "hash-mismatch",
      message: expect.stringContaining("requirements.txt"),
      details: { file: "requirements.txt", line: 2 },
    });
  });
});
