// A release's folder on the node, built from the list of what differs from another one; and the list that the node then keeps of it.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { listedRelease } from "../../src/node/listed-release.ts";
import { packageRoot, readPackageFile } from "../../src/package-files.ts";
import { hashText, type ReleaseFile } from "../../src/release/described-file.ts";
import { treeDigest } from "../../src/release/file-set.ts";
import { layout } from "../../src/release/layout.ts";
import {
  differences,
  listedFiles,
  type Manifest,
  manifestDigest,
  manifestOf,
  sharedKey,
} from "../../src/release/manifest.ts";
import { partDigests, parts } from "../../src/release/manifest-digests.ts";
import { assemble as assembleStep } from "../../src/steps/release-files.ts";
import { file, symlink } from "../rollout/release.ts";
import { scratch } from "./stage-run.ts";
import { env, fine, tool } from "./tool.ts";

const owner = execFileSync("id", ["-un"], { encoding: "utf8" }).trim();

/** Files whose content is their text, with their texts by key. */
type Texts = ReadonlyMap<string, string>;
function textsOf(...texts: readonly string[]): Texts {
  return new Map(texts.flatMap((text) => [[hashText(text), text] as const, [`x${hashText(text)}`, text] as const]));
}

/** A node with a deployment root and records. */
function node() {
  const root = scratch();
  const place = (name: string) => ({
    ...layout(root, "shop", name),
    state: join(root, "state"),
    release: join(root, "env", `shop-${name}`),
    staging: join(root, "staging", name),
  });
  mkdirSync(join(root, "state/releases"), { recursive: true });
  mkdirSync(join(root, "env"));

  async function build(
    name: string,
    files: readonly ReleaseFile[],
    texts: Texts,
    { base, change = {} }: { base?: { of: string; listed: Manifest }; change?: object } = {},
  ) {
    const at = place(name);
    const work = scratch();
    const from = base && { place: place(base.of), listed: base.listed };
    const { files: sent = [] } = assembleStep({
      place: at,
      files,
      base: from,
      payload: new Map(),
      payloadBytes: 0,
      pythonMinor: "3.13",
      mode: "run",
    });
    const spec = { ...JSON.parse(String(sent[0]?.content)), owner, ...change };
    writeFileSync(join(work, "spec.json"), JSON.stringify(spec));
    mkdirSync(join(work, "payload"));
    for (const [key, text] of texts) writeFileSync(join(work, "payload", key), text);
    mkdirSync(at.staging, { recursive: true });
    const outcome = await tool(["assemble", join(work, "spec.json"), join(work, "payload")]);
    if (outcome.code === 0) {
      renameSync(at.staging, at.release);
      record(name, { content: { tree: treeDigest(files) } });
    }
    return { outcome, spec };
  }

  const record = (name: string, content: object) =>
    writeFileSync(join(root, "state/releases", `${name}.json`), JSON.stringify(content));
  /** As the facts get it. */
  const answer = (name: string, own?: Manifest) => {
    const program = readPackageFile("templates/node/woven_node/manifest.py");
    const words = ["-IS", "-c", program, place(name).release, join(root, "state/releases", `${name}.json`)];
    const digests = own ? [partDigests(own)] : [];
    return execFileSync("python3", [...words, ...digests], { encoding: "utf8" }).trim();
  };
  const listed = (name: string, own?: Manifest) => listedRelease(name, answer(name, own), own);
  const at = (name: string, path: string) => join(place(name).release, path);
  return { build, listed, answer, at, record, place };
}

const first = [
  file("project/manage.py", "manage", "executable"),
  file("project/shop/deep/a.py", "a"),
  file("project/copy of a.py", "a"),
  file("dist/it's a ünï 𝒳", "wheel"),
  symlink("project/current", "shop/deep"),
  symlink("project/broken", "../nowhere"),
];
const texts = textsOf("manage", "a", "wheel");

/** A node with one release. */
async function withRelease(files: readonly ReleaseFile[] = first) {
  const on = node();
  expect((await on.build("1", files, texts)).outcome).toEqual(fine);
  const listed = on.listed("1");
  if (!listed) throw new Error("the release has no list");
  return { ...on, base: { of: "1", listed } };
}

function mode(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8);
}

describe("from nothing", () => {
  test("received files are copied, executables are executable, links are kept", async () => {
    const { at } = await withRelease();
    const text = (path: string) => [readFileSync(at("1", path), "utf8"), mode(at("1", path))];
    expect(text("project/manage.py")).toEqual(["manage", "755"]);
    expect(text("project/current/a.py")).toEqual(["a", "644"]);
    expect(text("project/copy of a.py")).toEqual(["a", "644"]);
    expect(text("dist/it's a ünï 𝒳")).toEqual(["wheel", "644"]);
    expect(readlinkSync(at("1", "project/broken"))).toBe("../nowhere");
    expect([mode(at("1", "project/shop")), mode(at("1", ".manifest.json"))]).toEqual(["755", "600"]);
  });

  test("the list says what was put there", async () => {
    const { base } = await withRelease();
    expect(base.listed.drifted).toEqual(new Set());
    expect(manifestDigest(base.listed)).toBe(treeDigest(first));
    expect(base.listed.symlinks).toEqual(manifestOf(first).symlinks);
  });

  test.each<[string, readonly ReleaseFile[], Texts, string]>([
    [
      "a file with other content than its name says",
      [file("project/a.py", "a")],
      new Map([[hashText("a"), "b"]]),
      "project/a.py",
    ],
    ["a file that was not received", [file("project/a.py", "a")], new Map(), "project/a.py"],
  ])("%s is an error that names it", async (_, files, received, name) => {
    const { outcome } = await node().build("1", files, received);
    expect([outcome.code, outcome.stderr.includes(name)]).toEqual([1, true]);
  });

  test("a list of other files than the runner's is an error", async () => {
    const { outcome } = await node().build("1", first, texts, { change: { tree: treeDigest(first.slice(1)) } });
    expect(outcome.code).toBe(1);
  });
});

describe("a runner that says what it has", () => {
  const many = Array.from({ length: 600 }, (_, index) => file(`project/shop/page${index}é.html`, `${index}`));
  const release = [...many, ...first.filter(({ path }) => path !== "project/copy of a.py")];
  const onRunner = [
    ...release.filter(({ path }) => !path.startsWith("dist/")).slice(2),
    file("project/shop/page0é.html", "edited"),
    file("project/new.py"),
    symlink("project/links", "new.py"),
  ];

  test("gets the list of what differs, and knows the whole list", async () => {
    const on = node();
    const all = new Map([...texts, ...textsOf(...many.map((_, index) => `${index}`))]);
    expect((await on.build("1", release, all)).outcome).toEqual(fine);
    writeFileSync(on.at("1", "project/shop/page9é.html"), "by hand");
    const whole = on.listed("1");
    const own = manifestOf(onRunner);
    const mapped = (list = whole) => [new Map([...(list?.files ?? [])].toSorted()), list?.symlinks, list?.drifted];
    expect(mapped(on.listed("1", own))).toEqual(mapped());
    expect(manifestDigest(on.listed("1", own) ?? own)).toBe(treeDigest(release));
    expect(whole?.drifted).toEqual(new Set(["project/shop/page9é.html"]));
    // Four files differ, and the packages are not compared.
    const listed = JSON.parse(inflateSync(Buffer.from(on.answer("1", own), "base64")).toString("utf8"));
    expect(listed.same.length).toBeGreaterThan(parts - 7);
    expect(Object.keys(listed.files).length).toBeLessThan(100);
    expect(Object.keys(listed.files)).toContain("dist/it's a ünï 𝒳");
  });
});

describe("from another release", () => {
  const second = [
    ...first.slice(0, 1),
    file("project/shop/deep/a.py", "new"),
    file("project/moved/copy of a.py", "a"),
    ...first.slice(3, 4),
    symlink("project/current", "moved"),
  ];

  test("only what differs is sent, and the rest is the same file", async () => {
    const { build, at, base, listed } = await withRelease();
    const { outcome, spec } = await build("2", second, textsOf("new"), { base });
    expect(outcome).toEqual(fine);
    expect(Object.keys(spec.files)).toEqual(["project/shop/deep/a.py", "project/moved/copy of a.py"]);
    expect(spec.removed).toEqual(["project/copy of a.py", "project/broken"]);
    const inode = (name: string, path: string) => statSync(at(name, path)).ino;
    expect(inode("2", "project/manage.py")).toBe(inode("1", "project/manage.py"));
    const copies = ["project/shop/deep/a.py", "project/copy of a.py"].map((path) => inode("1", path));
    expect(copies).toContain(inode("2", "project/moved/copy of a.py"));
    expect(readFileSync(at("2", "project/shop/deep/a.py"), "utf8")).toBe("new");
    expect(readdirSync(at("2", "project")).toSorted()).toEqual(["current", "manage.py", "moved", "shop"]);
    expect(manifestDigest(listed("2") ?? base.listed)).toBe(treeDigest(second));
  });

  test("code that has not changed shares what was compiled from it, of the same Python", async () => {
    const { build, at, base } = await withRelease();
    const folder = at("1", "project/shop/deep/__pycache__");
    mkdirSync(folder);
    for (const name of ["a.cpython-313.pyc", "a.cpython-312.pyc", "gone.cpython-313.pyc"])
      writeFileSync(join(folder, name), name);
    const compiled = at("2", "project/shop/deep/__pycache__");
    expect((await build("2", first, new Map(), { base })).outcome).toEqual(fine);
    expect(readdirSync(compiled)).toEqual(["a.cpython-313.pyc"]);
    expect((await build("3", second, textsOf("new"), { base })).outcome).toEqual(fine);
    expect(readdirSync(at("3", "project/shop/deep"))).toEqual(["a.py"]);
  });

  test("the node computes the digest of any list as the runner does", () => {
    const path = fc.constantFrom("project/a", "project/b/c", "project/é𝒳", "project/\uff5e", "project/caf\udce8");
    const kind = fc.constantFrom("file" as const, "executable" as const, "symlink" as const);
    const one = fc
      .tuple(path, fc.string({ unit: "grapheme" }), kind)
      .map(([name, text, as]) => (as === "symlink" ? symlink(name, text) : file(name, text, as)));
    const lists = fc.sample(fc.uniqueArray(one, { selector: (each) => each.path }), 200);
    const program = `import json, sys
from woven_node.manifest import tree
print(json.dumps([tree({path: [key] for path, key in one["files"].items()}, one["symlinks"]) for one in json.load(sys.stdin)]))`;
    const asJson = ({ files, symlinks }: Manifest) => ({
      files: Object.fromEntries(files),
      symlinks: Object.fromEntries(symlinks),
    });
    const said = execFileSync("python3", ["-B", "-c", program], {
      input: JSON.stringify(lists.map((list) => asJson(manifestOf(list)))),
      env: { ...env, PYTHONPATH: join(packageRoot, "templates/node") },
      encoding: "utf8",
    });
    expect(JSON.parse(said)).toEqual(lists.map(treeDigest));
  });

  test("a base that another run has replaced is an error, never another release", async () => {
    const { build, base, place } = await withRelease();
    rmSync(place("1").release, { recursive: true });
    expect((await build("1", [file("project/other.py", "a")], texts)).outcome).toEqual(fine);
    const { outcome } = await build("2", second, textsOf("new", "a"), { base });
    expect([outcome.code, outcome.stderr]).toEqual([1, expect.stringContaining(place("1").release)]);
  });

  test("a release that an earlier Woven recorded with its files is a base, too", async () => {
    const on = await withRelease();
    const { files, symlinks } = manifestOf(first);
    rmSync(on.at("1", ".manifest.json"));
    on.record("1", {
      schema: 3,
      files: Object.fromEntries(files),
      symlinks: Object.fromEntries(symlinks),
      content: { tree: "as it was computed then" },
    });
    const listed = on.listed("1");
    expect(listed).toEqual({ ...on.base.listed, drifted: new Set() });
    if (!listed) return;
    expect((await on.build("2", second, textsOf("new"), { base: { of: "1", listed } })).outcome).toEqual(fine);
    writeFileSync(on.at("1", "project/shop/deep/a.py"), "edited");
    expect(on.listed("1")?.drifted).toEqual(new Set(["project/shop/deep/a.py"]));
  });

  test("a list that is damaged, or of another release, does not count", async () => {
    const { at, listed, build, base } = await withRelease();
    const whole = readFileSync(at("1", ".manifest.json"), "utf8");
    for (const text of [whole.slice(0, 50), "", "[]", whole.replace(hashText("a"), hashText("b"))]) {
      writeFileSync(at("1", ".manifest.json"), text);
      expect(listed("1")).toBeUndefined();
      expect((await build("2", second, textsOf("new"), { base })).outcome.code).toBe(1);
    }
  });
});

describe("a file that somebody has changed", () => {
  const path = "project/shop/deep/a.py";
  test.each<[string, (full: string) => void, "drifted" | "intact"]>([
    ["edited in place", (full) => writeFileSync(full, "b"), "drifted"],
    ["made longer", (full) => writeFileSync(full, "longer"), "drifted"],
    [
      "replaced by another file",
      (full) => {
        writeFileSync(`${full}.new`, "b");
        renameSync(`${full}.new`, full);
      },
      "drifted",
    ],
    ["removed", (full) => rmSync(full), "drifted"],
    ["made executable", (full) => chmodSync(full, 0o755), "drifted"],
    [
      "replaced by a link",
      (full) => {
        rmSync(full);
        symlinkSync("/etc/hostname", full);
      },
      "drifted",
    ],
    ["only touched", (full) => utimesSync(full, 1, 1), "intact"],
    ["written again as it was", (full) => writeFileSync(full, "a"), "intact"],
  ])("is known: %s", async (_, change, expected) => {
    const { at, listed, build, base } = await withRelease();
    change(at("1", path));
    expect([...(listed("1")?.drifted ?? [])]).toEqual(expected === "drifted" ? [path] : []);
    // It is never shared, also if it was changed after the runner has asked.
    const alone = [file("project/other.py", "a"), ...first.filter((one) => one.path !== "project/copy of a.py")];
    rmSync(at("1", "project/copy of a.py"));
    const { outcome } = await build("2", alone, new Map(), { base });
    expect(outcome.code).toBe(expected === "drifted" ? 1 : 0);
  });
});

test("the differences between two lists, put on the first, make the second", () => {
  const key = fc.constantFrom("1", "2", "x1");
  const list = fc.record({
    files: fc.dictionary(fc.constantFrom("a", "b", "c", "__proto__"), key).map((all) => new Map(Object.entries(all))),
    symlinks: fc.dictionary(fc.constantFrom("l", "m"), key).map((all) => new Map(Object.entries(all))),
  });
  fc.assert(
    fc.property(list, list, (before, now) => {
      const { removed, files, symlinks } = differences(before, now);
      const patched = (kind: keyof Manifest, changes: ReadonlyMap<string, string>) =>
        new Map([...before[kind], ...changes].filter(([path]) => !removed.includes(path)));
      expect(manifestDigest({ files: patched("files", files), symlinks: patched("symlinks", symlinks) })).toBe(
        manifestDigest(now),
      );
      expect([...differences(now, now).files]).toEqual([]);
      expect(listedFiles(now).map(({ kind, sha256 }) => sharedKey(kind, sha256))).toHaveLength(
        now.files.size + now.symlinks.size,
      );
    }),
  );
});
