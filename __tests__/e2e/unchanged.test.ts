// What a deployment or a patch does not make again, because nothing that it is made from has changed.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { visitor } from "./support/visitor.ts";

let g: Ground;
let project: Checkout;
beforeAll(async () => {
  [g, project] = await Promise.all([ground("trixie"), checkout(shop["0.2"])]);
  await deploy("1");
});
afterAll(async () => {
  for (const thing of [project, g]) await thing?.[Symbol.asyncDispose]();
});

/** Deploys the project as it is. Whether it collected its static files. */
async function deploy(version: string): Promise<"collected" | "kept"> {
  await project.write("shop/release.py", `NAME = "${version}"\n`);
  const { stdout } = await g.op.succeed({ checkout: project, command: "deploy", inputs: { version } });
  expect(stdout).toMatch(/Run Django's checks and collect static files/);
  return stdout.includes("static files: unchanged") ? "kept" : "collected";
}

const inode = (version: string, path: string) => inside(g.node, `stat -c %i /home/woven/env/shop-${version}/${path}`);
const get = async (path: string) => (await visitor(g.node.host).get(path)).body;

test("static files are collected only if a file or a setting that they are made from has changed", async () => {
  expect(await deploy("2")).toBe("kept");
  expect(await inode("2", "static/version.txt")).toBe(await inode("1", "static/version.txt"));

  await project.write("static/version.txt", "another\n");
  expect(await deploy("3")).toBe("collected");
  expect(await get("/static/version.txt")).toBe("another\n");

  const settings = await project.read("shop/settings.py");
  await project.edit("shop/settings.py", 'else "ManifestStaticFilesStorage"', 'else "StaticFilesStorage"');
  expect(await deploy("4")).toBe("collected");
  expect(await deploy("5")).toBe("kept");
  expect(await inside(g.node, "ls /home/woven/env/shop/static")).not.toContain("staticfiles.json");
  await project.write("shop/settings.py", settings);
  expect(await deploy("6")).toBe("collected");
  expect(await get("/static/version.txt")).toBe("another\n");
});

test("a patch of templates does not start Django for checks, unless the release has error pages", async () => {
  const patch = async (text: string) => {
    await project.write("templates/version.txt", text);
    const { stdout } = await g.op.succeed({ checkout: project, command: "patch", inputs: { parts: "templates" } });
    expect(stdout).toMatch(/Keep the results of Django's checks/);
    expect((await visitor(g.node.host).versions()).template_version).toBe(text.trim());
  };
  const pages = () => inside(g.node, "find /home/woven/env/shop/errors/ -type f");
  await patch("patched\n");
  // As if a package brought a template for it, which has vanished since.
  await inside(g.node, "touch /home/woven/env/shop/errors/page.html");
  await patch("patched again\n");
  expect(await pages()).toBe("");
  expect(await deploy("7")).toBe("kept");
});
