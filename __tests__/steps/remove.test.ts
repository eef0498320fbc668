// Removes a distribution for real, in a deployment root of its own: what else is there stays.
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lines, type Shell, sh } from "../../src/node/sh.ts";
import type { ReleaseRecord } from "../../src/node/state.ts";
import { layout } from "../../src/release/layout.ts";
import { closeDomains, removeDistribution } from "../../src/steps/remove.ts";
import { releaseRecord, webService } from "../node/records.ts";
import { run, scratch, stage, step } from "../node/stage-run.ts";

const shop = releaseRecord({ services: [] });

function recorded(record: ReleaseRecord): Shell {
  const folder = `/var/local/woven/${record.distribution}/releases`;
  return sh`mkdir -p ${folder}; printf '%s\n' ${JSON.stringify(record)} >${`${folder}/${record.name}.json`}`;
}

/** Another run is working on the first release of this distribution. */
function inFlight(distribution: string): Shell {
  const lease = { schema: 2, token: "t", owner: "ada", command: "deploy", release: "1.0", boot: "-", until: 0 };
  return sh`mkdir -p ${`/var/local/woven/${distribution}`}
printf '%s\n' ${JSON.stringify(lease)} >${`/var/local/woven/${distribution}/lease.json`}`;
}

/** Stands in for the accounts and units of a node, all of which exist. `$1`: where to note what is done to them. */
function accounts(done: string): Shell {
  return sh`getent() { :; }
pkill() { :; }
systemctl() { :; }
groupdel() { :; }
userdel() { echo "removed $1" >>${done}; }
tool() { case $1 in disown) echo "disowned $2" >>${done} ;; *) python3 -IS "$run/kit/tool.py" "$@" ;; esac; }`;
}

async function removed(root: string, node: readonly Shell[]) {
  const done = join(root, "done");
  const place = layout(root, "shop", "");
  const [remove] = removeDistribution(place, [shop], "now");
  if (!remove) throw new Error("nothing is removed");
  const apply = sh`${accounts(done)}
${remove.apply}`;
  writeFileSync(done, "");
  const { status, outcomes, folder } = await run(
    stage([
      step("node", lines([recorded(shop), ...node])),
      { ...remove, apply },
      step("done", sh`cat ${done} >>"$run/details"`),
    ]),
  );
  expect(status, outcomes.at(-1)?.output).toBe("ok");
  return { done: outcomes.at(-1)?.details, details: outcomes.at(-2)?.details, folder };
}

/** A release in the root: its build, its link, and its staging folder. */
function built(root: string, name: string, build: string): void {
  const [env, staging] = [join(root, "env"), join(root, ".staging")];
  mkdirSync(join(env, `.${name}.${build}`), { recursive: true });
  mkdirSync(join(staging, name), { recursive: true });
  symlinkSync(join(env, `.${name}.${build}`), join(env, name));
}

describe("a distribution that is removed", () => {
  test("takes its releases, and nothing else that begins with its name", async () => {
    const root = scratch();
    built(root, "shop-1.0", "010203");
    symlinkSync(join(root, "env/shop-1.0"), join(root, "env/shop"));
    // The first deploy of shop-admin is about to switch: it has no record yet.
    built(root, "shop-admin-1.0", "aabbcc");
    for (const name of ["shop-notes", ".shop-notes", "shop-venv", ".shop-1.0.backup"])
      mkdirSync(join(root, "env", name));
    await removed(root, [inFlight("shop-admin")]);
    expect(readdirSync(join(root, "env")).sort()).toEqual(
      [".shop-1.0.backup", ".shop-admin-1.0.aabbcc", ".shop-notes", "shop-admin-1.0", "shop-notes", "shop-venv"].sort(),
    );
    expect(readdirSync(join(root, ".staging"))).toEqual(["shop-admin-1.0"]);
  });

  test("leaves a folder or link of its name that is not its own", async () => {
    const root = scratch();
    mkdirSync(join(root, "env/shop-1.0"), { recursive: true });
    symlinkSync("/srv/shop", join(root, "env/shop"));
    await removed(root, []);
    expect(readdirSync(join(root, "env")).sort()).toEqual(["shop", "shop-1.0"]);
  });

  test.each([
    ["is alone", [], ["disowned site_1", "removed site_1", "disowned woven-build", "removed woven-build"]],
    [
      "is beside one with other sites",
      [recorded({ ...shop, distribution: "blog", sites: [{ id: 2, domains: ["b.example.com"] }] })],
      ["disowned site_1", "removed site_1"],
    ],
    ["is beside one with the same site", [recorded({ ...shop, distribution: "blog" })], []],
    ["is beside one whose first deploy is running", [inFlight("shop-admin")], []],
    [
      "is beside one that has no release any more",
      [sh`mkdir -p /var/local/woven/blog/releases`],
      ["disowned site_1", "removed site_1"],
    ],
  ])(
    "and that %s: its users are removed unless another needs them, and leave no files behind",
    async (_, node, users) => {
      expect((await removed(scratch(), node)).done).toEqual(users);
    },
  );

  test("keeps media and what the application wrote, in a folder for root", async () => {
    const root = scratch();
    for (const path of ["public/shop", "writable/shop/logs", "writable/blog"]) {
      mkdirSync(join(root, path), { recursive: true });
      writeFileSync(join(root, path, "kept"), path);
    }
    const { folder } = await removed(root, []);
    const kept = join(folder, "var-local/woven-backup/removed/shop-now");
    expect(readFileSync(join(kept, "shop/kept"), "utf8")).toBe("public/shop");
    expect(readFileSync(join(kept, "shop-writable/logs/kept"), "utf8")).toBe("writable/shop/logs");
    expect(readdirSync(join(root, "writable"))).toEqual(["blog"]);
  });

  test("says which user it keeps for a run that is going on", async () => {
    const { details } = await removed(scratch(), [inFlight("shop-admin")]);
    expect(details?.filter((line) => line.includes("site_1"))).toEqual([expect.stringMatching(/^kept /)]);
  });
});

test("a record of another distribution that cannot be read ends the removal before a domain is taken from nginx", async () => {
  const root = scratch();
  const place = layout(root, "shop", "");
  const [conf, enabled] = [join(root, "shop.conf"), join(root, "enabled")];
  writeFileSync(conf, "");
  mkdirSync(enabled);
  symlinkSync(conf, join(enabled, "shop.conf"));
  const live = { ...shop, services: [webService({ files: [conf] })] };
  const close = closeDomains(place);
  const apply = sh`nginx() { :; }
systemctl() { :; }
${inFolder(close.apply, enabled)}`;
  const closes = (node: Shell) => run(stage([step("node", lines([recorded(live), node])), { ...close, apply }]));
  const broken = sh`mkdir -p /var/local/woven/blog/releases; echo '{' >/var/local/woven/blog/releases/1.0.json`;
  expect((await closes(broken)).told).toContain("close-domains failed");
  expect(readdirSync(enabled)).toEqual(["shop.conf"]);
  expect((await closes(sh`:`)).told).toContain("close-domains changed");
  expect(readdirSync(enabled)).toEqual([]);
});

/** The same, with this folder in place of nginx's. */
function inFolder(shell: Shell, folder: string): Shell {
  return { ...shell, text: shell.text.replaceAll("/etc/nginx/sites-enabled", folder) };
}
