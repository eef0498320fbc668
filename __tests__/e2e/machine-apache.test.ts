// A server whose own Apache has a configuration already: setupnode leaves it alone, and a release's Apache reads nothing of it.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalNode } from "../../src/local/node.ts";
import { FakeCache } from "../harness/fake-cache.ts";
import { failed, parts, startAsking } from "./support/asker.ts";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { bareNode, keys } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { type Operator, operator } from "./support/operator.ts";
import { visitor } from "./support/visitor.ts";

let node: LocalNode;
let cache: FakeCache;
let op: Operator;
let project: Checkout;
let machine: string;

beforeAll(async () => {
  [node, cache, project] = await Promise.all([bareNode("trixie"), FakeCache.start(), checkout(shop["0.1"])]);
  op = operator(node, keys, cache);
  // javascript-common enables a file with an Alias, which needs a module that no release loads.
  await inside(
    node,
    `export DEBIAN_FRONTEND=noninteractive
apt-get -qq update >/dev/null
apt-get -qq -y --no-install-recommends install apache2 javascript-common >/dev/null 2>&1
test -e /etc/apache2/conf-enabled/javascript-common.conf`,
  );
  machine = await machineConfiguration();
});
afterAll(async () => {
  await node?.stop();
  await cache?.[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
});

/** Everything that is enabled for the machine's Apache, and what its main files hold. */
function machineConfiguration(): Promise<string> {
  return inside(
    node,
    "cd /etc/apache2; ls conf-enabled sites-enabled; ls mods-enabled | grep -v '^wsgi'; sha256sum apache2.conf ports.conf",
  );
}

test("setupnode changes nothing of the machine's own Apache, and can be run again", async () => {
  await op.succeed({ checkout: project, command: "setupnode" });
  expect(await machineConfiguration()).toBe(machine);
  expect(await inside(node, "apache2ctl configtest 2>&1")).toContain("Syntax OK");
  expect((await op.succeed({ checkout: project, command: "setupnode" })).outputs).toMatchObject({ changed: "false" });
});

test("a release is served, by an Apache that loads the modules of its own list and no others", async () => {
  // Whatever is wrong with the machine's own configuration: a release reads none of it.
  await inside(node, "echo 'NoSuchDirective on' >/etc/apache2/conf-enabled/broken.conf; a2dismod -q -f env mime wsgi");
  await op.succeed({ checkout: project, command: "deploy" });
  expect(parts(await visitor(node.host).versions())).toBe("0.1/0.1/0.1");
  expect(await loaded()).toEqual([
    "access_compat",
    "authn_core",
    "authz_core",
    "authz_host",
    "env",
    "filter",
    "headers",
    "mime",
    "mpm_event",
    "wsgi",
  ]);
});

test("apache-disable-modules says what a release's Apache does not load", async () => {
  await using next = await checkout(shop["0.2"]);
  await next.edit("pyproject.toml", "[tool.woven]\n", '[tool.woven]\napache-disable-modules = ["autoindex", "env"]\n');
  await op.succeed({ checkout: next, command: "deploy" });
  expect(parts(await visitor(node.host).versions())).toBe("0.2/0.2/0.2");
  const names = await loaded();
  expect(names).toEqual(expect.arrayContaining(["alias", "status", "headers"]));
  expect(names).not.toContain("autoindex");
  expect(names).not.toContain("env");
  // Its handlers come with the machine's configuration: a visitor reaches none of them.
  expect((await visitor(node.host).get("/server-status")).status).toBe(404);
});

test("setupnode with files for /etc/apache2 does not touch the Apache of a release, and loses no request", async () => {
  await inside(node, "rm /etc/apache2/conf-enabled/broken.conf; a2enmod -q env mime wsgi");
  const file = "apache2/conf-available/ours.conf";
  await project.write(`templates/woven/etc/${file}`, "# For the machine's own Apache.\n");
  const processes = () => inside(node, "pgrep -u site_1");
  const before = await processes();
  await using crowd = startAsking(node.host);
  await crowd.answered();
  const { outputs } = await op.succeed({ checkout: project, command: "setupnode" });
  await crowd.answered();
  expect(failed(await crowd.stop())).toEqual([]);
  expect(outputs).toMatchObject({ changed: "true" });
  expect(await inside(node, `cat /etc/${file}`)).toContain("own Apache");
  expect(await processes()).toBe(before);
});

/** The modules of the Apache that is live, without those that are built in. */
async function loaded(): Promise<readonly string[]> {
  const maps = await inside(
    node,
    `pid=$(systemctl show -p MainPID --value "$(basename /etc/systemd/system/multi-user.target.wants/woven-*)")
sed -n 's,.*/mod_\\([a-z_]*\\)\\.so.*,\\1,p' /proc/$pid/maps | sort -u`,
  );
  return maps.split("\n");
}
