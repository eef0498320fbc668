// Each way to confine a program, as far as this machine allows it: the tests run as root here, and elsewhere as somebody else.
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
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
  await mkdir(join(root, "home/keep"), { recursive: true });
  await writeFile(join(root, "home/secret"), "secret");
  await writeFile(join(root, "home/keep/tool"), "tool");
  await writeFile(join(root, "token"), "token");
});

afterEach(() => rm(root, { recursive: true, force: true }));

const ask = `id -u; ls "$1/home" "$1/home/keep"; cat "$1/token"; ls /proc | grep -c '^[0-9]'; printf '%s|%s\\n' "$HOME" "$PIP_X"; cat; grep NoNewPrivs /proc/self/status`;

/** Root's own programs stand in for sudo, which here hands on no variable at all. */
async function confined(
  account: { readonly uid: number; readonly gid: number },
  refused: (command: string) => boolean,
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
    sight: { hide: [join(root, "home")], keep: [join(root, "home/keep")], cover: [join(root, "token")] },
    scratch: root,
    pass: [],
    env: { HOME: "/nowhere" },
  });
  const told = await confinement.run("sh", ["-c", ask, "sh", root], {
    cwd: root,
    env: { PATH: process.env["PATH"], PIP_X: "a\\nb\n'c'", DATABASE_PASSWORD: "x" },
    input: "its input\n",
  });
  return { ...told, described: confinement.described };
}

const asRoot = process.getuid?.() === 0;

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
    expect(lines.slice(0, 5)).toEqual([uid, `${root}/home:`, "keep", "", `${root}/home/keep:`]);
    expect(lines).toContain("tool");
    expect(lines.filter((line) => /^[0-9]$/.test(line)).length).toBeGreaterThan(0);
    expect(stdout).not.toMatch(/secret|token\n/);
    expect(stdout).toContain("/nowhere|a\\nb\n'c'\nits input\n");
    expect(stdout).toMatch(/NoNewPrivs:\s+1/);
    expect(described).toBe("isolated");
    expect(await readFile(join(root, "home/secret"), "utf8")).toBe("secret");
  },
);

test("without namespaces it says so, and cannot gain rights", async () => {
  const { stdout, described } = await confined({ uid: 12345, gid: 12345 }, (command) => command !== "setpriv");
  expect(described).toContain("not isolated");
  expect(stdout).toMatch(/NoNewPrivs:\s+1/);
  expect(stdout).toContain("/nowhere|a\\nb\n'c'\nits input\n");
});
