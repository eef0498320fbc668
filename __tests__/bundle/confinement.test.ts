// Each way to confine a program, as far as this machine allows it: the tests run as root here, and elsewhere as somebody else.
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { confine } from "../../src/bundle/confinement.ts";
import type { Run } from "../../src/run-process.ts";
import { commandRunner } from "./run-command.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "woven-confined-"));
  await chmod(root, 0o755);
  for (const name of ["home/keep", "home/own", "checkout/.git", "run"])
    await mkdir(join(root, name), { recursive: true });
  await writeFile(join(root, "home/secret"), "secret");
  await writeFile(join(root, "home/keep/tool"), "tool");
  await writeFile(join(root, "token"), "token");
  await writeFile(join(root, "checkout/.git/config"), "[core]");
});

afterEach(() => rm(root, { recursive: true, force: true }));

const ask = `id -u; ls "$1/home" "$1/home/keep"; cat "$1/token"; ls /proc | grep -c '^[0-9]'; printf '%s|%s\\n' "$HOME" "$PIP_X"; cat; grep NoNewPrivs /proc/self/status`;

/** Root's own programs stand in for sudo, which here hands on no variable at all. */
async function confined(
  account: { readonly uid: number; readonly gid: number },
  refused: (command: string) => boolean,
  script = ask,
) {
  const inner = commandRunner();
  const run: Run = (command, args, options) => {
    if (refused(command)) return Promise.resolve({ code: 1, stdout: "", stderr: "" });
    if (command !== "sudo") return inner(command, args, options);
    return inner("env", ["-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", ...args.slice(1)], {
      ...options,
      env: process.env,
    });
  };
  await using confinement = await confine({
    run,
    account,
    path: process.env["PATH"],
    sight: {
      hide: [join(root, "home"), join(root, "run")],
      keep: [join(root, "home/keep"), join(root, "home/own")],
      discard: [join(root, "checkout")],
      cover: [join(root, "token")],
    },
    scratch: root,
    own: join(root, "home/own"),
    pass: [],
    env: { HOME: "/nowhere" },
  });
  const told = await confinement.run("sh", ["-c", script, "sh", root], {
    cwd: root,
    env: { PATH: process.env["PATH"], PIP_X: "a\\nb\n'c'", DATABASE_PASSWORD: "x" },
    input: "its input\n",
  });
  return { ...told, described: confinement.described };
}

const asRoot = process.getuid?.() === 0;

/** Writes to everything it finds. Reports where that worked, and what it can read of it. */
const change = `cd "$1"
for path in checkout/.git/config checkout/new home/keep/tool home/own/made token new /usr/local/woven-test; do
  (printf changed >>"$path") 2>/dev/null && echo "wrote $path"
done
cat checkout/.git/config
[ ! -e run/bus ] || echo "sees run/bus"`;

test.runIf(asRoot).each([
  ["root", { uid: 0, gid: 0 }, () => false, "0"],
  ["sudo", { uid: 12345, gid: 12345 }, (command: string) => command === "unshare", "12345"],
] as const)(
  "%s: sees what is kept, its own processes and variables, and its input",
  async (_, account, refused, uid) => {
    const { stdout, stderr, code, described } = await confined(account, refused);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const lines = stdout.trim().split("\n");
    expect(lines.slice(0, 6)).toEqual([uid, `${root}/home:`, "keep", "own", "", `${root}/home/keep:`]);
    expect(lines).toContain("tool");
    expect(lines.filter((line) => /^[0-9]$/.test(line)).length).toBeGreaterThan(0);
    expect(stdout).not.toMatch(/secret|token\n/);
    expect(stdout).toContain("/nowhere|a\\nb\n'c'\nits input\n");
    expect(stdout).toMatch(/NoNewPrivs:\s+1/);
    expect(described).toBe("isolated");
    expect(await readFile(join(root, "home/secret"), "utf8")).toBe("secret");
  },
);

test.runIf(asRoot).each([
  ["root", { uid: 0, gid: 0 }, () => false],
  ["sudo", { uid: 12345, gid: 12345 }, (command: string) => command === "unshare"],
] as const)("%s: changes only its own folder, and sees no socket of another program", async (_, account, refused) => {
  const { uid, gid } = account;
  for (const name of ["checkout", "checkout/.git", "checkout/.git/config", "home/keep/tool", "home/own", "."])
    await chown(join(root, name), uid, gid);
  const server = createServer().listen(join(root, "run/bus"));
  await once(server, "listening");
  const { stdout, described } = await confined(account, refused, change);
  server.close();
  expect(described).toBe("isolated");
  // It can write to the checkout, but only to a copy. What covers the token takes everything.
  expect(stdout.split("\n").filter((line) => line.startsWith("wrote") && !line.endsWith("token"))).toEqual([
    "wrote checkout/.git/config",
    "wrote checkout/new",
    "wrote home/own/made",
  ]);
  expect(stdout).toContain("[core]changed");
  expect(stdout).not.toContain("sees");
  const kept = ["checkout/.git/config", "home/keep/tool", "token", "home/own/made"];
  const texts = await Promise.all(kept.map((name) => readFile(join(root, name), "utf8")));
  expect(texts).toEqual(["[core]", "tool", "token", "changed"]);
  expect(await readdir(join(root, "checkout"))).toEqual([".git"]);
});

test("without namespaces it says so, and cannot gain rights", async () => {
  const { stdout, described } = await confined({ uid: 12345, gid: 12345 }, (command) => command !== "setpriv");
  expect(described).toContain("not isolated");
  expect(stdout).toMatch(/NoNewPrivs:\s+1/);
  expect(stdout).toContain("/nowhere|a\\nb\n'c'\nits input\n");
});
