// A cloud image lets root log in to be told another account. Against a real sshd with the forced command that cloud-init writes.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLog } from "../../src/log.ts";
import { readFacts } from "../../src/node/facts.ts";
import { forcedLogin } from "../../src/node/forced-login.ts";
import { Host } from "../../src/node/host.ts";
import { connect } from "../../src/node/session.ts";
import { optionsFor, type Sshd, startSshd } from "./sshd.ts";

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd?.[Symbol.asyncDispose]());

/** A host whose account runs this command and no other. `woven` is the deploy user of its role. */
function hostThatRuns(command: string): Host {
  const key = readFileSync(join(sshd.folder, "user.pub"), "utf8");
  const options = `no-port-forwarding,command="${command.replaceAll('"', '\\"')}"`;
  writeFileSync(join(sshd.folder, "authorized_keys"), `${options} ${key}`);
  return new Host({
    address: { user: "woven", host: "127.0.0.1" },
    connect: () => connect(optionsFor(sshd)),
    log: createLog(() => undefined),
  });
}

test("the error shows the server's answer, and the line with the account that it names", async () => {
  await using host = hostThatRuns(
    `echo 'Please login as the user "ubuntu" rather than the user "${sshd.user}".';echo;exit 142`,
  );
  await expect(readFacts(host)).rejects.toMatchObject({
    code: "login-runs-nothing",
    message: expect.stringContaining(`Please login as the user "ubuntu" rather than the user "${sshd.user}".`),
    details: { node: "127.0.0.1", next: expect.stringMatching(/root-user = "ubuntu"$/) },
  });
});

test("an answer that names no account is shown, too, even if it ends well", async () => {
  await using host = hostThatRuns("echo 'This account is currently not available.'");
  await expect(readFacts(host)).rejects.toMatchObject({
    code: "login-runs-nothing",
    message: expect.stringContaining("This account is currently not available."),
    details: { next: expect.stringContaining("root-user = ") },
  });
});

test("a command that fails and says nothing is no such account", async () => {
  await using host = hostThatRuns("echo 'cannot open /etc/os-release' >&2; exit 2");
  await expect(readFacts(host)).rejects.toMatchObject({
    code: "facts",
    details: { output: expect.stringContaining("os-release") },
  });
});

describe("what a server says", () => {
  const at = { user: "root", node: "web1", deployUser: "woven" };

  test.each(['x"; reboot #', "-rf", "a".repeat(60)])("is no line to write if it is no account: %s", (name) => {
    const error = forcedLogin(
      { stdout: `Please login as the user ${name} rather than the user root.`, stderr: "" },
      at,
    );
    expect(error?.details.next).toMatch(/root-user = "debian"$/);
  });

  test("cannot make more than one line of the message, nor an endless one", () => {
    const error = forcedLogin({ stdout: `\u001b[2Jno\u2028way\r${"!".repeat(10_000)}`, stderr: "" }, at);
    expect(error?.message).toMatch(/^[^\p{Cc}\u2028]{1,400}$/u);
  });

  test("of the deploy user leads to the role, not to another first account alone", () => {
    const error = forcedLogin({ stdout: "no", stderr: "" }, { ...at, deployUser: "root" });
    expect(error?.details.next).toContain("role");
  });
});
