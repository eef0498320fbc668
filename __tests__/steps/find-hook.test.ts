import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../../src/package-files.ts";
import { checkHookNames, findHook } from "../../src/steps/find-hook.ts";
import { checkDeployFiles } from "../../src/steps/hooks.ts";
import { run, stage } from "../node/stage-run.ts";
import { folderWith } from "../settings/source.ts";

const project = { module: "shop.settings.production", root: "src" };
const hook = "def post_setupnode():\n    pass\n";

/** From where the hook comes, in a checkout of these files. */
function from(files: Readonly<Record<string, string>>, places: object = { project }): string | undefined {
  return findHook("post_setupnode", { workingDirectory: folderWith(files), ...places })?.from;
}

describe("a hook is found", () => {
  const apps = { "src/shop/settings/base.py": 'LOCAL_APPS = ["blog", "shop.cart.apps.CartConfig"]\n' };

  test("in the first of its places", () => {
    const files = {
      ...apps,
      "src/blog/deploy.py": hook,
      "src/shop/deploy.py": hook,
      "woven/hooks/post_setupnode": "#!/bin/sh\n",
    };
    expect(from(files)).toBe("woven/hooks/post_setupnode");
    const { "woven/hooks/post_setupnode": _, ...functions } = files;
    expect(from(functions)).toBe("src/shop/deploy.py");
    expect(from({ ...functions, "src/shop/deploy.py": "def other(): pass\n" })).toBe("src/blog/deploy.py");
    expect(from({})).toBeUndefined();
    expect(findHook("post_install_postgresql", { workingDirectory: folderWith({}) })?.from).toBe("Woven's own");
    // The setting `services` does its work. A project's own still runs.
    const replaced = { replaced: ["post_install_postgresql"] };
    expect(findHook("post_install_postgresql", { workingDirectory: folderWith({}), ...replaced })).toBeUndefined();
    const own = folderWith({ "woven/hooks/post_install_postgresql": "#!/bin/sh\n" });
    expect(findHook("post_install_postgresql", { workingDirectory: own, ...replaced })?.kind).toBe("program");
  });

  test.each([
    ["src/blog/deploy.py", true],
    ["src/shop/cart/deploy.py", true],
    ["src/aside/deploy.py", false],
    ["scripts/deploy.py", false],
    ["deploy.py", false],
    ["blog/tests/deploy.py", false],
  ])("in %s of an app that is installed, and of no other: %s", (path, found) => {
    expect(from({ ...apps, [path]: hook })).toBe(found ? path : undefined);
  });

  test("in any, where nothing says which apps are installed", () => {
    expect(from({ "aside/deploy.py": hook }, {})).toBe("aside/deploy.py");
    expect(from({ "venv/pyvenv.cfg": "", "mine/pyvenv.cfg": "", "mine/lib/deploy.py": hook }, {})).toBeUndefined();
  });

  test("beside settings that are in no package", () => {
    const flat = { project: { module: "settings", root: "." } };
    expect(from({ "settings.py": "", "deploy.py": hook }, flat)).toBe("deploy.py");
  });
});

describe("a program", () => {
  test("goes to the node as it is, bytes that are no text among them", () => {
    const workingDirectory = folderWith({ "woven/hooks/post_setupnode": "" });
    const bytes = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe, 0x00]);
    writeFileSync(join(workingDirectory, "woven/hooks/post_setupnode"), bytes);
    expect(findHook("post_setupnode", { workingDirectory })?.content).toEqual(bytes);
  });

  test.each([
    ["echo no shebang\n", /#!/],
    ["", /#!/],
    ["#!/bin/sh\r\necho\r\n", /Windows/],
  ])("that no node could run is an error that names it: %j", (text, what) => {
    expect(() => from({ "woven/hooks/post_setupnode": text })).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(what),
        details: expect.objectContaining({ file: "woven/hooks/post_setupnode" }),
      }),
    );
  });
});

test.each([
  ["post_setupnode", undefined],
  ["post_install_libpq5", undefined],
  ["README.md", undefined],
  ["common.sh", undefined],
  ["post_setupnode.sh", /\bpost_setupnode\?/],
  ["post-setupnode", /\bpost_setupnode\?/],
  ["post_setup_node", /\bpost_setupnode\?/],
  ["post_install_redis-server", /\bpost_install_redis_server\?/],
])("a program of the name %s", (name, what) => {
  const check = () => checkHookNames({ workingDirectory: folderWith({ [`woven/hooks/${name}`]: "#!/bin/sh\n" }) });
  if (what === undefined) expect(check).not.toThrow();
  else expect(check).toThrow(what);
});

describe("a deploy.py", () => {
  const readable = (text: string) =>
    checkDeployFiles({ workingDirectory: folderWith({ "src/shop/deploy.py": text }), project });

  test("that is no Python fails before anything else, with its name and line", async () => {
    const { outcomes, status } = await run(stage(readable("def post_setupnode():\n    if\n")));
    expect(status).toBe("failed");
    expect(outcomes[0]?.output).toMatch(/File "src\/shop\/deploy\.py", line 2[\s\S]*SyntaxError/);
    expect((await run(stage(readable("def post_setupnode()\n")), "plan")).status).toBe("failed");
  });

  test("that is right is no change; one that has nothing to do with Woven is not looked at", async () => {
    const text = readFileSync(join(packageRoot, "templates/node/deploy.py"), "utf8");
    expect((await run(stage(readable(text)))).told).toEqual(["deploy-py ok"]);
    expect(readable("print 'of an older time'\n")).toEqual([]);
  });
});
