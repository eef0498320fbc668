// Boots a local node with its own systemd by systemd-nspawn(1), runs programs in it, and shuts it down.
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { WovenError } from "../errors.ts";
import { controlGroup, isPopulated } from "./control-group.ts";
import { nodeTree } from "./disk.ts";
import { exists } from "./machine-requirements.ts";
import { kernelName, nodeDirectory, type Places } from "./places.ts";
import { asRoot, type Outcome, rootScript, tail } from "./privileged.ts";
import type { NodeRecord } from "./records.ts";

// nspawn is put into the node's own control group before it starts. Else two nodes would share the group of this process.
// --register=no: systemd-machined is not needed, and many machines lack it.
// Exit code 133: with --keep-unit, nspawn reports this way that the node wants to reboot.
const machine = `group=$1 name=$2 tree=$3 hostname=$4 resolv=$5
mkdir -p "$group/watch" "$group/run"
echo 0 > "$group/watch/cgroup.procs"
cd /
code=133
while [ "$code" = 133 ]; do
  code=0
  ( echo 0 > "$group/run/cgroup.procs"
    SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 exec systemd-nspawn --quiet --boot --keep-unit --register=no \\
      --machine="$name" --hostname="$hostname" --directory="$tree" --network-namespace-path="/run/netns/$name" \\
      --capability=CAP_NET_ADMIN,CAP_NET_RAW --console=pipe --resolv-conf="$resolv" --timezone=off \\
      --link-journal=no --settings=no
  ) || code=$?
done`;

// Returns when the group has its first process, so that an empty group means that the node has ended.
const launch = `console=$1 script=$2; shift 2
setsid --fork sh -euc "$script" woven-local "$@" </dev/null >>"$console" 2>&1
for try in $(seq 200); do
  if grep -qsx 'populated 1' "$1/cgroup.events"; then exit 0; fi
  sleep 0.02
done
echo "it did not start" >&2; exit 1`;

const consoleLog = (record: NodeRecord, places: Places): string =>
  join(nodeDirectory(places, record.name), "console.log");

export async function bootMachine(record: NodeRecord, places: Places): Promise<void> {
  await rootScript("booting", launch, [
    consoleLog(record, places),
    machine,
    await controlGroup(record.name),
    kernelName(record.name),
    nodeTree(places, record.name),
    record.name,
    await resolvMode(),
  ]);
}

/** systemd-resolved's stub listens on this machine's loopback, which a node does not share. */
async function resolvMode(): Promise<string> {
  const text = await readFile("/etc/resolv.conf", "utf8").catch(() => "");
  const stub = /^nameserver\s+127\./m.test(text) && (await exists("/run/systemd/resolve/resolv.conf"));
  return stub ? "copy-uplink" : "copy-host";
}

/** Waits for the SSH greeting of the node. Throws `local-node-failed` after 60 s without one. */
export async function waitForSsh(record: NodeRecord, places: Places): Promise<void> {
  const group = await controlGroup(record.name);
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    if (await answersAsSsh(record.host, record.port)) return;
    if (!(await isPopulated(group))) break;
    await delay(20);
  }
  const said = await asRoot(["cat", consoleLog(record, places)]);
  throw new WovenError({
    code: "local-node-failed",
    message: `local node ${record.name} did not answer SSH on ${record.host}:${record.port}`,
    next: "The output is the node's console. If the node came from a saved image, check that sshd starts there and that its port is open.",
    output: tail(said.stdout),
  });
}

function answersAsSsh(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const answer = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once("data", (chunk: Buffer) => answer(chunk.toString("latin1").startsWith("SSH-")));
    socket.once("error", () => answer(false));
    socket.once("timeout", () => answer(false));
    socket.once("close", () => answer(false));
  });
}

// The first process of the node is number 1 in its namespace, and in systemd's own scope: proc_pid_status(5). A program that is run in
// the node joins its control group, so that it ends with the node. It does not enter while the node shuts down, because
// systemd-shutdown would wait 90 s for it. nsenter must not fork: systemd-shutdown stops every process of the node, nsenter then stops
// itself too, and nothing outside would continue it. So a shell outside the node's processes starts the program inside.
const enter = `group=$1; shift
for pid in $(cat "$group/run/payload/init.scope/cgroup.procs" 2>/dev/null); do
  if grep -qsx systemd "/proc/$pid/comm" && grep -Eqs '^NSpid:.*[[:space:]]1$' "/proc/$pid/status"; then
    outside=$group/run/payload/from-outside
    [ -d "$outside" ] || mkdir "$outside" 2>/dev/null || true
    echo 0 > "$outside/cgroup.procs"
    exec nsenter --no-fork --target "$pid" --mount --uts --ipc --net --pid --cgroup --root --wd \\
      sh -c 'env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"; exit $?' sh "$@"
  fi
done
echo "the node is not running" >&2; exit 125`;

/** Runs a program as root in the node, not through SSH. */
export async function runInside(record: NodeRecord, command: readonly string[], input?: string): Promise<Outcome> {
  const group = await controlGroup(record.name);
  return asRoot(["sh", "-euc", enter, "woven-local", group, ...command], { input });
}

// On SIGTERM, nspawn asks the node's systemd to shut down. After 30 s everything is killed.
const shutDown = `group=$1
[ -d "$group" ] || exit 0
if [ -d "$group/run/payload/from-outside" ]; then echo 1 > "$group/run/payload/from-outside/cgroup.kill"; fi
for pid in $(cat "$group/run/supervisor/cgroup.procs" "$group/run/cgroup.procs" 2>/dev/null); do kill -TERM "$pid" || true; done
for try in $(seq 600); do
  if grep -qx 'populated 0' "$group/cgroup.events"; then break; fi
  sleep 0.05
done
`;

// The groups are removed too. Linux 6.18 kills every new process that a group puts into a younger group with CLONE_INTO_CGROUP, if the
// older group was killed in between. That would hit every service of a node that boots again in the groups of a killed one.
const cutPower = `group=$1
[ -d "$group" ] || exit 0
echo 1 > "$group/cgroup.kill"
for try in $(seq 200); do
  if grep -qx 'populated 0' "$group/cgroup.events"; then break; fi
  sleep 0.05
done
find "$group" -depth -type d -exec rmdir {} +`;

export type PowerOff = "orderly" | "power-cut";

/** Ends everything in the node, and waits until it has ended. */
export async function haltMachine(record: NodeRecord, how: PowerOff): Promise<void> {
  const script = how === "orderly" ? shutDown + cutPower : cutPower;
  await rootScript("shutting down", script, [await controlGroup(record.name)]);
}
