// doctor before a first deployment: on a server that is set up, on one that is not, and with most things wrong.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalNode } from "../../src/local/node.ts";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { examine } from "./support/doctor.ts";
import { equippedNode, keys } from "./support/equipped.ts";
import { footprint, inside } from "./support/inside.ts";

let project: Checkout;
let node: LocalNode;
let home: string;
beforeAll(async () => {
  [project, node, home] = await Promise.all([
    checkout(shop["0.1"]),
    equippedNode("trixie"),
    mkdtemp(join(tmpdir(), "woven-home-")),
  ]);
});
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await node?.stop();
  if (home) await rm(home, { recursive: true, force: true });
});

/** All that doctor checks of a server that can be reached. */
const ofServer = ["SSH port", "host key", "login", "sudo", "system", "set up", "port 80", "Python", "requirements"];

test("on a server that is set up, everything is checked, nothing is wrong, and nothing is changed", async () => {
  const before = await footprint(node);
  const { code, text, rows, problems } = await examine(node, { project, home, args: ["--no-rehearsal"] });
  expect(problems, text).toEqual([]);
  expect(code).toBe(0);
  expect(rows.map(({ check }) => check)).toEqual([
    "settings",
    "environment",
    "files",
    ...ofServer.map((check) => `web1: ${check}`),
    "DNS of shop.example.com",
    "DNS of www.shop.example.com",
    "rehearsal",
  ]);
  expect(rows.filter(({ state }) => state === "not checked").map(({ check }) => check)).toEqual([
    // The node has an address that only this machine knows.
    "DNS of shop.example.com",
    "DNS of www.shop.example.com",
    "rehearsal",
  ]);
  expect(await footprint(node)).toEqual(before);
});

test("a problem does not keep the next checks from running", async () => {
  await project.edit("shop/settings.py", "INSTALLED_APPS = [", 'TOKEN = os.environ["SHOP_TOKEN"]\nINSTALLED_APPS = [');
  await project.write("requirements.txt", "no-such-package-of-woven-tests==1\n");
  await project.edit("pyproject.toml", "[tool.woven]\n", '[tool.woven]\nrequirements = ["requirements.txt"]\n');
  await inside(node, "systemctl stop nginx");
  try {
    const { code, text, problems } = await examine(node, { project, home });
    expect(code).toBe(1);
    expect(problems, text).toEqual(["environment", "web1: set up", "web1: port 80", "web1: requirements"]);
    expect(text).toMatch(/SHOP_TOKEN/);
    expect(text).toMatch(/rehearsal +the project has problems/);
  } finally {
    await inside(node, "systemctl start nginx");
    await project.edit("pyproject.toml", 'requirements = ["requirements.txt"]\n', "");
    await project.write("requirements.txt", undefined);
  }
});

test("wrong settings are a row each, and the server is checked all the same", async () => {
  await project.edit("pyproject.toml", "[tool.woven]\n", '[tool.woven]\nserver = "lighttpd"\nkeep-release = 3\n');
  const { code, text, rows } = await examine(node, { project, home });
  await project.edit("pyproject.toml", 'server = "lighttpd"\nkeep-release = 3\n', "");
  expect(code).toBe(1);
  expect(rows.filter(({ check }) => check === "settings").map(({ state }) => state)).toEqual(["problem", "problem"]);
  expect(text).toMatch(/pyproject\.toml:\d+: .*server/);
  expect(text).toMatch(/pyproject\.toml:\d+: .*keep-release/);
});

test("a wrong host key fails at its own check, and the ports are checked all the same", async () => {
  await writeFile(join(home, "other"), `[${node.host}]:10022 ${keys.publicKey}\n`);
  const args = ["--no-rehearsal", "--known-hosts-from", join(home, "other")];
  const { code, rows } = await examine(node, { project, home, args });
  expect(code).toBe(1);
  expect(rows.filter(({ check }) => check.startsWith("web1"))).toEqual([
    { state: "ok", check: "web1: SSH port" },
    { state: "problem", check: "web1: host key" },
    { state: "not checked", check: "web1: login" },
    { state: "not checked", check: "web1: sudo" },
    { state: "ok", check: "web1: port 80" },
    ...["system", "set up", "Python", "requirements"].map((check) => ({
      state: "not checked",
      check: `web1: ${check}`,
    })),
  ]);
});
