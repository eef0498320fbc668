// setupnode where things are not as they should be: it ends as asked, or says clearly what is wrong, and nothing is lost.

import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownKeyPair } from "../../src/local/key-pair.ts";
import { type LocalNode, startNode } from "../../src/local/node.ts";
import { run } from "../../src/local/privileged.ts";
import { FakeCache } from "../harness/fake-cache.ts";
import { until } from "./local-node-harness.ts";
import { attempt as attemptOn } from "./support/attempt.ts";
import type { Checkout } from "./support/checkout.ts";
import { keys } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { operator } from "./support/operator.ts";
import { changedSteps, expectNothingChanged, isInstalled, settingsOnly, stockedNode } from "./support/setup.ts";
import { login, waysIn } from "./support/ssh-login.ts";

let cache: FakeCache;
let folder: string;
beforeAll(async () => {
  cache = await FakeCache.start();
  folder = await mkdtemp(join(tmpdir(), "woven-bad-luck-"));
});
afterAll(async () => {
  await cache[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const attempt = (node: LocalNode, toml: string) => attemptOn(node, toml, cache);

const installed = (node: LocalNode) => inside(node, "dpkg -l");
/** The lists of packages are asked for anew. */
const outdated = (node: LocalNode) => inside(node, "touch -d '3 days ago' /var/lib/apt/lists");

describe("apt", () => {
  let node: LocalNode;
  beforeAll(async () => {
    node = await stockedNode("trixie", { kind: "root" });
  });
  afterAll(() => node.stop());

  test("a name that no source knows is told before anything is installed, and so is a PPA on Debian", async () => {
    const before = await installed(node);
    await using unknown = await attempt(node, 'extra-packages = ["tree", "nginxx"]\n');
    const misspelt = await unknown.fail();
    expect(misspelt.failure).toMatchObject({ code: "step-failed", step: "known-packages" });
    expect(misspelt.error).toMatch(/\bnginxx\b/);
    await using ppa = await attempt(node, 'extra-packages = ["tree"]\npackage-repositories = ["ppa:deadsnakes/ppa"]\n');
    expect((await ppa.fail()).error).toMatch(/ppa:deadsnakes\/ppa.*Debian GNU\/Linux 13/s);
    await using zone = await attempt(node, 'extra-packages = ["tree"]\ntimezone = "US/Eastern"\n');
    const early = await zone.fail();
    expect(early.failure).toMatchObject({ code: "step-failed", step: "timezone-known" });
    expect(early.error).toMatch(/tzdata-legacy/);
    expect(early.error).toMatch(/US\/Eastern/);
    expect(await installed(node)).toBe(before);
    expect(await waysIn(node, "root")).toEqual(["old"]);
  });

  test("a mirror that is down", async () => {
    const before = await installed(node);
    const sources = "/etc/apt/sources.list.d/debian.sources";
    await inside(
      node,
      `cp -p ${sources} /root/kept; sed -i 's#^URIs: .*#URIs: http://127.0.0.1:9/debian#' ${sources}
printf 'Acquire::http::Proxy::127.0.0.1 "DIRECT";\\nAcquire::Retries "0";\\n' >/etc/apt/apt.conf.d/98down`,
    );
    await using down = await attempt(node, 'extra-packages = ["tree"]\n');
    const { result, failure } = await down.fail();
    expect(failure).toMatchObject({ code: "step-failed", step: "package-lists" });
    expect(result.stdout).toMatch(/127\.0\.0\.1/);
    expect(await installed(node)).toBe(before);
    expect(await waysIn(node, "root")).toEqual(["old"]);
    await inside(node, `mv /root/kept ${sources}; touch ${sources}; rm /etc/apt/apt.conf.d/98down`);
  });

  test("a disk that is full: before the first step, and while packages come", async () => {
    await using full = await attempt(node, 'extra-packages = ["tree"]\n');
    await inside(node, "mkdir -p /var/local/woven; mount -t tmpfs -o size=16k tmpfs /var/local/woven");
    const early = await full.fail().finally(() => inside(node, "umount /var/local/woven"));
    expect(early.failure).toMatchObject({ code: "stage-not-started" });
    expect(early.error).toContain("No space left on device");
    await inside(node, "mount -t tmpfs -o size=16k tmpfs /var/cache/apt/archives");
    const { result, failure } = await full.fail().finally(() => inside(node, "umount /var/cache/apt/archives"));
    expect(failure).toMatchObject({ code: "step-failed", step: "packages" });
    expect(result.stdout).toMatch(/don't have enough free space|No space left/);
    await inside(node, "! ls /usr/sbin/policy-rc.d");
    expect(await waysIn(node, "root")).toEqual(["old"]);
  });

  test("somebody else who is at work with apt is waited for, and what dpkg had not ended is ended", async () => {
    await outdated(node);
    await inside(
      node,
      "sed -i '/^Package: logrotate$/,/^$/s/^Status: .*/Status: install ok half-configured/' /var/lib/dpkg/status",
    );
    const hold = `import fcntl, os, time
held = [open(name, "w") for name in ("/var/lib/apt/lists/lock", "/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock")]
for file in held: fcntl.lockf(file, fcntl.LOCK_EX)
open("/run/held", "w").close()
while os.path.exists("/run/held"): time.sleep(0.05)
`;
    await node.run(["sh", "-c", "cat >/run/hold.py; systemd-run --quiet --unit=hold python3 /run/hold.py"], {
      input: hold,
    });
    await until("the locks are held", async () => (await node.run(["test", "-e", "/run/held"])).code === 0);
    await using waits = await attempt(node, 'extra-packages = ["tree"]\n');
    const running = await waits.start();
    await until(
      "the run waits for its turn",
      async () => (await node.run(["sh", "-c", "grep -qs lock /var/local/woven/runs/setup-*/turn"])).code === 0,
      60,
    );
    await inside(node, "rm /run/held");
    const result = await running.result;
    expect(result.code, result.stdout).toBe(0);
    expect(await inside(node, "dpkg --audit; tree --version >/dev/null")).toBe("");
    await waits.converge();
  });

  test("needrestart, told to restart what is out of date, leaves the stage that it finds so", async () => {
    await using run = await attempt(node, 'extra-packages = ["tree", "needrestart"]\n');
    // Without a word about needrestart there is nothing that could be restarted yet; with one, all that runs is out of date.
    await run.succeed();
    await inside(node, `echo '$nrconf{restart} = "a";' >/etc/needrestart/conf.d/10-mine.conf`);
    await run.project.write(
      "woven/hooks/post_setupnode",
      "#!/bin/sh\nset -e\nsudo env DEBIAN_FRONTEND=noninteractive apt-get -y -qq install --reinstall libc6 2>&1\ntouch ~/to-the-end\n",
    );
    await run.succeed();
    await inside(node, "test -e ~woven/to-the-end");
    expect(await inside(node, "needrestart -b -r l 2>/dev/null | grep '^NEEDRESTART-SVC: woven-' || :")).toBe("");
  });

  test("a repository with its key is taken up and given up; one with another key is named, and spoils nothing", async () => {
    await using repository = await packageRepository(node);
    await inside(
      node,
      `printf 'Acquire::http::Proxy::${new URL(repository.url).hostname} "DIRECT";\\n' >/etc/apt/apt.conf.d/98direct`,
    );
    const source = (key: string) =>
      `Types: deb\nURIs: ${repository.url}\nSuites: ./\nSigned-By:\n${key
        .trim()
        .split("\n")
        .map((line) => ` ${line || "."}\n`)
        .join("")}`;
    const toml = (key: string) =>
      `extra-packages = ["woven-hello", "hello"]\npackage-repositories = ["""\n${source(key)}"""]\n`;
    await using wrong = await attempt(node, toml(repository.otherKey));
    const unsigned = await wrong.fail();
    expect(unsigned.failure).toMatchObject({ code: "step-failed", step: "package-lists" });
    expect(unsigned.error).toContain("package-repositories");
    expect(await inside(node, "ls /etc/apt/sources.list.d; apt-get -qq update")).toBe("debian.sources");

    const calls = () => inside(node, "grep -cE '^Commandline: .*apt-get .* install ' /var/log/apt/history.log");
    const before = Number(await calls());
    await using right = await attempt(node, toml(repository.key));
    await right.converge();
    expect(Number(await calls()) - before).toBe(1);
    expect([await isInstalled(node, "woven-hello"), await isInstalled(node, "hello")]).toEqual([true, true]);
    expect(await inside(node, "stat -c %a:%U /etc/apt/sources.list.d/woven-*")).toBe("644:root");

    // A newer one, with another configuration file than the one that its owner has changed.
    await inside(node, "echo mine >/etc/woven-hello.conf");
    await repository.publish("1.1");
    await inside(node, "apt-get -qq update");
    const waits = await right.succeed({ "dry-run": "true" });
    expectNothingChanged(waits);
    expect(waits.stdout).toContain("woven-hello");
    expect(changedSteps(await right.succeed())).toEqual(["upgrade"]);
    expect(await inside(node, "dpkg -s woven-hello | sed -n 's/^Version: //p'; cat /etc/woven-hello.conf")).toBe(
      "1.1\nmine",
    );

    await right.converge('extra-packages = ["tree"]\n');
    expect(await inside(node, "ls /etc/apt/sources.list.d")).toBe("debian.sources");
    expect([await isInstalled(node, "woven-hello"), await isInstalled(node, "hello")]).toEqual([false, false]);
    expect(
      await inside(
        node,
        "cat /etc/woven-hello.conf; dpkg -s woven-hello | grep Status; ! grep ^Purge /var/log/apt/history.log",
      ),
    ).toBe("mine\nStatus: deinstall ok config-files");

    // As on an Ubuntu that the PPA has nothing for.
    const ppa = "/etc/apt/sources.list.d/ada-ubuntu-tools.sources";
    const fake = `#!/bin/sh
printf 'Types: deb\nURIs: ${repository.url}ada/tools/ubuntu\nSuites: noble\nComponents: main\n' >${ppa}
`;
    await node.run(
      ["sh", "-c", "cat >/usr/local/bin/add-apt-repository; chmod 755 /usr/local/bin/add-apt-repository"],
      {
        input: fake,
      },
    );
    await inside(node, "cp /usr/lib/os-release /root/; sed -i 's/^ID=.*/ID=ubuntu/' /usr/lib/os-release");
    await right.project.write("woven.toml", 'extra-packages = ["tree"]\npackage-repositories = ["ppa:ada/tools"]\n');
    const { error, result, failure } = await right.fail();
    expect(failure).toMatchObject({ code: "step-failed", step: "package-lists" });
    expect(error).toContain("package-repositories");
    expect(result.stdout).toMatch(/ada\/tools\/ubuntu/);
    expect(await inside(node, "mv /root/os-release /usr/lib/; ls /etc/apt/sources.list.d; apt-get -qq update")).toBe(
      "debian.sources",
    );
  });

  test("a reboot that is due is told: where Debian notes it, and where a newer kernel than the one that runs is there", async () => {
    await using run = await attempt(node, 'extra-packages = ["tree"]\n');
    expect((await run.succeed()).stdout).not.toMatch(/libc6|999\.1\.0/);
    await inside(
      node,
      `touch /run/reboot-required; echo libc6 >/run/reboot-required.pkgs
mkdir -p /boot "/lib/modules/$(uname -r)"; touch /boot/vmlinuz-2.6.0-1-amd64 /boot/vmlinuz-999.1.0-2-cloud-amd64`,
    );
    const due = await run.succeed();
    expectNothingChanged(due);
    expect(due.stdout).toMatch(/│ .*\blibc6$/m);
    expect(due.stdout).toMatch(/│ .*\b999\.1\.0-2\b/);
    await inside(node, "rm /run/reboot-required* /boot/vmlinuz-999*");
    expect((await run.succeed()).stdout).not.toMatch(/libc6|999\.1\.0/);
  });
});

describe("the first way in", () => {
  test("a sudo that asks for a password: without it that is said, with it the run goes on", async () => {
    await using node = await stockedNode("trixie", { kind: "admin" });
    await inside(
      node,
      "echo 'debian:so much for that' | chpasswd; echo 'debian ALL=(ALL) ALL' >/etc/sudoers.d/90-cloud-init-users",
    );
    await using run = await attempt(node, 'root-user = "debian"\n');
    for (const inputs of [{}, { password: "wrong" }]) {
      const { error, failure } = await run.fail(inputs);
      expect(failure).toMatchObject({ code: "no-sudo" });
      expect(error).toMatch(/debian.*password/s);
    }
    await inside(node, "systemd-run --quiet --unit=watcher sh -c 'while :; do ps axww -o args=; done >/run/processes'");
    const { stdout } = await run.succeed({ password: "so much for that" });
    await inside(node, "systemctl stop watcher");
    expect(stdout.replaceAll(/^::add-mask::.*$/gm, "")).not.toContain("so much for that");
    const processes = await inside(node, "grep -a sudo /run/processes | sort -u");
    expect(processes).toMatch(/^sudo .*-S/m);
    expect(processes).not.toContain("so much");
    expectNothingChanged(await run.succeed({ password: "so much for that" }));
  });

  test("a server without sudo and without Python", async () => {
    await using node = await startNode({
      suite: "trixie",
      login: { kind: "root" },
      publicKey: keys.publicKey,
      log: () => undefined,
    });
    await inside(
      node,
      "SUDO_FORCE_REMOVE=yes apt-get -qq -y --autoremove purge sudo python3 python3-minimal libpython3-stdlib 2>&1; ! command -v python3 && ! command -v sudo",
    );
    // One without D-Bus has no timedatectl that works either.
    await inside(node, "rm /usr/bin/timedatectl");
    await using run = await attempt(node, 'base-packages = ["logrotate"]\ntimezone = "Asia/Tokyo"\n');
    await run.converge();
    expect(await inside(node, "date +%Z; [ ! -e /etc/timezone ] || cat /etc/timezone")).toMatch(
      /^JST(\nAsia\/Tokyo)?$/,
    );
  });

  test("a password and no key yet: the run's key is let in from then on, and passwords are not", async () => {
    await using node = await stockedNode("trixie", { kind: "root" });
    const password = "so much for that";
    await inside(
      node,
      `echo 'root:${password}' | chpasswd; rm /root/.ssh/authorized_keys
printf 'PasswordAuthentication yes\nPermitRootLogin yes\n' >/etc/ssh/sshd_config.d/50-cloud-init.conf; systemctl reload ssh`,
    );
    await using run = await attempt(node, "");
    const { stdout } = await run.succeed({ password });
    expect(stdout.replaceAll(/^::add-mask::.*$/gm, "")).not.toContain(password);
    expect(await waysIn(node, "root")).toEqual(["new"]);
    expect(await inside(node, "sshd -T | grep ^passwordauthentication; passwd -S root | cut -d' ' -f2")).toBe(
      "passwordauthentication no\nL",
    );
    expectNothingChanged(await run.succeed());
  });

  test("what the settings leave alone stays: root's login, passwords and the owner's firewall, also on the way back", async () => {
    await using node = await stockedNode("trixie", { kind: "root" });
    // The last rule is in the kernel alone: whoever loads ufw's files anew loses it.
    await inside(
      node,
      `echo 'root:so much for that' | chpasswd
printf 'PasswordAuthentication yes\nPermitRootLogin yes\n' >/etc/ssh/sshd_config.d/50-cloud-init.conf; systemctl reload ssh
ufw allow 22/tcp; ufw allow 10022/tcp; ufw --force enable; iptables -I ufw-user-input -s 203.0.113.9 -j DROP`,
    );
    const firewall = () =>
      inside(node, "find /etc/ufw /etc/default/ufw -type f -exec sha256sum {} + | sort; iptables -S; ip6tables -S");
    const before = await firewall();
    await using run = await attempt(node, "disable-root = false\ndisable-ssh-password = false\nenable-ufw = false\n");
    await run.project.write("templates/woven/etc/ufw/before.rules", "*filter\nCOMMIT\n");
    const { stdout } = await run.converge();
    expect(stdout).toMatch(/\/etc\/ufw\/before\.rules.*enable-ufw/);
    expect(
      await inside(node, "sshd -T | grep -E '^(passwordauthentication|permitrootlogin) '; passwd -S root"),
    ).toMatch(/^permitrootlogin yes\npasswordauthentication yes\nroot P /);
    expect((await login({ user: "root", host: node.host, port: 10022, node }, "true")).code).toBe(0);
    expect(await firewall()).toBe(before);

    await run.project.write("templates/woven/etc/ssh/sshd_config.d/20-mine.conf", "AllowUsers nobody\n");
    await run.fail();
    await takenBack(node);
    expect(await waysIn(node, "root")).toEqual(["new"]);
    expect(await firewall()).toBe(before);
  });

  test("SSH that is to stay on its port stays there", async () => {
    await using node = await stockedNode("trixie", { kind: "root" });
    await using run = await attempt(node, "ssh-port = 22\ndefault-ssh-port = 22\n");
    const { outputs } = await run.succeed();
    expect(outputs["known-hosts"]).toMatch(new RegExp(`^${node.host} `));
    expectNothingChanged(await run.succeed());
    expect((await login({ user: "woven", host: node.host, port: 22, node }, "sudo -n true")).code).toBe(0);
    expect((await login({ user: "root", host: node.host, port: 22, node }, "true")).code).toBe(255);
  });

  test("another key than the server's is told with what would let it in, and nothing happens", async () => {
    await using node = await stockedNode("trixie", { kind: "root" });
    const stranger = await ownKeyPair(join(folder, "stranger"));
    await using run = await attempt(node, "");
    const { error, failure } = await run.fail({ "ssh-key": await readFile(stranger.privateKeyFile, "utf8") });
    expect(failure).toMatchObject({ code: "login-refused" });
    expect(error).toContain(stranger.publicKey.split(" ")[1]);
    expect(await inside(node, "ls -d /var/local/woven /home/woven 2>/dev/null || :")).toBe("");
  });
});

describe("a server that somebody has set up by hand", () => {
  test("keeps its nginx: what does not go together with it is named, and the node would start with what it had", async () => {
    await using node = await stockedNode("trixie", { kind: "root" });
    // A first boot that never was is not waited for.
    await inside(
      node,
      `printf '#!/bin/sh\\n[ "$2" != --wait ] || sleep 3600; echo status: not run\\n' >/usr/bin/cloud-init; chmod 755 /usr/bin/cloud-init
echo 'server { listen 80 default_server; return 200 mine; }' >/etc/nginx/sites-available/mine
ln -s ../sites-available/mine /etc/nginx/sites-enabled/mine; rm /etc/nginx/sites-enabled/default
systemctl disable --quiet --now apache2; systemctl restart nginx`,
    );
    const state = () =>
      inside(
        node,
        "cd /etc/nginx; find . -type f -o -type l | sort | xargs ls -ld --time-style=full-iso -i; nginx -t -q; systemctl is-active nginx",
      );
    const before = await state();
    await using run = await attempt(node, "");
    const clash = await run.fail();
    expect(clash.failure).toMatchObject({ code: "step-failed", step: "etc-nginx" });
    expect(clash.result.stdout).toMatch(/default_server.*\/etc\/nginx\/sites-enabled\/mine:1/);
    // Not even for a moment: the same files, of the same time.
    expect(await state()).toBe(before);

    // An Apache that serves somebody is not stopped.
    await inside(
      node,
      "echo 'Listen 8081' >/etc/apache2/ports.conf; printf '<VirtualHost *:8081>\\n</VirtualHost>\\n' >/etc/apache2/sites-available/theirs.conf; a2ensite -q theirs; a2dissite -q 000-default; systemctl enable --quiet --now apache2",
    );
    const busy = await run.fail();
    expect(busy.failure).toMatchObject({ code: "step-failed", step: "apache-idle" });
    expect(busy.error).toContain("theirs.conf");
    await inside(node, "systemctl is-active apache2; a2dissite -q theirs");

    await inside(
      node,
      "echo 'server_names_hash_bucket_size 64;' >/etc/nginx/conf.d/mine.conf; sed -i 's/ default_server//' /etc/nginx/sites-available/mine",
    );
    const twice = await state();
    const duplicate = await run.fail();
    expect(duplicate.result.stdout).toMatch(/server_names_hash_bucket_size.*\/etc\/nginx\/conf\.d\/mine\.conf:1/);
    expect(await state()).toBe(twice);

    // What leads nowhere keeps nginx from starting; Woven's default host puts that right.
    await inside(
      node,
      "rm /etc/nginx/conf.d/mine.conf; ln -s /nowhere /etc/nginx/sites-enabled/default; ! nginx -t -q 2>/dev/null",
    );
    await run.converge();
    expect(
      await inside(
        node,
        "nginx -t -q; readlink /etc/nginx/sites-enabled/default; readlink /var/local/woven-backup/etc/nginx/sites-enabled/default",
      ),
    ).toBe("/etc/nginx/sites-available/default\n/nowhere");
  });

  test("keeps the SSH settings and firewall rules of its owner, or says which of them is in the way", async () => {
    await using node = await stockedNode("trixie", { kind: "root" });
    await inside(
      node,
      `echo 'Port 22' >/etc/ssh/sshd_config.d/10-mine.conf
printf 'PasswordAuthentication yes\\nPermitRootLogin yes\\nClientAliveInterval 60\\n' >/etc/ssh/sshd_config.d/50-x.conf
systemctl reload ssh
ufw allow 22/tcp; ufw allow 3000/tcp; ufw deny 10022/tcp; ufw --force enable
useradd -m woven; install -d -m 700 -o woven -g woven ~woven/.ssh; printf '%s' 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEs1d6DRzjX9nTXlTcNZAVvxXB3wTdyCc9WQ3VwvDgtN mine' >~woven/.ssh/authorized_keys; chown woven ~woven/.ssh/authorized_keys`,
    );
    await using run = await attempt(node, "");
    const { error, result, failure } = await run.fail();
    expect(failure).toMatchObject({ code: "step-failed", step: "sshd" });
    expect(error).toMatch(/22\D+10022.*\bPort\b.*\/etc\/ssh\/sshd_config\.d\/10-mine\.conf/s);
    expect(result.outputs).toMatchObject({ changed: "true" });
    expect(await waysIn(node, "root")).toContain("old");
    expect(await inside(node, "cat /etc/ssh/sshd_config.d/10-mine.conf")).toBe("Port 22");

    await inside(node, "rm /etc/ssh/sshd_config.d/10-mine.conf");
    await run.converge();
    expect(
      await inside(node, "sshd -T | grep -E '^(passwordauthentication|permitrootlogin|clientaliveinterval)' | sort"),
    ).toBe("clientaliveinterval 60\npasswordauthentication no\npermitrootlogin no");
    expect(await inside(node, "ufw show added | sed -n 's/^ufw //p' | sort")).toBe(
      "allow 'Woven SSH'\nallow 22/tcp\nallow 3000/tcp\nallow 80,443/tcp\ndeny 10022/tcp",
    );
    expect(
      await inside(node, "cut -d' ' -f3 ~woven/.ssh/authorized_keys | head -n 1; wc -l <~woven/.ssh/authorized_keys"),
    ).toBe("mine\n2");
  });

  test("whose systemd holds the port of SSH, moves it there", async () => {
    await using node = await stockedNode("trixie", { kind: "root" });
    await inside(
      node,
      `mkdir /etc/systemd/system/ssh.socket.d
printf '[Socket]\\nBindIPv6Only=ipv6-only\\nListenStream=\\nListenStream=0.0.0.0:22\\nListenStream=[::]:22\\n' >/etc/systemd/system/ssh.socket.d/10-mine.conf
systemctl daemon-reload; systemctl disable --quiet --now ssh.service; systemctl enable --quiet --now ssh.socket`,
    );
    await using run = await attempt(node, "");
    await run.converge();
    await inside(node, "ssh-keyscan -p 10022 ::1 2>/dev/null | grep -q ed25519");
    expect(
      await inside(node, "systemctl is-active ssh.socket; ss -Hltn | awk '{print $4}' | grep -c ':22$' || :"),
    ).toBe("active\n0");
    await node.reboot();
    expect(await waysIn(node, "root")).toEqual(["new"]);
    expectNothingChanged(await run.succeed());

    // As on Ubuntu 24.04: systemd is told the ports that sshd's own files name.
    const ours = "/etc/systemd/system/ssh.socket.d";
    const generator = "/usr/lib/systemd/system-generators/sshd-socket-generator";
    const script = `#!/bin/sh
mkdir -p /run/sshd "$1/ssh.socket.d"
{ printf '[Socket]\\nBindIPv6Only=ipv6-only\\nListenStream=\\n'; /usr/sbin/sshd -T | sed -n 's/^port \\(.*\\)/ListenStream=0.0.0.0:\\1\\nListenStream=[::]:\\1/p'; } >"$1/ssh.socket.d/addresses.conf"
`;
    await node.run(["sh", "-c", `cat >${generator}; chmod 755 ${generator}`], { input: script });
    await inside(
      node,
      `rm -r ${ours}; systemctl daemon-reload; systemctl stop ssh.service; systemctl restart ssh.socket`,
    );
    const move = (from: number, to: number) => `root-user = "woven"\nssh-port = ${to}\ndefault-ssh-port = ${from}\n`;
    await run.project.write("woven.toml", move(10022, 10023));
    const { outputs } = await run.succeed();
    expect(await inside(node, "ss -Hltn | awk '{print $4}' | grep -E ':(22|1002.)$' | sort")).toBe(
      "0.0.0.0:10023\n[::]:10023",
    );
    await run.converge(move(10023, 10022), { "known-hosts": outputs["known-hosts"] ?? "" });
    expect(await inside(node, `ls ${ours} 2>/dev/null || :; systemctl is-active ssh.socket`)).toBe("active");
  });
});

/** Sooner than after three minutes. */
async function takenBack(node: LocalNode): Promise<void> {
  await inside(
    node,
    "sed -i 's/^OnActiveSec=.*/OnActiveSec=1/' /etc/systemd/system/woven-ssh-guard.timer; systemctl daemon-reload; systemctl restart woven-ssh-guard.timer",
  );
  const ended = "/var/local/woven/.ssh-guard-ended";
  await until(
    "it is taken back",
    async () => /taken back/.test(await inside(node, `cat ${ended} 2>/dev/null || :`)),
    30,
  );
}

test("a template that would lock the owner out is taken back: for the SSH server, for sudo, for what both ask", async () => {
  await using node = await stockedNode("trixie", { kind: "root" });
  await using run = await attempt(node, "");
  await run.converge();
  await run.project.write("templates/woven/etc/ssh/sshd_config.d/20-mine.conf", "AllowUsers nobody\n");
  expect((await run.fail()).failure).toMatchObject({ code: "step-failed", step: "sshd" });
  await takenBack(node);
  await until("the owner can log in again", async () => (await waysIn(node, "root")).includes("new"), 30);
  expect(await inside(node, "ls /etc/ssh/sshd_config.d")).not.toMatch(/20-mine/);
  await run.project.write("templates/woven/etc/ssh/sshd_config.d/20-mine.conf", "AllowUsers woven\n");
  await run.converge();
  expect(await inside(node, "sshd -T | grep -i ^allowusers")).toBe("allowusers woven");

  // What the node can tell by itself is not in force for a moment.
  const files = "/etc/sudoers /etc/sudoers.d/* /etc/nsswitch.conf /etc/pam.d/* /etc/ufw/before*.rules /etc/default/ufw";
  const state = () =>
    inside(
      node,
      `ls -l --time-style=full-iso ${files}; sha256sum ${files} /etc/ufw/ufw.conf; grep -h '^### tuple' /etc/ufw/user*.rules; iptables -S; ip6tables -S`,
    );
  await inside(node, "echo '# mine' >/etc/sudoers.d/zz-mine; chmod 440 /etc/sudoers.d/zz-mine");
  const before = await state();
  for (const [name, text] of [
    ["sudoers", "Defaults env_reset\nroot ALL=(ALL:ALL) ALL\n"],
    ["sudoers.d/zz-mine", "woven ALL=(ALL:ALL) ALL\n"],
    ["nsswitch.conf", "passwd: nothing\n"],
  ] as const) {
    await run.project.write(`templates/woven/etc/${name}`, text);
    const { result, failure } = await run.fail();
    expect(failure).toMatchObject({
      code: "step-failed",
      step: `etc-${name.split("/")[0]?.replaceAll(/[^a-z0-9]/g, "-")}`,
    });
    expect(result.stdout).toMatch(/sudo.*\bwoven\b/);
    expect(await waysIn(node, "root")).toEqual(["new"]);
    await run.project.write(`templates/woven/etc/${name}`, undefined);
    await takenBack(node);
    expect(await state()).toBe(before);
  }

  // What only a login can tell is proved by one.
  await run.project.write("templates/woven/etc/pam.d/sshd", "account required pam_deny.so\n");
  await run.project.write("templates/woven/etc/pam.d/woven", "account required pam_deny.so\n");
  const denied = await run.fail();
  expect(denied.failure.code).toMatch(/^(access-not-proved|login-refused|connect-.*)$/);
  expect(await waysIn(node, "root")).toEqual([]);
  await takenBack(node);
  expect(await waysIn(node, "root")).toEqual(["new"]);
  expect(await state()).toBe(before);
  for (const name of ["sshd", "woven"]) await run.project.write(`templates/woven/etc/pam.d/${name}`, undefined);

  // ufw would turn itself off.
  const rules = await inside(node, "cat /etc/ufw/before.rules");
  await run.project.write("templates/woven/etc/ufw/before.rules", `${rules}\nnonsense\n`);
  const spoilt = await run.fail();
  expect(spoilt.result.stdout).toContain("/etc/ufw/before.rules");
  expect(await inside(node, "ufw status | head -n 1")).toBe("Status: active");
  expect(spoilt.failure).toMatchObject({ code: "step-failed", step: "etc-ufw" });
  await takenBack(node);
  expect(await state()).toBe(before);
  expect(await waysIn(node, "root")).toEqual(["new"]);
  const more = "-A ufw-before-input -s 203.0.113.9 -j DROP";
  await run.project.write("templates/woven/etc/ufw/before.rules", rules.replace(/^COMMIT$/m, `${more}\nCOMMIT`));
  await run.project.write("templates/woven/etc/sudoers.d/nginx", "Defaults:woven timestamp_timeout=1\n");
  await run.converge();
  expect(await inside(node, "iptables -S ufw-before-input")).toContain("-s 203.0.113.9/32");
  expect(await inside(node, "stat -c %a:%U /etc/sudoers.d/nginx")).toBe("440:root");
});

describe("settings that are wrong are told by name, and no server hears of it", () => {
  const nowhere = { host: "127.0.0.1", knownHosts: async () => [] };
  let project: Checkout;
  beforeAll(async () => {
    project = await settingsOnly("");
  });
  afterAll(() => project[Symbol.asyncDispose]());

  test.each<[string, string, RegExp]>([
    ["a port", "ssh-port = 70000\n", /ssh-port.*65535/s],
    ["a rule", 'ufw-rules = ["alow 80/tcp"]\n', /ufw-rules.*alow 80\/tcp/s],
    ["a role's rule", '[role-ufw-rules]\nproduction = ["allow tcp/80"]\n', /role-ufw-rules.*80\/tcp/s],
    ["a package", 'extra-packages = ["tree; reboot"]\n', /extra-packages.*tree; reboot/s],
    ["a time zone", 'timezone = "Europe/Berlinn"\n', /timezone.*Europe\/Berlin\b/s],
    ["a repository", 'package-repositories = ["deb http://example.com stable main"]\n', /package-repositories/],
    [
      "a repository without its key",
      'package-repositories = ["Types: deb\\nURIs: http://example.com/\\nSuites: ./\\n"]\n',
      /package-repositories.*Signed-By/s,
    ],
    ["a key", 'authorized-keys = ["ssh-ed25519 nonsense"]\n', /authorized-keys/],
    ["a module", 'apache-disable-modules = ["wsgi"]\n', /apache-disable-modules.*wsgi/s],
    ["a key of a setting", 'extra-package = ["tree"]\n', /extra-package.*extra-packages/s],
  ])("%s", async (_, toml, words) => {
    await project.write("woven.toml", toml);
    const { error, failure } = await operator(nowhere, keys, cache).fail({ checkout: project, command: "setupnode" });
    expect(failure).toMatchObject({ code: "settings", file: "woven.toml" });
    expect(error).toMatch(words);
  });

  test("a template", async () => {
    await using node = await stockedNode("trixie", { kind: "root" });
    await using run = await attempt(node, "");
    await run.project.write("templates/woven/etc/nginx/conf.d/woven.conf", "{{#open}}\n");
    const unread = await run.fail();
    expect(unread.failure).toMatchObject({ code: "template" });
    expect(unread.error).toContain("templates/woven/etc/nginx/conf.d/woven.conf");
    await run.project.write("templates/woven/etc/nginx/conf.d/woven.conf", undefined);
    await run.project.write("templates/woven/etc/sudoers.d/woven-woven", "woven ALL=(ALL) ALL\n");
    const own = await run.fail();
    expect(own.failure).toMatchObject({ code: "template" });
    expect(own.error).toContain("etc/sudoers.d/woven-woven");
    expect(await inside(node, "ls -d /var/local/woven 2>/dev/null || :")).toBe("");
  });
});

interface Repository extends AsyncDisposable {
  readonly url: string;
  readonly key: string;
  readonly otherKey: string;
  /** From now on it has this version of the package, and no other. */
  publish(version: string): Promise<void>;
}

/** A Debian repository of one package, signed, served from this machine's end of the node's cable. */
async function packageRepository(node: LocalNode): Promise<Repository> {
  const at = await mkdtemp(join(folder, "repository-"));
  const here = (await inside(node, "ip -4 route show default | cut -d' ' -f3")).trim();
  const shell = async (script: string) => {
    const { code, stdout, stderr } = await run(["sh", "-euc", script, "repository", at]);
    expect(code, stderr).toBe(0);
    return stdout;
  };
  const gpg = `export GNUPGHOME="$1/gnupg"; mkdir -p -m 700 "$GNUPGHOME"`;
  await shell(`${gpg}
for who in one other; do gpg --batch --quiet --passphrase '' --quick-generate-key "$who@example.com" ed25519 sign never; done`);
  const sha256 = (content: Buffer | string) => createHash("sha256").update(content).digest("hex");
  const publish = async (version: string) => {
    const file = `woven-hello_${version}_all.deb`;
    const control = `Package: woven-hello\nVersion: ${version}\nArchitecture: all\nMaintainer: Ada <ada@example.com>\nDescription: says hello\n`;
    await mkdir(join(at, "served"), { recursive: true });
    await mkdir(join(at, "tree/DEBIAN"), { recursive: true });
    await mkdir(join(at, "tree/etc"), { recursive: true });
    await writeFile(join(at, "tree/etc/woven-hello.conf"), `of ${version}\n`);
    await writeFile(join(at, "tree/DEBIAN/conffiles"), "/etc/woven-hello.conf\n");
    await writeFile(join(at, "tree/DEBIAN/control"), control);
    await shell(`dpkg-deb --root-owner-group --build "$1/tree" "$1/served/${file}" >/dev/null`);
    const deb = await readFile(join(at, "served", file));
    const packages = `${control}Filename: ./${file}\nSize: ${deb.length}\nSHA256: ${sha256(deb)}\n`;
    const release = `Origin: woven\nSuite: test\nDate: ${new Date(Date.now() - 60_000).toUTCString()}\nSHA256:\n ${sha256(packages)} ${packages.length} Packages\n`;
    await writeFile(join(at, "served/Packages"), packages);
    await writeFile(join(at, "served/Release"), release);
    await shell(
      `${gpg}; gpg --batch --quiet --yes --local-user one@example.com --clearsign --output "$1/served/InRelease" "$1/served/Release"`,
    );
  };
  await publish("1.0");
  const server = await serve(join(at, "served"), here);
  return {
    url: `http://${here}:${(server.address() as AddressInfo).port}/`,
    key: await shell(`${gpg}; gpg --armor --export one@example.com`),
    otherKey: await shell(`${gpg}; gpg --armor --export other@example.com`),
    publish,
    async [Symbol.asyncDispose]() {
      await run(["gpgconf", "--homedir", join(at, "gnupg"), "--kill", "all"]);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function serve(directory: string, address: string): Promise<Server> {
  const server = createServer((request, response) => {
    const name = (request.url ?? "").replaceAll("..", "").replace(/^(\/|\.)+/, "");
    readFile(join(directory, name)).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    );
  });
  return new Promise((resolve) => server.listen(0, address, () => resolve(server)));
}
