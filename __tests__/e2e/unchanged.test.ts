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

/** Its static files, with their sizes and times. */
const listOf = (version: string) =>
  inside(g.node, `cd /home/woven/env/shop-${version}/static && find . -type f -printf '%p %s %T@ %u %m\\n' | sort`);
const inode = (version: string, path: string) => inside(g.node, `stat -c %i /home/woven/env/shop-${version}/${path}`);
const get = async (path: string) => (await visitor(g.node.host).get(path)).body;

const page = "{% load static %}<p>Not here: {% static 'version.txt' %}</p>\n";

test("static files are collected only if a file or a setting that they are made from has changed", async () => {
  expect(await deploy("2")).toBe("kept");
  const [static1, static2] = await Promise.all(["1", "2"].map((version) => listOf(version)));
  expect(static2).toBe(static1);
  // A process that release 1 has left running may still write to its own.
  expect(await inode("2", "static/version.txt")).not.toBe(await inode("1", "static/version.txt"));

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

test("error pages name the static files that are kept, and what is written to their folder meanwhile stays", async () => {
  await project.write("templates/404.html", page);
  const apps = await project.read("catalogue/apps.py");
  await project.write(
    "catalogue/apps.py",
    `import sys
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class CatalogueConfig(AppConfig):
    name = "catalogue"

    def ready(self):
        static = Path(settings.STATIC_ROOT)
        if "describe" in sys.argv[0]:
            (static / "built.txt").write_text("built\\n")
`,
  );
  // What the project writes there itself is part of what they are made from.
  expect(await deploy("7")).toBe("collected");
  const shown = () => inside(g.node, "cat /home/woven/env/shop/errors/site_1/404.html");
  expect(await shown()).toMatch(/Not here: \/static\/version\.[0-9a-f]{12}\.txt/);
  expect(await deploy("8")).toBe("kept");
  expect(await shown()).toMatch(/Not here: \/static\/version\.[0-9a-f]{12}\.txt/);
  expect(await get("/static/built.txt")).toBe("built\n");
  expect(await inside(g.node, "find /home/woven/env/shop/static/ -type l")).toBe("");
  await project.write("catalogue/apps.py", apps);
});

test("static files that somebody has changed or removed on the server are collected again, and so are those of the same version", async () => {
  await inside(g.node, "rm /home/woven/env/shop/static/version.txt");
  expect(await deploy("9")).toBe("collected");
  expect(await get("/static/version.txt")).toBe("another\n");
  const { stdout } = await g.op.succeed({
    checkout: project,
    command: "deploy",
    inputs: { version: "9", overwrite: "true" },
  });
  expect(stdout).not.toContain("static files: unchanged");
});

test("a patch of templates does not start Django for checks, unless the release has error pages", async () => {
  const patch = async (text: string) => {
    await project.write("templates/version.txt", text);
    const { stdout } = await g.op.succeed({ checkout: project, command: "patch", inputs: { parts: "templates" } });
    expect(stdout).toMatch(/Keep the results of Django's checks/);
    expect((await visitor(g.node.host).versions()).template_version).toBe(text.trim());
  };
  const pages = () => inside(g.node, "find /home/woven/env/shop/errors/ -type f");
  await project.write("templates/404.html", undefined);
  await deploy("10");
  await patch("patched\n");
  expect(await deploy("11")).toBe("kept");
  // As if a package brought a template for it, which has vanished since.
  await inside(g.node, "touch /home/woven/env/shop/errors/page.html");
  await patch("patched again\n");
  expect(await pages()).toBe("");
  // Django was asked about the release, and its static files are older.
  expect(await deploy("12")).toBe("collected");
});
