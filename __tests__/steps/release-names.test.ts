// Two distributions, one name: `shop-admin` 1.0 and `shop` admin-1.0 would both be `shop-admin-1.0`.
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Shell, sh } from "../../src/node/sh.ts";
import type { ReleaseRecord } from "../../src/node/state.ts";
import { layout } from "../../src/release/layout.ts";
import { underLeaseWithStaging } from "../../src/rollout/stage-lease.ts";
import { type LeaseRequest, newLease, takeLease } from "../../src/steps/lease.ts";
import { pruneReleases } from "../../src/steps/prune.ts";
import { claimNames } from "../../src/steps/release-names.ts";
import { discardReplaced, placeRelease } from "../../src/steps/switch.ts";
import { releaseRecord, webService } from "../node/records.ts";
import { run, runStep, scratch, stage, step } from "../node/stage-run.ts";

/** The node has this record. */
function recorded({ distribution, name, ...rest }: ReleaseRecord): Shell {
  const text = JSON.stringify({ distribution, name, ...rest });
  return sh`mkdir -p ${`/var/local/woven/${distribution}/releases`}
printf '%s\n' ${text} >${`/var/local/woven/${distribution}/releases/${name}.json`}`;
}

/** The node has this lease, with a lifetime in seconds. */
function leased(distribution: string, release: string, seconds: number): Shell {
  const lease = { schema: 2, token: "t", owner: "ada", command: "deploy", release };
  return sh`mkdir -p ${`/var/local/woven/${distribution}`}
printf '%s\n' ${JSON.stringify({ ...lease, expires: Math.floor(Date.now() / 1000) + seconds })} >${`/var/local/woven/${distribution}/lease.json`}`;
}

/** A deployment root whose staging folder is there. */
function staged(distribution: string, name: string) {
  const place = layout(scratch(), distribution, name);
  mkdirSync(place.staging, { recursive: true });
  mkdirSync(join(place.root, "env"));
  const lease: LeaseRequest = newLease({
    state: place.state,
    owner: "ada",
    command: "deploy",
    release: name,
    expected: { link: place.active, folder: "" },
  });
  return { place, lease };
}

/** The release that is live as `shop-admin` 1.0. */
const admin = releaseRecord({ distribution: "shop-admin", version: "1.0", name: "1.0", build: "97f86f" });

test.each([
  ["a release of another distribution", "shop", "admin-1.0", recorded(admin), /shop-admin 1\.0/],
  [
    "a record that cannot be read",
    "shop",
    "admin-1.0",
    sh`mkdir -p /var/local/woven/shop-admin/releases; : >/var/local/woven/shop-admin/releases/1.0.json`,
    /shop-admin 1\.0/,
  ],
  ["a release that another run is deploying", "shop", "admin-1.0", leased("shop-admin", "1.0", 60), /shop-admin 1\.0/],
  ["the live link of another distribution", "shop", "admin", recorded(admin), /shop-admin/],
  [
    "the other way round: a release with the name of the live link",
    "shop-admin-1.0",
    "7",
    recorded(admin),
    /shop-admin 1\.0/,
  ],
])(
  "a name is taken by %s: nothing is built, and the other's staging folder stays",
  async (_, distribution, name, node, what) => {
    const { place, lease } = staged(distribution, name);
    const { told, outcomes, folder } = await run(
      stage(
        [
          step("node", node),
          takeLease(lease, "first"),
          claimNames({ place, record: releaseRecord({ services: [] }) }),
          step("build", sh`:`),
        ],
        underLeaseWithStaging(place, lease, "more to come"),
      ),
    );
    expect(told.at(-1)).toBe("names failed");
    expect(outcomes.at(-1)?.output).toMatch(what);
    expect(existsSync(place.staging)).toBe(true);
    expect(existsSync(join(folder, `var-local/woven/${distribution}/lease.json`))).toBe(false);
  },
);

test.each([
  ["its own release of that name", "shop-admin", "1.0", recorded(admin)],
  ["one that only begins like it", "shop", "admin-1.0.1", recorded(admin)],
  ["one whose run has died", "shop", "admin-1.0", leased("shop-admin", "1.0", -60)],
])("a name is free beside %s; a failed stage then removes its staging folder", async (_, distribution, name, node) => {
  const { place, lease } = staged(distribution, name);
  const { outcomes } = await run(
    stage(
      [
        step("node", node),
        takeLease(lease, "first"),
        claimNames({ place, record: releaseRecord({ services: [] }) }),
        step("build", sh`false`),
      ],
      underLeaseWithStaging(place, lease, "more to come"),
    ),
  );
  expect(outcomes.map(({ id }) => id)).toEqual(["node", "lease", "names", "build"]);
  expect(existsSync(place.staging)).toBe(false);
});

describe("on a node where both are already", () => {
  /** The live release of `shop-admin`, and the place that the same folders would have for `shop`. */
  function both() {
    const { place } = staged("shop", "admin-1.0");
    const env = join(place.root, "env");
    for (const build of ["97f86f", "010203"]) mkdirSync(join(env, `.shop-admin-1.0.${build}`));
    symlinkSync(join(env, ".shop-admin-1.0.97f86f"), place.release);
    return { place, env };
  }
  const ours = releaseRecord({
    version: "admin-1.0",
    name: "admin-1.0",
    services: [webService({ files: ["/nonexistent/shared.conf"] })],
  });

  test("the link is not moved", async () => {
    const { place, env } = both();
    const { status } = await run(
      stage([step("node", recorded(admin)), placeRelease({ place, record: { ...ours, build: "040506" } })]),
    );
    expect([status, readlinkSync(place.release)]).toEqual(["failed", join(env, ".shop-admin-1.0.97f86f")]);
  });

  test.each([
    ["no build of the other is removed after a switch", recorded(admin), []],
    ["alone, its replaced builds are removed after a switch", sh`:`, [".shop-admin-1.0.97f86f"]],
  ])("%s", async (_, node, removed) => {
    const { place, env } = both();
    const asked = join(place.root, "asked");
    const program = join(place.root, "systemd-run");
    writeFileSync(asked, "");
    writeFileSync(program, `#!/bin/sh\nfor word; do :; done; echo "$word" >>${asked}\n`, { mode: 0o755 });
    const discard = discardReplaced({ to: { place, record: ours }, drain: 60 });
    const apply = sh`PATH=${place.root}:$PATH
${discard.apply}`;
    const { status } = await run(stage([step("node", node), { ...discard, apply }]));
    expect([status, readFileSync(asked, "utf8")]).toEqual([
      "ok",
      removed.map((name) => `${join(env, name)}\n`).join(""),
    ]);
  });

  test("an old release that is removed takes its own build, and not the link of the other", async () => {
    const { place, env } = both();
    const prune = pruneReleases(place.root, [ours], 0, []);
    if (!prune) throw new Error("nothing to prune");
    const without = sh`systemctl() { :; }
xargs() { :; }`;
    const { status } = await run(
      stage([
        step(
          "node",
          sh`${recorded(admin)}
${recorded(ours)}`,
        ),
        {
          ...prune,
          apply: sh`${without}
${prune.apply}`,
        },
      ]),
    );
    expect(status).toBe("ok");
    expect(readdirSync(env).sort()).toEqual([".shop-admin-1.0.97f86f", "shop-admin-1.0"]);
  });
});

test("a removed release takes its builds, its link and its configuration, and nothing that only looks like one", async () => {
  const { place } = staged("shop", "1.0");
  const env = join(place.root, "env");
  const own = [".shop-1.0.010203", ".shop-1.0.0a0b0c"];
  const others = [".shop-1.0.backup", ".shop-1.0.ABCDEF", ".shop-1.0.1.0a0b0c", ".shop-1.0.0a0b0c7"];
  for (const name of [...own, ...others]) mkdirSync(join(env, name));
  symlinkSync(join(env, ".shop-1.0.0a0b0c"), place.release);
  const [conf, shared] = [join(place.root, "own.conf"), join(place.root, "shared.conf")];
  for (const path of [conf, shared]) writeFileSync(path, "");
  const record = releaseRecord({ services: [webService({ files: [conf, shared] })] });
  const blog = releaseRecord({ distribution: "blog", services: [webService({ files: [shared] })] });
  const { details } = await runStep(
    step(
      "ask",
      sh`${recorded(record)}
${recorded(blog)}
tool paths ${place.root} shop 1.0 >>"$run/details"`,
    ),
  );
  expect(details.toSorted()).toEqual([...own.map((name) => join(env, name)), place.release, conf].toSorted());
});

test("a release does not get the nginx configuration of another distribution: with it, it would take the domain", async () => {
  const conf = "/etc/nginx/sites-available/shop_example_com-1.0.conf";
  const services = [webService({ files: [conf] })];
  const { place, lease } = staged("blog", "1.0");
  const claim = claimNames({ place, record: releaseRecord({ distribution: "blog", services }) });
  const claimed = (node: Shell) =>
    run(stage([step("node", node), takeLease(lease, "first"), claim], underLeaseWithStaging(place, lease, "last")));
  const beside = await claimed(recorded(releaseRecord({ services })));
  expect([beside.told.at(-1), beside.outcomes.at(-1)?.output]).toEqual([
    "names failed",
    expect.stringContaining(`${conf} of shop`),
  ]);
  expect((await claimed(sh`:`)).status).toBe("ok");
});
