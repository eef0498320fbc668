// Commands of `build` run for real here, as isolated as this machine allows.
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildProject } from "../../src/bundle/project-build.ts";
import { fileSet } from "../../src/release/file-set.ts";
import { runProcess } from "../../src/run-process.ts";
import { commit, folderWith, run } from "../settings/source.ts";

let tempDir: string;
beforeEach(async () => {
  tempDir = await mkdtemp(join(tmpdir(), "woven-build-test-"));
});
afterEach(() => rm(tempDir, { recursive: true, force: true }));

const project = {
  ".gitignore": "out/\nmodules/\n",
  "manage.py": "# code\n",
  "shop/app.css": "old",
  "woven.toml": "",
  "templates/woven/nginx-site.conf": "",
};

async function checkout(): Promise<string> {
  const root = folderWith(project);
  await commit(root);
  return root;
}

async function built(root: string, commands: readonly string[], include: readonly string[] = []) {
  const log: string[] = [];
  const env = {
    PATH: process.env["PATH"],
    HOME: root,
    INPUT_ENV: "SECRET=1",
    DEPLOY_TOKEN: "t",
    NODE_ENV: "production",
  };
  const context = {
    run: runProcess,
    log: (line: string) => log.push(line),
    now: Date.now,
    env,
    tempDir,
    cacheDir: tempDir,
  };
  const copy = await buildProject(commands, root, context);
  const files = await fileSet({ workingDirectory: root, include, exclude: [], run, built: copy });
  const text = (path: string) => readFileSync(join(copy, path), "utf8");
  return { log, text, files: Object.fromEntries(files.map((one) => [one.path, one.built ? "built" : "committed"])) };
}

describe("of what a build makes, a release takes", () => {
  test("what include names, and changes of tracked files; nothing else, and the checkout stays as it is", async () => {
    const root = await checkout();
    writeFileSync(join(root, "left-over"), "untracked");
    const commands = [
      "mkdir out && echo new >out/app.js && touch out/other && echo x >unnamed",
      "echo new >shop/app.css",
    ];
    const { files } = await built(root, commands, ["out/app.js"]);
    expect(files).toEqual({
      ".gitignore": "committed",
      "manage.py": "committed",
      "out/app.js": "built",
      "shop/app.css": "built",
      "templates/woven/nginx-site.conf": "committed",
      "woven.toml": "committed",
    });
    expect(readFileSync(join(root, "shop/app.css"), "utf8")).toBe("old");
    expect((await run("git", ["status", "--porcelain"], { cwd: root })).stdout.trim()).toBe("?? left-over");
  });

  test("no change of code or of Woven's files: that is an error that names them", async () => {
    const root = await checkout();
    const commands = ["echo evil >>manage.py; echo evil >>templates/woven/nginx-site.conf; echo x >>woven.toml"];
    await expect(built(root, commands)).rejects.toMatchObject({
      code: "build-changed",
      message: expect.stringMatching(/manage\.py.*nginx-site\.conf.*woven\.toml/),
    });
  });

  test("code that include names, but no settings in Woven's place", async () => {
    const root = await checkout();
    const commands = ["mkdir out sitesettings && touch out/made.py sitesettings/settings.py"];
    expect((await built(root, commands, ["out"])).files).toMatchObject({ "out/made.py": "built" });
    await expect(built(await checkout(), commands, ["sitesettings"])).rejects.toMatchObject({ code: "build-changed" });
  });
});

describe("a build", () => {
  test("gets no secret, and can ask git for the commit", async () => {
    const root = await checkout();
    const { text, log } = await built(root, ["mkdir out; env >out/env; git log -1 --format=%s >out/log"]);
    expect(text("out/env")).toContain("NODE_ENV=production");
    expect(text("out/env")).not.toMatch(/SECRET|TOKEN|INPUT/);
    expect(text("out/log")).toBe("All there is\n");
    expect(log[0]).toMatch(/isolated/);
  });

  test("in a folder of the repository runs there", async () => {
    const root = folderWith({ "backend/manage.py": "", "frontend/app.js": "app" });
    await commit(root);
    const { text } = await built(join(root, "backend"), ["cp ../frontend/app.js made.js"]);
    expect(text("made.js")).toBe("app");
  });

  test("that fails is an error with its status and its output, and the next command does not run", async () => {
    const root = await checkout();
    const commands = ["echo out; echo why >&2; exit 3", "touch ran"];
    await expect(built(root, commands)).rejects.toMatchObject({
      code: "build-command",
      message: expect.stringMatching(/exit 3.*\b3$/),
      details: { output: expect.stringMatching(/out\n.*why/s) },
    });
  });
});
