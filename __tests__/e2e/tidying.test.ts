// What a server does after the end of a run: it stops and removes old releases. Nobody waits for it but the next run, a failure is
// reported, and a power cut in the middle of it loses nothing.
import { afterAll, beforeAll, expect, test } from "vitest";
import { parts } from "./support/asker.ts";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { visitor } from "./support/visitor.ts";

let g: Ground;
let project: Checkout;
let version = "0.1";

beforeAll(async () => {
  [g, project] = await Promise.all([ground("trixie"), checkout(shop["0.1"])]);
  await project.edit("pyproject.toml", "[tool.woven]\n", "[tool.woven]\nkeep-releases = 1\n");
  await g.op.succeed({ checkout: project, command: "deploy" });
});
afterAll(async () => {
  for (const thing of [project, g]) await thing?.[Symbol.asyncDispose]();
});

/** The next version, of the same files. */
async function next(): Promise<string> {
  const [before, minor] = [version, Number(version.split(".")[1])];
  version = `0.${minor + 1}`;
  await project.edit("pyproject.toml", `version = "${before}"`, `version = "${version}"`);
  return version;
}

async function deployNext(): Promise<void> {
  await next();
  await g.op.succeed({ checkout: project, command: "deploy" });
}

const record = (of: string) => `/var/local/woven/shop/releases/${of}.json`;
/** As it is now: `inside` would wait until the server has tidied up. */
const isThere = async (path: string) => (await g.node.run(["test", "-e", path])).code === 0;
const live = () => inside(g.node, "basename $(readlink /home/woven/env/shop)");
const startsAtBoot = () => inside(g.node, "ls /etc/systemd/system/multi-user.target.wants | grep '^woven-shop-'");

/** Its services take some seconds longer to stop. */
async function stopsSlowly(of: string): Promise<void> {
  const folder = `/etc/systemd/system/woven-shop-${of}@.service.d`;
  await inside(
    g.node,
    `mkdir -p ${folder}; printf '[Service]\\nExecStop=/bin/sleep 6\\n' >${folder}/slow.conf; systemctl daemon-reload`,
  );
}

test("a run ends before old releases are removed, and the next one waits until they are", async () => {
  await deployNext();
  await stopsSlowly("0.1");
  await deployNext();
  expect([version, await isThere(record("0.1"))]).toEqual(["0.3", true]);
  await g.op.succeed({ checkout: project, command: "rollback" });
  expect(await isThere(record("0.1"))).toBe(false);
  expect([await live(), await startsAtBoot()]).toEqual(["shop-0.2", expect.stringMatching(/^woven-shop-0\.2@[^\n]*$/)]);
});

test("what cannot be removed fails no run, is reported by status and the next run, and goes with the next switch", async () => {
  await g.op.succeed({ checkout: project, command: "activate", inputs: { version: "0.3" } });
  // A file that is a mount point cannot be removed.
  await inside(g.node, `mount --bind ${record("0.2")} ${record("0.2")}`);
  await deployNext();
  expect(await live()).toBe("shop-0.4");
  const status = await g.op.succeed({ checkout: project, command: "status" });
  expect(status.stdout).toMatch(/deploy 0\.4 succeeded, but did not tidy up: it failed at "Remove old releases"/);

  await inside(g.node, `umount ${record("0.2")}`);
  await next();
  const { annotations } = await g.op.succeed({ checkout: project, command: "deploy" });
  expect(annotations).toContainEqual(
    expect.objectContaining({ kind: "warning", message: expect.stringMatching(/did not tidy up: prune failed/) }),
  );
  expect(await inside(g.node, `[ ! -e ${record("0.2")} ]; ls -d /home/woven/env/shop-*`)).toBe(
    "/home/woven/env/shop-0.4\n/home/woven/env/shop-0.5",
  );
});

test("a power cut in the middle of it loses nothing, and the next switch removes what is left", async () => {
  await stopsSlowly("0.4");
  await deployNext();
  expect([version, await isThere(record("0.4"))]).toEqual(["0.6", true]);
  await g.node.reboot("power-cut");
  await expect.poll(() => visitor(g.node.host).versions().then(parts, String), { timeout: 60_000 }).toBe("0.1/0.1/0.1");
  expect(await live()).toBe("shop-0.6");
  await deployNext();
  expect([await live(), await startsAtBoot()]).toEqual(["shop-0.7", expect.stringMatching(/^woven-shop-0\.7@[^\n]*$/)]);
  expect(await inside(g.node, "ls -d /home/woven/env/shop-*")).toBe(
    "/home/woven/env/shop-0.6\n/home/woven/env/shop-0.7",
  );
});
