import { spawn } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { createLog } from "../../src/log.ts";
import { Host } from "../../src/node/host.ts";
import type { ExecResult, Session } from "../../src/node/session.ts";
import { lines, sh } from "../../src/node/sh.ts";
import { secret } from "../../src/settings/secret.ts";
import { runs, scratch } from "./stage-run.ts";

/** A sudo that wants this password, or none; it says which words it was given. */
function sudoOf(password: string | undefined): string {
  const folder = scratch();
  const asks = `if [ "$1" = -n ]; then echo 'sudo: a password is required' >&2; exit 1; fi
IFS= read -r given
[ "$given" = '${password ?? ""}' ] || { echo 'Sorry, try again.' >&2; echo 'sudo: 1 incorrect password attempt' >&2; exit 1; }`;
  writeFileSync(
    join(folder, "sudo"),
    `#!/bin/sh\n${password === undefined ? "" : asks}\nwhile [ "$1" != -- ] && [ "$1" != true ]; do shift; done\n[ "$1" = true ] || shift\nexec "$@"\n`,
  );
  chmodSync(join(folder, "sudo"), 0o755);
  return folder;
}

interface Login {
  readonly user: string;
  /** What sudo on the node asks for; undefined: nothing. */
  readonly sudo?: string;
  /** What the settings hold. */
  readonly password?: string;
}

/** A host whose commands run in a shell of this machine. */
function hostOf({ user, sudo, password }: Login) {
  const path = `${sudoOf(sudo)}:${process.env["PATH"]}`;
  const commands: string[] = [];
  const exec: Session["exec"] = async (command, { input, onStdout } = {}) => {
    commands.push(command.text);
    const child = spawn("/bin/sh", ["-c", command.text], { env: { PATH: path } });
    child.stdin.on("error", () => undefined);
    const source = typeof input === "string" || input instanceof Uint8Array ? [Buffer.from(input)] : (input ?? []);
    Readable.from(source as Iterable<Uint8Array>).pipe(child.stdin);
    const [stdout, stderr] = await Promise.all([child.stdout.toArray(), child.stderr.toArray()]);
    onStdout?.(Buffer.concat(stdout));
    const code =
      child.exitCode ?? (await new Promise<number>((resolve) => child.on("exit", (status) => resolve(status ?? 255))));
    return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() } as ExecResult;
  };
  let logins = 0;
  const target = { user, host: "web1", port: 22 };
  const session = { target, exec, close: async () => undefined } as unknown as Session;
  const host = new Host({
    address: { user, host: "web1" },
    connect: async () => {
      logins += 1;
      return session;
    },
    log: createLog(() => undefined),
    ...(password === undefined ? {} : { password: secret(password) }),
  });
  return { host, commands, logins: () => logins };
}

const echo = sh`printf '<%s>' "$@"; cat`;
const args = ["it's", "$(id)", "a  b", ""];

describe("a script runs as root, with its arguments and input as they were", () => {
  test.each<[string, Login]>([
    ["of root", { user: "root" }],
    ["of root, whatever password there is", { user: "root", password: "pass word" }],
    ["by a sudo that does not ask", { user: "woven" }],
    ["by a sudo that does not ask, though a password is there", { user: "woven", password: "pass word" }],
    ["by a sudo that asks", { user: "woven", sudo: "pass \\word", password: "pass \\word" }],
  ])("%s", async (_, login) => {
    const { host } = hostOf(login);
    const result = await host.root(echo, { args, input: "line one\nline two" });
    expect(result).toMatchObject({ code: 0, stdout: "<it's><$(id)><a  b><>line one\nline two", stderr: "" });
  });

  test.each<[string, Login]>([
    ["of root", { user: "root" }],
    ["by a sudo that does not ask, though a password is there", { user: "woven", password: "pass word" }],
    ["by a sudo that asks", { user: "woven", sudo: "pass \\word", password: "pass \\word" }],
  ])("in a shell that was opened before, %s", async (_, login) => {
    const { host, commands } = hostOf(login);
    host.standBy(2);
    await expect.poll(() => commands.length).toBe(2);
    for (const input of ["line one\nline two", Readable.from([Buffer.from("a\n"), Buffer.from("b")])]) {
      const heard: Buffer[] = [];
      const result = await host.root(echo, { args, input, onStdout: (chunk) => heard.push(chunk) });
      expect(result).toMatchObject({ code: 0, stderr: "" });
      expect(Buffer.concat(heard).toString()).toMatch(/^<it's><\$\(id\)><a {2}b><>(line one\nline two|a\nb)$/);
    }
    expect(commands).toHaveLength(2);
  });

  test.each([
    ["script", lines([echo, sh`exit 3`]), args],
    ["argument", sh`${echo}; exit 3`, ["two\nlines"]],
  ])("also a %s of several lines, which an open shell cannot take", async (_, script, words) => {
    const { host, commands } = hostOf({ user: "root" });
    host.standBy(1);
    await expect.poll(() => commands.length).toBe(1);
    const heard: Buffer[] = [];
    expect(await host.root(script, { args: words, onStdout: (chunk) => heard.push(chunk) })).toMatchObject({ code: 3 });
    expect(Buffer.concat(heard).toString()).toBe(words.map((word) => `<${word}>`).join(""));
    expect(commands).toHaveLength(2);
  });

  test("with input that is a stream", async () => {
    const { host } = hostOf({ user: "woven", sudo: "pw", password: "pw" });
    const input = Readable.from([Buffer.from("a"), Buffer.from("b")]);
    expect((await host.root(echo, { input })).stdout).toBe("<>ab");
  });

  test("and the password is on no command line", async () => {
    const { host, commands } = hostOf({ user: "woven", sudo: "hunter2", password: "hunter2" });
    await host.root(echo);
    expect(commands.join("\n")).not.toContain("hunter2");
  });
});

describe("a script with a time limit", () => {
  test.each<[string, Login]>([
    ["root", { user: "root" }],
    ["a user with sudo", { user: "woven" }],
  ])("is ended on the node, with what it has started: %s", async (_, login) => {
    const folder = scratch();
    const script = sh`sh -c 'echo $$ >"$1/pid"; exec sleep 300' - ${folder}; echo never`;
    await expect(hostOf(login).host.root(script, { timeoutSeconds: 1 })).rejects.toMatchObject({
      code: "command-timeout",
      message: expect.stringMatching(/web1.* 1 s/),
    });
    const pid = readFileSync(join(folder, "pid"), "utf8").trim();
    await expect.poll(() => runs(pid)).toBe(false);
  });

  test("says how it ended where it keeps within it", async () => {
    const { host } = hostOf({ user: "root" });
    expect(await host.root(sh`cat; exit 7`, { timeoutSeconds: 20, input: "in" })).toMatchObject({
      code: 7,
      stdout: "in",
    });
  });
});

test("those who need a login at once share it", async () => {
  const { host, logins } = hostOf({ user: "root" });
  await Promise.all([host.root(sh`true`), host.root(sh`true`), host.session()]);
  expect(logins()).toBe(1);
});

describe("an account that cannot become root", () => {
  test.each<[string, Login]>([
    ["because sudo asks and no password is given", { user: "woven", sudo: "right" }],
    ["because the password is wrong", { user: "woven", sudo: "right", password: "wrong" }],
  ])("is told what to do: %s", async (_, login) => {
    await expect(hostOf(login).host.root(echo)).rejects.toMatchObject({
      code: "no-sudo",
      message: expect.stringMatching(/\bwoven\b.*\bweb1\b/),
    });
  });

  test.each(["sudo: unable to resolve host web1: Name or service not known", "sudo: unable to resolve host web1"])(
    "is another thing than a script that fails where sudo grumbles: %s",
    async (line) => {
      const { host } = hostOf({ user: "woven" });
      expect(await host.root(sh`echo ${line} >&2; exit 3`)).toMatchObject({ code: 3 });
    },
  );
});
