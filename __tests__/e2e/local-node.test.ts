// The local node, as those who use it see it: a real Debian server that comes, is broken into pieces, and goes.
import { readFile } from "node:fs/promises";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { WovenError } from "../../src/errors.ts";
import {
  imageExists,
  type LocalNode,
  type LocalNodeOptions,
  listNodes,
  openNode,
  removeImage,
  removeNode,
  startNode,
  sweep,
} from "../../src/local/node.ts";
import { run } from "../../src/local/privileged.ts";
import { knock, makeBench, ssh, startProcess, traces, until } from "./local-node-harness.ts";

const bench = await makeBench();
afterAll(() => bench[Symbol.asyncDispose]());
const { keys, places } = bench;
const silent = () => undefined;

async function start(options: Partial<LocalNodeOptions> = {}): Promise<LocalNode> {
  const node = await startNode({ publicKey: keys.publicKey, places, log: silent, ...options });
  onTestFinished(async () => node.stop());
  return node;
}

async function stdout(node: LocalNode, command: string): Promise<string> {
  const outcome = await node.run(["sh", "-c", command]);
  expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
  return outcome.stdout.trim();
}

describe.each([
  { suite: "trixie", version: "13" },
  { suite: "bookworm", version: "12" },
] as const)("Debian $suite", ({ suite, version }) => {
  test("is a whole server: systemd, an admin with sudo, security updates, the way out, a firewall that filters", async () => {
    const node = await start({ suite });
    expect(await ssh(node, keys, "sudo id -u")).toMatchObject({ code: 0, stdout: "0\n" });
    expect(await stdout(node, "systemctl is-system-running --wait")).toBe("running");
    expect(await stdout(node, ". /etc/os-release; echo $VERSION_ID")).toBe(version);
    expect(await stdout(node, "cat /etc/apt/sources.list.d/debian.sources")).toContain(`${suite}-security`);
    expect(await stdout(node, "timedatectl set-timezone Europe/Berlin; timedatectl show -p Timezone --value")).toBe(
      "Europe/Berlin",
    );
    expect(await stdout(node, "systemd-run --quiet --wait --pipe echo from a unit")).toBe("from a unit");
    expect(await stdout(node, "logger -t woven-test hello; journalctl --sync; journalctl -t woven-test -o cat")).toBe(
      "hello",
    );

    const install = "apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y ufw python3-venv";
    await stdout(node, `${install} >/dev/null`);
    await stdout(node, "python3 -m venv /tmp/venv && /tmp/venv/bin/pip -q download --no-deps -d /tmp six");

    await stdout(node, "systemd-run --quiet python3 -m http.server 8080 && ufw allow 22/tcp && ufw --force enable");
    expect(await stdout(node, "ufw status")).toContain("Status: active");
    expect(await knock(node.host, 22)).toBe("open");
    expect(await knock(node.host, 8080)).toBe("filtered");
    await stdout(node, "ufw allow 8080/tcp");
    await until("the allowed port answers", async () => (await knock(node.host, 8080)) === "open");
  });
});

test("lets root in with a key, an admin under another name, or either with a password", async () => {
  const [root, admin] = await Promise.all([
    start({ login: { kind: "root" } }),
    start({ login: { kind: "admin", user: "ops" }, password: "s3cret word" }),
  ]);
  expect(await ssh(root, keys, "id -un")).toMatchObject({ stdout: "root\n" });
  expect(await ssh(admin, keys, "id -un")).toMatchObject({ stdout: "ops\n" });
  expect(await stdout(root, "sshd -T | grep -x 'passwordauthentication .*'")).toBe("passwordauthentication no");
  const known = `UserKnownHostsFile=${keys.directory}/known_hosts.${admin.name}`;
  const login = ["ssh", "-o", "PubkeyAuthentication=no", "-o", known, `ops@${admin.host}`, "sudo id -un"];
  const askpass = ["env", "SSH_ASKPASS_REQUIRE=force", "SSH_ASKPASS=/tmp/never", "PASS=s3cret word"];
  const script = `f=$(mktemp); printf '#!/bin/sh\\necho "$PASS"\\n' > "$f"; chmod 700 "$f"; SSH_ASKPASS=$f "$@"; code=$?; rm "$f"; exit $code`;
  expect(await run([...askpass, "sh", "-c", script, "login", ...login])).toMatchObject({ code: 0, stdout: "root\n" });
});

test("is saved, and started again as it was, with the host keys it had or new ones", async () => {
  const image = `test-${process.pid}`;
  onTestFinished(async () => removeImage(image, places));
  const first = await start();
  const hostKeys = async (node: LocalNode) => (await node.knownHosts()).map((line) => line.split(" ")[2]);
  const before = { keys: await hostKeys(first), machine: await stdout(first, "cat /etc/machine-id") };
  await stdout(first, "echo mine > /root/made; rm /etc/issue; sed -i 's/^#Port 22/Port 2222/' /etc/ssh/sshd_config");
  await first.save(image);
  expect(await traces(first.name, places)).toEqual([]);
  expect(await imageExists(image, places)).toBe(true);

  const began = performance.now();
  const again = await start({ image });
  // Two seconds on a machine with nothing else to do; a test machine has.
  expect(performance.now() - began).toBeLessThan(15_000);
  expect(again.port).toBe(2222);
  expect((await again.knownHosts())[0]).toMatch(/^\[198\.1[89]\.\d+\.\d+\]:2222 /);
  expect(await ssh(again, keys, "sudo cat /root/made; ls /etc/issue")).toMatchObject({ code: 2, stdout: "mine\n" });
  expect(await hostKeys(again)).toEqual(before.keys);
  expect(await stdout(again, "cat /etc/machine-id")).not.toBe(before.machine);

  await stdout(again, "echo more > /root/more");
  await again.save(image);
  const third = await start({ image, hostKeys: "fresh" });
  expect(await stdout(third, "cat /root/made /root/more")).toBe("mine\nmore");
  expect((await hostKeys(third)).filter((key) => before.keys.includes(key))).toEqual([]);
  await removeImage(image, places);
  expect(await imageExists(image, places)).toBe(false);
  expect(await stdout(third, "cat /root/made")).toBe("mine");
});

test("stands beside others, each with its own address, and they reach each other", async () => {
  const nodes = await Promise.all([start({ name: "fleet-a" }), start({ name: "fleet-b" }), start({ name: "fleet-c" })]);
  expect(new Set(nodes.map((node) => node.host)).size).toBe(3);
  expect((await listNodes(places)).map((node) => node.name).sort()).toEqual(["fleet-a", "fleet-b", "fleet-c"]);
  for (const node of nodes) expect(await ssh(node, keys, "hostname")).toMatchObject({ stdout: `${node.name}\n` });
  const [a, b] = nodes;
  const banner = `import socket; s = socket.create_connection(("${b.host}", 22), 5); print(s.recv(4).decode())`;
  expect((await a.run(["python3", "-c", banner])).stdout).toBe("SSH-\n");
  await expect(startNode({ name: "fleet-a", publicKey: keys.publicKey, places, log: silent })).rejects.toMatchObject({
    code: "local-node-name",
  });
  expect(await ssh(a, keys, "true")).toMatchObject({ code: 0 });
});

test("keeps its disk and address when it is rebooted or loses power, and follows its sshd to another port", async () => {
  const node = await start();
  await stdout(node, "echo kept > /root/kept; sed -i 's/^#Port 22/Port 10022/' /etc/ssh/sshd_config");
  const { host } = node;
  const bootId = () => stdout(node, "systemctl show -p UserspaceTimestampMonotonic --value");
  const before = await bootId();
  await node.reboot();
  expect(await bootId()).not.toBe(before);
  expect({ host: node.host, port: node.port }).toEqual({ host, port: 10022 });
  await node.reboot("power-cut");
  expect(await ssh(node, keys, "sudo cat /root/kept")).toMatchObject({ stdout: "kept\n" });
  expect((await listNodes(places))[0]).toMatchObject({ host, port: 10022 });
  // A reboot from inside, as a kernel update asks for.
  const inside = await bootId();
  await node.run(["systemctl", "reboot"]);
  const booted = async () =>
    (await node.run(["systemctl", "show", "-p", "UserspaceTimestampMonotonic", "--value"])).stdout.trim();
  await until(
    "it is up again",
    async () => !["", inside].includes(await booted()) && (await knock(host, 10022)) === "open",
    120, // systemd-shutdown may wait 90 s for what is inside at the wrong moment
  );
});

test("loses its network without a word, and gets it back", async () => {
  const node = await start();
  const session = ssh(node, keys, "sleep 4; echo survived");
  await until("the session is there", async () => (await stdout(node, "pgrep -c sleep || true")) === "1");
  await node.cut();
  expect(await knock(node.host, 22)).toBe("filtered");
  await node.reconnect();
  expect(await knock(node.host, 22)).toBe("open");
  expect(await session).toMatchObject({ code: 0, stdout: "survived\n" });
});

const owner = `
import { startNode } from "../../src/local/node.ts";
const [name, publicKey, cache, state] = process.argv.slice(1);
const node = await startNode({ name, publicKey, places: { cache, state }, log: () => undefined });
console.log(node.host);
setInterval(() => undefined, 1000);
`;

const startOwner = (name: string) => startProcess(owner, [name, keys.publicKey, places.cache, places.state]);

test("goes at once when its owner is killed", async () => {
  const process = startOwner("orphan");
  await process.line();
  expect(await traces("orphan", places)).not.toEqual([]);
  await process.kill();
  await until("nothing is left", async () => (await traces("orphan", places)).length === 0);
});

test("is swept by the next run when its owner and its watch were killed, but not before", async () => {
  const neighbour = await start({ name: "neighbour" });
  const process = startOwner("forsaken");
  await process.line();
  await sweep(silent, places);
  expect((await listNodes(places)).map((node) => node.name).sort()).toEqual(["forsaken", "neighbour"]);
  const watch = (await traces("forsaken", places)).find((line) => line.includes("woven-local-watch"));
  await run(["kill", "-KILL", /process (\d+)/.exec(watch ?? "")?.[1] ?? ""]);
  await process.kill();
  expect(await traces("forsaken", places)).not.toEqual([]);

  const said: string[] = [];
  await sweep((line) => said.push(line), places);
  expect(said).toEqual([expect.stringContaining("forsaken")]);
  expect(await traces("forsaken", places)).toEqual([]);
  expect(await ssh(neighbour, keys, "true")).toMatchObject({ code: 0 });
});

test("outlives its process when asked to, until it is removed; then the machine is as it was", async () => {
  const facts = async () => ({
    forward: await readFile("/proc/sys/net/ipv4/ip_forward", "utf8"),
    routes: (await run(["ip", "route"])).stdout,
    links: (await run(["ip", "-br", "link"])).stdout,
    tables: (await run(["nft", "list", "tables"])).stdout,
  });
  const before = await facts();
  const asked = owner.replace("log:", "outlives: true, log:").replace(/setInterval.*/, "");
  const process = startProcess(asked, ["lasting", keys.publicKey, places.cache, places.state]);
  await process.line();
  await process.kill();
  await sweep(silent, places);
  const node = await openNode("lasting", places);
  expect(await ssh(node, keys, "true")).toMatchObject({ code: 0 });
  await removeNode("lasting", places);
  expect(await traces("lasting", places)).toEqual([]);
  expect(await facts()).toEqual(before);
});

describe("says what is wrong", () => {
  test.each([
    { name: "Not A Name", code: "local-node-name", next: /letters/ },
    { image: "never-saved", code: "local-node-image", next: /save NODE IMAGE|images are/ },
  ])("$code", async ({ code, next, ...options }) => {
    const thrown = await startNode({ publicKey: keys.publicKey, places, log: silent, ...options }).catch(
      (error) => error,
    );
    expect(thrown).toBeInstanceOf(WovenError);
    expect(thrown).toMatchObject({ code, details: { next: expect.stringMatching(next) } });
    expect(await listNodes(places)).toEqual([]);
  });

  test("without root and without sudo", async () => {
    const text = `
      const { rootArgv } = await import(${JSON.stringify(new URL("../../src/local/privileged.ts", import.meta.url))});
      process.setgroups([]); process.setgid(65534); process.setuid(65534);
      await rootArgv([]).catch((error) => console.log(error.code + ": " + error.message));`;
    const flags = ["--input-type=module-typescript", "--eval", text];
    expect((await run([process.execPath, ...flags])).stdout).toMatch(/^local-node-unsupported: .*root.*sudo/);
  });
});
