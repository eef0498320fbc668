// A deploy user, keys and sudo that somebody has made by hand, or spoilt: setupnode puts them right, or says what is in the way.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { ownKeyPair } from "../../src/local/key-pair.ts";
import type { LocalNode } from "../../src/local/node.ts";
import { FakeCache } from "../harness/fake-cache.ts";
import { attempt } from "./support/attempt.ts";
import { keys } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { changedSteps, expectNothingChanged, stockedNode } from "./support/setup.ts";
import { login } from "./support/ssh-login.ts";

// SSH stays on its port, and root is let in: the first account is there to go back to.
const toml = "ssh-port = 22\ndefault-ssh-port = 22\ndisable-root = false\n";

let cache: FakeCache;
let node: LocalNode;
let run: Awaited<ReturnType<typeof attempt>>;
beforeAll(async () => {
  cache = await FakeCache.start();
  node = await stockedNode("trixie", { kind: "root" });
  // Refusals are what these tests are about: sshd is not to shut the door after some of them.
  await inside(node, "echo 'PerSourcePenalties no' >/etc/ssh/sshd_config.d/90-patient.conf; systemctl reload ssh");
  run = await attempt(node, toml, cache);
});
afterAll(async () => {
  for (const thing of [run, node, cache]) await thing?.[Symbol.asyncDispose]();
});

const deployLogin = () => login({ user: "woven", host: node.host, port: 22, node }, "sudo -n id -un");
const blob = keys.publicKey.split(" ").slice(0, 2).join(" ");

test("a deploy user with the key and without sudo is reached by the first account, and gets sudo", async () => {
  await inside(
    node,
    `useradd --create-home --shell /bin/sh woven; install -d -m 700 -o woven -g woven ~woven/.ssh
printf '# mine\\r\\n${blob}\\r\\n' >~woven/.ssh/authorized_keys; chown woven:woven ~woven/.ssh/authorized_keys; chmod 600 ~woven/.ssh/authorized_keys`,
  );
  await run.succeed();
  expect(await deployLogin()).toMatchObject({ code: 0, stdout: "root\n" });
  expect(await inside(node, "grep -c . ~woven/.ssh/authorized_keys; getent passwd woven | cut -d: -f7")).toBe(
    "2\n/bin/sh",
  );
  expectNothingChanged(await run.succeed());
});

test("an account that runs no shell, or is over, and a home and keys that are root's", async () => {
  await inside(node, "usermod --shell /usr/sbin/nologin woven");
  expect(changedSteps(await run.succeed())).toContain("deploy-user");
  expect(await deployLogin()).toMatchObject({ code: 0, stdout: "root\n" });

  await inside(
    node,
    "usermod --expiredate 2020-01-01 woven; chown -R root:root ~woven/.ssh; chown root ~woven; chmod 777 ~woven",
  );
  expect(changedSteps(await run.succeed())).toEqual(expect.arrayContaining(["deploy-user", "deploy-keys"]));
  expect(await deployLogin()).toMatchObject({ code: 0, stdout: "root\n" });

  await inside(node, "rm -r ~woven; chage -d 0 woven");
  expect(changedSteps(await run.succeed())).toEqual(expect.arrayContaining(["deploy-user", "deploy-keys"]));
  expect(await deployLogin()).toMatchObject({ code: 0, stdout: "root\n" });
  expectNothingChanged(await run.succeed());
});

test("a rule for sudo that is read after Woven's and asks for a password is named", async () => {
  await inside(node, "echo 'woven ALL=(ALL) ALL' >/etc/sudoers.d/zz-mine");
  const { error, failure } = await run.fail();
  expect(failure).toMatchObject({ code: "step-failed", step: "sudo" });
  expect(error).toContain("/etc/sudoers.d/zz-mine");
  // What is read before Woven's is overruled by it.
  await inside(
    node,
    "rm /etc/sudoers.d/zz-mine; printf 'Defaults requiretty\\nDefaults targetpw\\nwoven ALL=(ALL) ALL\\n' >/etc/sudoers.d/10-mine",
  );
  expectNothingChanged(await run.succeed());
  await inside(node, "rm /etc/sudoers.d/10-mine");
});

test("a key of the run with a command of its own is named; one that is only held to an address stays so", async () => {
  const file = "~woven/.ssh/authorized_keys";
  await inside(node, `echo 'no-pty,command="true" ${blob}' >${file}`);
  const { error, failure } = await run.fail();
  expect(failure).toMatchObject({ code: "step-failed", step: "deploy-keys" });
  expect(error).toContain('no-pty,command="true"');
  await inside(node, `echo 'from="198.18.0.0/15",no-agent-forwarding ${blob}' >${file}`);
  expectNothingChanged(await run.succeed());
  expect(await inside(node, `grep -c . ${file}`)).toBe("1");
});

test.each([
  ["AllowUsers ada root", /woven.*\b22\b.*allowusers.*grep -ri allowusers/s],
  ["DenyGroups wo*", /woven.*\b22\b.*denygroups/s],
  ["Match User woven\n  PubkeyAuthentication no", /woven.*\b22\b.*pubkeyauthentication no/s],
  ["AuthorizedKeysFile /etc/ssh/keys/%u", /woven.*\b22\b.*keys/s],
])("sshd that turns the deploy user away by %s is told", async (line, words) => {
  // Root is let in by another file, so that nobody is locked out here.
  await inside(
    node,
    `install -d -m 755 /etc/ssh/keys; cp /root/.ssh/authorized_keys /etc/ssh/keys/root
printf '%s\\n' '${line}' >/etc/ssh/sshd_config.d/50-mine.conf; systemctl reload ssh`,
  );
  const { error } = await run.fail();
  expect(error).toMatch(words);
  await inside(node, "rm /etc/ssh/sshd_config.d/50-mine.conf; systemctl reload ssh");
  expectNothingChanged(await run.succeed());
});

test("keys that Woven added go with their setting, and with the run that had them; others stay", async () => {
  const folder = await mkdtemp(join(tmpdir(), "woven-keys-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = "~woven/.ssh/authorized_keys";
  const names = () => inside(node, `tr -d '\\r' <${file} | awk '{ print $NF }' | sort | tr '\\n' ' '`);
  const key = (letter: string, name: string) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${letter.repeat(43)} ${name}`;
  await inside(node, `printf '%s mine\\r\\n# theirs\\n%s' '${blob}' '${key("T", "theirs")}' >${file}`);
  const more = (...some: readonly string[]) => `${toml}authorized-keys = ${JSON.stringify(some)}\n`;

  await run.project.write("woven.toml", more(key("A", "ada"), key("B", "bob"), key("T", "theirs")));
  await run.succeed();
  expect(await names()).toBe("ada bob mine theirs theirs");
  await run.project.write("woven.toml", more(key("B", "robert")));
  const { stdout } = await run.succeed();
  expect(stdout).toMatch(/│ .*ssh-ed25519 \S+ ada$/m);
  expect(await names()).toBe("mine robert theirs theirs");
  expectNothingChanged(await run.succeed());

  // A key of the run's own, and the one that takes its place.
  const other = await ownKeyPair(join(folder, "other"));
  await inside(node, `echo '${other.publicKey}' >>/root/.ssh/authorized_keys`);
  await run.project.write("woven.toml", toml);
  const rotated = { "ssh-key": await readFile(other.privateKeyFile, "utf8") };
  await run.succeed(rotated);
  expectNothingChanged(await run.succeed(rotated));
  const [, otherBlob = ""] = other.publicKey.split(" ");
  expect(await inside(node, `grep -cF '${otherBlob}' ${file}; wc -l <${file}`)).toBe("1\n4");
  expect(changedSteps(await run.succeed())).toEqual(["deploy-keys"]);
  expect(await names()).toBe("mine theirs theirs");
  expect(await deployLogin()).toMatchObject({ code: 0, stdout: "root\n" });
  expectNothingChanged(await run.succeed());
});

test("a second deploy user has sudo beside the first one, also where that has it from an earlier version", async () => {
  const becomes = (user: string) => inside(node, `runuser -u ${user} -- sudo -n id -un`);
  const second = { role: `ada@${node.host}` };
  await run.succeed(second);
  expectNothingChanged(await run.succeed());
  expect(await inside(node, "cd /etc/sudoers.d; ls woven*")).toBe("woven-ada\nwoven-woven");
  await inside(node, "cd /etc/sudoers.d; mv woven-woven woven");
  expect(changedSteps(await run.succeed(second))).toEqual(["sudo"]);
  expect([await becomes("woven"), await becomes("ada")]).toEqual(["root", "root"]);
  expect(await inside(node, "cd /etc/sudoers.d; ls woven*")).toBe("woven-ada\nwoven-woven");
  await inside(node, "cd /etc/sudoers.d; mv woven-woven woven");
  expect(changedSteps(await run.succeed())).toEqual(["sudo"]);
  expect(await inside(node, "cd /etc/sudoers.d; ls woven*")).toBe("woven-ada\nwoven-woven");
});
