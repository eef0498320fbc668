// Everything that setupnode says it makes of a bare server, looked for on the server itself; and that a second run finds it so.
import { execFile } from "node:child_process";
import { chmod, cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type KeyPair, ownKeyPair } from "../../src/local/key-pair.ts";
import { type LocalNode, startNode } from "../../src/local/node.ts";
import { wayIn } from "../../src/local/open-login.ts";
import { defaultPlaces } from "../../src/local/places.ts";
import { FakeCache } from "../harness/fake-cache.ts";
import { type ActionResult, root } from "../harness/run-action.ts";
import { knock } from "./local-node-harness.ts";
import type { Checkout } from "./support/checkout.ts";
import { keys } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { type Operator, operator } from "./support/operator.ts";
import {
  changedSteps,
  expectNothingChanged,
  type First,
  isInstalled,
  settingsOnly,
  steps,
  stockedNode,
} from "./support/setup.ts";
import { type Door, login } from "./support/ssh-login.ts";
import { ask } from "./support/visitor.ts";

const execute = promisify(execFile);

let cache: FakeCache;
let folder: string;
let colleague: KeyPair;
beforeAll(async () => {
  cache = await FakeCache.start();
  folder = await mkdtemp(join(tmpdir(), "woven-setupnode-"));
  colleague = await ownKeyPair(join(folder, "colleague"));
});
afterAll(async () => {
  await cache[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const toml = (first: First, more = "") => `root-user = "${first.kind === "root" ? "root" : "debian"}"
timezone = "Europe/Berlin"
authorized-keys = ["${colleague.publicKey.trim()}"]
extra-packages = ["tree"]
${more}`;

/** Whether the last setupnode asked apt for upgrades. */
const asksForUpgrades = async (node: LocalNode) =>
  (await inside(node, "cd /var/local/woven/runs; cd $(ls -1td setup-* | head -n 1); ls")).includes("simulated");

/** Installs version 1.0 of a package, and refreshes the lists from a source with its version 1.1. */
const publishHello = `mkdir -p /srv/hello/tree/DEBIAN; cd /srv/hello
for version in 1.0 1.1; do
  printf 'Package: hello-woven\nVersion: %s\nArchitecture: all\nMaintainer: Ada <ada@example.com>\nDescription: says hello\n' $version >tree/DEBIAN/control
  dpkg-deb --root-owner-group --build tree $version.deb >/dev/null
done
dpkg -i 1.0.deb >/dev/null
{ cat tree/DEBIAN/control; printf 'Filename: ./1.1.deb\nSize: %s\nSHA256: %s\n' "$(stat -c %s 1.1.deb)" "$(sha256sum <1.1.deb | cut -c -64)"; } >Packages
echo 'deb [trusted=yes] file:/srv/hello ./' >/etc/apt/sources.list.d/hello.list
apt-get -qq update`;

/** `setup` brings the packages from Debian's archive; the others find them there already, and take seconds. */
describe.each<readonly [suite: "trixie" | "bookworm", packages: "bare" | "stocked", first: First]>([
  ["trixie", "bare", { kind: "root" }],
  ["bookworm", "bare", { kind: "admin" }],
  ["trixie", "stocked", { kind: "admin" }],
])("%s, %s, first login by %o", (suite, packages, first) => {
  let node: LocalNode;
  let op: Operator;
  let project: Checkout;
  let result: ActionResult;
  const admin = first.kind === "root" ? "root" : "debian";
  const way = (user: string, port: number, key: KeyPair = keys): Door => ({ user, host: node.host, port, key, node });

  beforeAll(async () => {
    node =
      packages === "stocked"
        ? await stockedNode(suite, first)
        : await startNode({ suite, login: first, publicKey: keys.publicKey, log: () => undefined });
    // Others may have seen to it that root has a password, too.
    await inside(node, "echo root:correct-horse | chpasswd");
    op = operator(node, keys, cache);
    project = await settingsOnly(toml(first));
    result = await op.succeed({ checkout: project, command: "setupnode" });
  });
  afterAll(async () => {
    for (const thing of [node, project]) await thing?.[Symbol.asyncDispose]();
  });

  test("it says what it did", () => {
    expect(result.outputs).toMatchObject({ changed: "true", activated: "false" });
    expect(result.annotations).toEqual([]);
    expect([...steps(result).values()]).not.toContain("failed");
  });

  test("`npm run node -- ssh` and `list` find the way in that is left", async () => {
    const found = await wayIn(node, keys.publicKey);
    // An admin that is not root still gets in, on the new port.
    expect(found).toEqual({ user: first.kind === "root" ? "woven" : "debian", port: 10022 });
    const { code, stdout } = await login(way(found.user, found.port), "sudo -n id -un");
    expect([code, stdout.trim()]).toEqual([0, "root"]);
    // A user whose own key is that of the tests.
    const local = join(folder, `local-${node.name}`);
    await cp(keys.directory, join(local, "user"), { recursive: true });
    await Promise.all((["state", "cache"] as const).map((place) => symlink(defaultPlaces[place], join(local, place))));
    const words = async (...args: readonly string[]) => {
      const options = { timeout: 60_000, env: { ...process.env, WOVEN_LOCAL_HOME: local } };
      return (await execute(process.execPath, [join(root, "scripts/node.ts"), ...args], options)).stdout;
    };
    expect(await words("ssh", node.name, "id -un")).toBe(`${found.user}\n`);
    expect(await words("list")).toContain(`${node.name}  ${found.user}@${node.host}:10022  ${suite}  `);
  });

  test("the deploy user has the keys of the run and of the settings, no password, and sudo", async () => {
    expect(await inside(node, "passwd -S woven | cut -d' ' -f2")).toBe("L");
    expect(await inside(node, "stat -c '%a %U %G' ~woven/.ssh ~woven/.ssh/authorized_keys")).toBe(
      "700 woven woven\n600 woven woven",
    );
    const authorized = await inside(node, "cut -d' ' -f1,2 ~woven/.ssh/authorized_keys");
    const halves = [keys, colleague].map(({ publicKey }) => publicKey.split(" ").slice(0, 2).join(" "));
    expect(authorized.split("\n").toSorted()).toEqual(halves.toSorted());
    await inside(node, "visudo -cq");
    expect(await inside(node, "stat -c '%a %U %G' /etc/sudoers.d/woven-woven")).toBe("440 root root");
    for (const key of [keys, colleague]) {
      expect(await login(way("woven", 10022, key), "sudo -n id -un")).toMatchObject({ code: 0, stdout: "root\n" });
    }
  });

  test("root is locked, and refused with its key; whoever was admin still is, on the new port", async () => {
    expect(await inside(node, "passwd -S root | cut -d' ' -f2")).toBe("L");
    const key = keys.publicKey.trim();
    await inside(node, `install -d -m 700 /root/.ssh; echo '${key}' >>/root/.ssh/authorized_keys`);
    expect(await login(way("root", 10022), "true")).toMatchObject({
      code: 255,
      stderr: expect.stringMatching(/Permission denied/),
    });
    if (admin !== "root") expect(await login(way(admin, 10022), "sudo -n id -un")).toMatchObject({ stdout: "root\n" });
  });

  test("sshd is what was meant, and says so itself", async () => {
    const effective = (await inside(node, "sshd -T")).split("\n");
    expect(effective).toEqual(
      expect.arrayContaining([
        "port 10022",
        "permitrootlogin no",
        "passwordauthentication no",
        "kbdinteractiveauthentication no",
        "permitemptypasswords no",
        "pubkeyauthentication yes",
        "x11forwarding no",
        "maxauthtries 4",
        "logingracetime 30",
      ]),
    );
    expect(effective.filter((line) => line.startsWith("port "))).toHaveLength(1);
    expect(
      await inside(node, "ls /etc/ssh/sshd_config.d | head -n 1; stat -c %a /etc/ssh/sshd_config.d/00-woven.conf"),
    ).toBe("00-woven.conf\n600");
    const offered = await login({ ...way("woven", 10022), only: "none" }, "true");
    expect(offered.stderr).toMatch(/Permission denied \(publickey\)/);
  });

  test("from outside, SSH and web answer on their ports, and no other port does", async () => {
    await using listener = await listening(node, [22, 8000]);
    expect(await listener.answers(8000)).toBe("inside only");
    expect(await knock(node.host, 22)).toBe("filtered");
    expect(await knock(node.host, 8000)).toBe("filtered");
    expect(await knock(node.host, 10022)).toBe("open");
    expect(await knock(node.host, 80)).toBe("open");
    // Let through, with nobody there.
    expect(await knock(node.host, 443)).toBe("closed");
  });

  test("the firewall has the rules of the settings, and is on at every boot", async () => {
    const rules = (await inside(node, "ufw show added | sed -n 's/^ufw //p'")).split("\n").toSorted();
    expect(rules).toEqual(["allow 'Woven SSH'", "allow 80,443/tcp"]);
    expect(await inside(node, "ufw status verbose")).toMatch(/Status: active[\s\S]*Default: deny \(incoming\)/);
    expect(await inside(node, "systemctl is-enabled ufw nginx ssh; systemctl is-active nginx ssh")).toBe(
      "enabled\nenabled\nenabled\nactive\nactive",
    );
  });

  test("the known-hosts output lets OpenSSH in on the new port, and holds every key of the server", async () => {
    const lines = result.outputs["known-hosts"]?.split("\n") ?? [];
    for (const line of lines) expect(line.startsWith(`[${node.host}]:10022 `)).toBe(true);
    expect(lines.map((line) => line.split(" ")[2]).toSorted()).toEqual(
      (await node.knownHosts()).map((line) => line.split(" ")[2]).toSorted(),
    );
    expect(await login({ ...way("woven", 10022), knownHosts: lines }, "true")).toMatchObject({ code: 0 });
    expect(result.summary).toContain(lines[0]);
  });

  test("nginx answers no host it does not know, Apache listens nowhere outside, and the maintenance page is there", async () => {
    await expect(ask(node.host, "nobody.example.com", "/")).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(await inside(node, "systemctl is-enabled apache2 || :; systemctl is-active apache2 || :")).toBe(
      "disabled\ninactive",
    );
    expect(await inside(node, "ss -Hltnp | grep apache || :")).toBe("");
    expect(await inside(node, "cat /var/www/woven/maintenance.html")).toMatch(/<html/i);
    expect(await inside(node, "stat -c %a:%U /var/www/woven/maintenance.html")).toBe("644:root");
    await inside(node, "nginx -t -q && apache2ctl configtest");
  });

  test("the time zone is set, packages are there and noted, and nothing of the setting up is left behind", async () => {
    expect(await inside(node, "timedatectl show --property=Timezone --value; date +%Z")).toMatch(
      /^Europe\/Berlin\nCES?T$/,
    );
    const state = JSON.parse(await inside(node, "cat /var/local/woven/node.json")) as { packages: readonly string[] };
    expect(state.packages).toContain("tree");
    // What was there before is not Woven's.
    expect(state.packages).not.toContain("python3");
    await inside(node, "tree --version");
    expect(
      await inside(
        node,
        "ls /usr/sbin/policy-rc.d /etc/systemd/system/woven-ssh-guard* /var/local/woven/ssh-guard /run/woven* 2>/dev/null || :",
      ),
    ).toBe("");
    expect(await inside(node, "systemctl list-units --plain --no-legend --all 'woven-*'")).toBe("");
    expect(await inside(node, "systemctl --failed --plain --no-legend")).toBe("");
  });

  test("others can read nothing that is not theirs to read, and the first originals are kept", async () => {
    expect(
      await inside(
        node,
        "find /var/local/woven /var/local/woven-backup /home/woven /etc/sudoers.d/woven-woven /etc/ssh/sshd_config.d/00-woven.conf -perm /o+w ! -type l",
      ),
    ).toBe("");
    const readable = await inside(
      node,
      "runuser -u nobody -- find /var/local/woven /var/local/woven-backup /home/woven/.ssh /etc/sudoers.d/woven-woven /etc/ssh/sshd_config.d/00-woven.conf -type f -readable 2>/dev/null || :",
    );
    expect(readable).toBe("");
    expect(await inside(node, "cat /var/local/woven-backup/etc/nginx/sites-available/default")).toMatch(
      /Welcome|Default server/i,
    );
    const key = (await readFile(keys.privateKeyFile, "utf8")).split("\n")[2] ?? "";
    expect(result.stdout.replaceAll(/^::add-mask::.*$/gm, "")).not.toContain(key);
  });

  test("run again, it changes nothing; nor after a reboot, which brings all of it up", async () => {
    expectNothingChanged(await op.succeed({ checkout: project, command: "setupnode" }));
    await node.reboot();
    expectNothingChanged(await op.succeed({ checkout: project, command: "setupnode" }));
    expect(await asksForUpgrades(node)).toBe(false);
    await using _listener = await listening(node, [8000]);
    expect(await knock(node.host, 8000)).toBe("filtered");
    expect(await knock(node.host, 80)).toBe("open");
  });

  if (packages === "stocked") settingsChange();

  function settingsChange() {
    const again = async (text: string) => {
      await project.write("woven.toml", text);
      return op.succeed({ checkout: project, command: "setupnode" });
    };

    test("a rule and a package that the settings drop go; what others put there stays, and is named", async () => {
      await inside(node, "ufw allow 9999/tcp");
      const more = `${toml(first)}ufw-rules = ["allow 80,443/tcp", "allow proto tcp from 10.0.0.0/8 to any port 5432"]\n`;
      const added = await again(more.replace('["tree"]', '["tree", "jq", "redis-server", "redis-tools", "liblzf1"]'));
      expect(changedSteps(added)).toEqual(["packages", "ufw-rule-2"]);
      expect(await inside(node, "ufw show added")).toMatch(/5432/);
      expect(added.stdout).toContain("allow 9999/tcp");

      const dropped = await again(toml(first));
      expect(changedSteps(dropped)).toEqual(["remove-packages", "ufw-drop"]);
      expect(await inside(node, "ufw show added")).not.toMatch(/5432/);
      expect(await inside(node, "ufw show added")).toMatch(/9999/);
      expect(dropped.stdout).toMatch(/│ .*\bjq\b/);
      expect(dropped.stdout).toMatch(/│ .*\bredis-server\b/);
      // No longer listed either, and it would have taken the database with it.
      expect(dropped.stdout).toMatch(/liblzf1.*redis-server/);
      expect(await isInstalled(node, "jq")).toBe(false);
      await inside(node, "systemctl is-active redis-server && tree --version");
      expectNothingChanged(await op.succeed({ checkout: project, command: "setupnode" }));
    });

    test("a package that somebody else installed is not Woven's to remove", async () => {
      await inside(node, "apt-get -qq -y install jq 2>&1");
      expectNothingChanged(await op.succeed({ checkout: project, command: "setupnode" }));
      await inside(node, "jq --version");
    });

    test("an upgrade is installed as soon as the server's lists have it, whoever refreshed them", async () => {
      await inside(node, publishHello);
      const upgraded = await op.succeed({ checkout: project, command: "setupnode" });
      expect(changedSteps(upgraded)).toEqual(["upgrade"]);
      expect(await inside(node, "dpkg-query -W hello-woven")).toBe("hello-woven\t1.1");
      await inside(node, "dpkg -P hello-woven >/dev/null; rm -r /etc/apt/sources.list.d/hello.list /srv/hello");
      expectNothingChanged(await op.succeed({ checkout: project, command: "setupnode" }));
      expectNothingChanged(await op.succeed({ checkout: project, command: "setupnode" }));
      expect(await asksForUpgrades(node)).toBe(false);
    });

    test("no package goes for another one, but for one of its kind that the settings name", async () => {
      await inside(node, "apt-get -qq -y install systemd-timesyncd 2>&1");
      const before = await inside(node, "dpkg -l");
      await project.write("woven.toml", toml(first).replace('["tree"]', '["tree", "iptables-persistent"]'));
      const { error, result, failure } = await op.fail({ checkout: project, command: "setupnode" });
      expect(failure).toMatchObject({ code: "step-failed", step: "package-conflicts" });
      expect(error).toMatch(/iptables-persistent.*\bufw\b/);
      expect(changedSteps(result)).toEqual([]);
      expect(await inside(node, "dpkg -l")).toBe(before);

      const swapped = await again(toml(first).replace('["tree"]', '["tree", "chrony"]'));
      expect(swapped.stdout).toMatch(/│ .*systemd-timesyncd/);
      expect([await isInstalled(node, "chrony"), await isInstalled(node, "systemd-timesyncd")]).toEqual([true, false]);
      expect(changedSteps(await again(toml(first)))).toEqual(["remove-packages"]);
      expectNothingChanged(await op.succeed({ checkout: project, command: "setupnode" }));
    });

    test("with another server chosen, Apache goes once no release is served by it", async () => {
      await inside(node, "apt-get -qq -y purge apache2 libapache2-mod-wsgi-py3 2>&1");
      await again(toml(first));
      const releases = "/var/local/woven/shop/releases";
      const record = {
        schema: 1,
        distribution: "shop",
        name: "0.1",
        sites: [{ id: 1, domains: ["shop.example.com"] }],
      };
      await inside(node, `mkdir -p ${releases}; printf '%s\n' '${JSON.stringify(record)}' >${releases}/0.1.json`);
      const gunicorn = toml(first, 'server = "gunicorn"\n');
      const kept = await again(gunicorn);
      expectNothingChanged(kept);
      expect(kept.stdout).toMatch(/apache2.*shop-0\.1/);
      expect(await isInstalled(node, "libapache2-mod-wsgi-py3")).toBe(true);

      await inside(node, "rm -r /var/local/woven/shop");
      expect(changedSteps(await again(gunicorn))).toEqual(["remove-packages"]);
      expect([await isInstalled(node, "apache2"), await isInstalled(node, "libapache2-mod-wsgi-py3")]).toEqual([
        false,
        false,
      ]);
      await again(toml(first));
      expect(await isInstalled(node, "apache2")).toBe(true);
    });

    test("another time zone, and a firewall that is left alone", async () => {
      await inside(node, "ufw allow 9998/tcp");
      const changed = await again(toml(first, "enable-ufw = false\n").replace("Europe/Berlin", "Asia/Tokyo"));
      expect(changedSteps(changed)).toEqual(["timezone"]);
      expect(await inside(node, "date +%Z; ufw show added | grep -c 9998")).toBe("JST\n1");
      await inside(node, "ufw delete allow 9998/tcp");
    });

    test("a template of the project takes the place of Woven's; a broken one changes nothing, and is named", async () => {
      const path = "templates/woven/etc/nginx/conf.d/woven.conf";
      await project.write(path, "# Managed by us for {{host}}.\nserver_names_hash_bucket_size 256;\n");
      await project.write("templates/woven/etc/logrotate.d/tree", "# for a wanted package\n");
      await project.write("templates/woven/etc/logrotate.d/unwanted", "# for nobody\n");
      // Of somebody else, who let only some read it.
      await inside(
        node,
        "echo '# theirs' >/etc/logrotate.d/mine; chmod 640 /etc/logrotate.d/mine; chgrp adm /etc/logrotate.d/mine",
      );
      await project.write("templates/woven/etc/logrotate.d/mine", "# ours\n");
      await project.write("templates/woven/etc/cron.daily/mine", "#!/bin/sh\n");
      await chmod(join(project.path, "templates/woven/etc/cron.daily/mine"), 0o755);
      const placed = await again(toml(first));
      expect(changedSteps(placed)).toEqual(
        ["timezone", "etc-cron-daily", "etc-logrotate-d", "etc-nginx"].filter((id) => steps(placed).has(id)),
      );
      expect(await inside(node, "cat /etc/nginx/conf.d/woven.conf")).toContain(`Managed by us for ${node.host}.`);
      expect(await inside(node, "ls /etc/logrotate.d")).toMatch(/^tree$/m);
      expect(await inside(node, "ls /etc/logrotate.d")).not.toMatch(/^unwanted$/m);
      const theirs = "etc/logrotate.d/mine";
      expect(
        await inside(
          node,
          `cd /; stat -c '%a %U %G' ${theirs} var/local/woven-backup/${theirs} ${theirs.replace("mine", "tree")}; cat ${theirs}`,
        ),
      ).toBe("640 root adm\n640 root adm\n644 root root\n# ours");
      expect(await inside(node, "stat -c %a /etc/cron.daily/mine")).toBe("755");
      expect(placed.stdout).toContain("/etc/logrotate.d/unwanted");

      await project.write(path, "server_names_hash_bucket_size 256\n");
      const broken = await op.fail({ checkout: project, command: "setupnode" });
      expect(broken.failure).toMatchObject({ code: "step-failed", step: "etc-nginx" });
      expect(broken.error).toContain("templates/woven/etc/nginx");
      expect(broken.result.stdout).toMatch(/directive "server_names_hash_bucket_size" is not terminated|unexpected/);
      expect(await inside(node, "cat /etc/nginx/conf.d/woven.conf")).toContain("Managed by us");
      await inside(node, "nginx -t -q");

      await project.write(path, undefined);
      await op.succeed({ checkout: project, command: "setupnode" });
      expect(await inside(node, "cat /etc/nginx/conf.d/woven.conf")).toContain("Managed by Woven");
      expectNothingChanged(await op.succeed({ checkout: project, command: "setupnode" }));
    });

    test("a drop-in that somebody removed, and one that a Match block overrides, are put right or named", async () => {
      await inside(node, "rm /etc/ssh/sshd_config.d/00-woven.conf /etc/nginx/conf.d/woven.conf");
      expect(changedSteps(await again(toml(first)))).toEqual(["etc-nginx", "sshd"]);
      expect(await login(way("woven", 10022), "true")).toMatchObject({ code: 0 });

      await inside(node, "printf 'Match User root\\n  PermitRootLogin yes\\n' >/etc/ssh/sshd_config.d/60-mine.conf");
      const { error, failure } = await op.fail({ checkout: project, command: "setupnode" });
      expect(failure).toMatchObject({ code: "step-failed", step: "sshd" });
      expect(error).toMatch(/permitrootlogin no.*permitrootlogin yes/);
      expect(await login(way("woven", 10022), "true")).toMatchObject({ code: 0 });
      await inside(node, "rm /etc/ssh/sshd_config.d/60-mine.conf");
      await again(toml(first));
    });

    test("SSH moves from one port to another by the port that it has", async () => {
      const move = `${toml(first).replace(/^root-user = .*$/m, 'root-user = "woven"')}ssh-port = 10023\ndefault-ssh-port = 10022\n`;
      const moved = await again(move);
      expect(await knock(node.host, 10022)).toBe("filtered");
      expect(await login(way("woven", 10023), "sudo -n true")).toMatchObject({ code: 0 });
      expect(await inside(node, "sshd -T | grep -c '^port '; passwd -S root | cut -d' ' -f2")).toBe("1\nL");
      const inputs = { "known-hosts": moved.outputs["known-hosts"] ?? "" };
      expectNothingChanged(await op.succeed({ checkout: project, command: "setupnode", inputs }));
    });
  }
});

interface Listener extends AsyncDisposable {
  answers(port: number): Promise<"inside only" | "nobody">;
}

/** Something on every address of the node at these ports, as a service that its owner forgot. */
async function listening(node: LocalNode, ports: readonly number[]): Promise<Listener> {
  for (const port of ports) {
    await inside(node, `systemd-run --quiet --collect --unit=forgotten-${port} python3 -m http.server ${port}`);
    await inside(
      node,
      `for try in $(seq 50); do ss -Hltn 'sport = :${port}' | grep -q . && exit; sleep 0.1; done; exit 1`,
    );
  }
  return {
    async answers(port) {
      const said = await inside(
        node,
        `python3 -c "import socket; socket.create_connection(('127.0.0.1', ${port})); print('yes')"`,
      );
      return said === "yes" ? "inside only" : "nobody";
    },
    async [Symbol.asyncDispose]() {
      await inside(node, `systemctl stop ${ports.map((port) => `forgotten-${port}`).join(" ")}`);
    },
  };
}
