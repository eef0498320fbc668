import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Shell, sh } from "../../src/node/sh.ts";
import { layout } from "../../src/release/layout.ts";
import { placeRelease, switchTraffic } from "../../src/steps/switch.ts";
import { releaseRecord, webService } from "../node/records.ts";
import { run, scratch, stage, step } from "../node/stage-run.ts";

const [first, second] = ["010101", "020202"] as const;

/** A deployment root with a release that has just been built. */
function built(text = "new") {
  const root = scratch();
  const place = layout(root, "shop", "1.0");
  mkdirSync(join(root, "env"));
  build(place.staging, text);
  return place;
}

function build(staging: string, text: string): void {
  mkdirSync(staging, { recursive: true });
  writeFileSync(join(staging, "manage"), text);
}

const text = (folder: string) => (existsSync(folder) ? readFileSync(join(folder, "manage"), "utf8") : undefined);

describe("a release that was built", () => {
  test("is found under its version", async () => {
    const place = built();
    await run(stage([placeRelease({ place, record: releaseRecord({ build: first }) })]));
    expect([text(place.release), existsSync(place.staging)]).toEqual(["new", false]);
  });

  test("built anew takes over the name, and leaves the folder of what still runs", async () => {
    const place = built("old");
    await run(stage([placeRelease({ place, record: releaseRecord({ build: first }) })]));
    const old = readlinkSync(place.release);
    build(place.staging, "new");
    await run(stage([placeRelease({ place, record: releaseRecord({ build: second }) })]));
    expect([text(place.release), text(old)]).toEqual(["new", "old"]);
  });

  test("is gone again when a later step fails; what was there before is there", async () => {
    const place = built("old");
    await run(stage([placeRelease({ place, record: releaseRecord({ build: first }) })]));
    const before = readdirSync(join(place.root, "env"));
    build(place.staging, "new");
    const { status } = await run(
      stage([placeRelease({ place, record: releaseRecord({ build: second }) }), step("bad", sh`false`)]),
    );
    expect([status, text(place.release), readdirSync(join(place.root, "env"))]).toEqual(["failed", "old", before]);
  });

  test("does not take a name that another distribution has, and leaves that one alone", async () => {
    const place = built();
    // The active link of a distribution that is called `shop-1.0`.
    const other = join(place.root, "env/shop-1.0-7");
    mkdirSync(other);
    symlinkSync(other, place.release);
    const { status, outcomes } = await run(stage([placeRelease({ place, record: releaseRecord({ build: first }) })]));
    expect([status, outcomes[0]?.output]).toEqual(["failed", expect.stringContaining(place.release)]);
    expect(readlinkSync(place.release)).toBe(other);
  });
});

describe("a file in nginx's folder that has the release's domain", () => {
  const ofShop = "root /srv/env/.shop-0.9-010101/static;";

  test.each([
    ["of a recorded release of the distribution", "own", "shop", "", false],
    ["that no record names, but that leads to a build of the distribution", "own", undefined, ofShop, false],
    ["of another distribution", "foreign", "blog", "", true],
    ["of another distribution, whatever it leads to", "foreign", "blog", ofShop, true],
    ["that no record names", "foreign", undefined, "", true],
    ["of another distribution with a name that ends alike", "foreign", "my shop", "", true],
  ])("%s is %s", async (_, __, distribution, more, refused) => {
    const place = built();
    const [conf, enabled] = [join(place.root, "conf"), join(place.root, "enabled")];
    mkdirSync(enabled);
    writeFileSync(conf, `server {\n  server_name old.example.com shop.example.com;\n  ${more}\n}\n`);
    symlinkSync(conf, join(enabled, "shop.conf"));
    const owner = distribution && releaseRecord({ distribution, services: [webService({ files: [conf] })] });
    const recorded = sh`mkdir -p /var/local/woven/some/releases
printf %s ${owner ? JSON.stringify(owner) : ""} >/var/local/woven/some/releases/1.json${owner ? "" : ".new"}`;
    const { apply, ...rest } = switchTraffic({ to: { place, record: releaseRecord() }, drain: 60 });
    const inFolder: Shell = { ...apply, text: apply.text.replaceAll("/etc/nginx/sites-enabled", enabled) };
    const { outcomes } = await run(stage([step("node", recorded), { ...rest, apply: inFolder }]));
    // It fails in any case, because no lease is there. This comes later.
    const { status, output } = outcomes.find(({ id }) => id === "switch") ?? {};
    expect([status, output?.includes(conf)]).toEqual(["failed", refused]);
  });
});

test.each([
  ["the first version", undefined, undefined, /^Switch to 1\.0$/],
  ["another version", "0.9", second, /\b0\.9\b.*\b1\.0$/],
  ["a patch, or a version built again", "1.0", second, /build of 1\.0$/],
  ["the same build, asked again", "1.0", first, /^Switch to 1\.0$/],
])("the switch to %s says so", (_, version, build, title) => {
  const release = (name: string, build: string) => ({
    place: layout("/home/woven", "shop", name),
    record: releaseRecord({ name, build }),
  });
  const from = version === undefined || build === undefined ? undefined : release(version, build);
  expect(switchTraffic({ to: release("1.0", first), ...(from && { from }), drain: 60 }).title).toMatch(title);
});
