// Removes a node with everything that was made for it, also one that was only partly made.
import { spawn } from "node:child_process";
import { controlGroup } from "./control-group.ts";
import { kernelName, machineDirectory, nodeDirectory, type Places } from "./places.ts";
import { rootArgv, rootScript } from "./privileged.ts";
import type { NodeRecord } from "./records.ts";

// Safe to run twice, also at the same time. The id makes sure that a later node of the same name is not removed.
const teardown = `dir=$1 id=$2 ns=$3 group=$4 machine=$5
[ -d "$dir" ] || exit 0
exec 8<"$dir"; flock 8
[ "$(cat "$dir/id" 2>/dev/null)" = "$id" ] || exit 0

if [ -d "$group" ]; then
  echo 1 > "$group/cgroup.kill"
  for try in $(seq 200); do
    grep -qx 'populated 0' "$group/cgroup.events" && break
    sleep 0.05
  done
  find "$group" -depth -type d -exec rmdir {} +
fi

mkdir -p "$machine"
exec 9>"$machine/network.lock"; flock 9
if [ -e "/run/netns/$ns" ]; then ip netns delete "$ns"; fi
if link=$(cat "$dir/link" 2>/dev/null); then
  ip link delete "$link" 2>/dev/null || true
  for side in -i -o; do
    while command -v iptables >/dev/null && iptables -w -D FORWARD "$side" "$link" -j ACCEPT 2>/dev/null; do :; done
  done
  rm -f "$dir/link"
fi
if nft list table inet "$ns" >/dev/null 2>&1; then nft delete table inet "$ns"; fi
if ! ip -o link show type veth | grep -q ': woven[0-9]*@'; then
  if [ -e "$machine/added-unreachable-route" ]; then
    ip route delete unreachable 198.18.0.0/15 metric 4096 2>/dev/null || true
    rm -f "$machine/added-unreachable-route"
  fi
  if [ -e "$machine/turned-on-ip-forward" ]; then
    echo 0 > /proc/sys/net/ipv4/ip_forward
    rm -f "$machine/turned-on-ip-forward"
  fi
fi
exec 9>&-

# What nspawn leaves behind when it is killed; its lock is named after the tree it locked.
if mountpoint -q "$dir/disk/root"; then
  rm -f "/run/systemd/nspawn/locks/$(stat -c 'inode-%d:%i' "$dir/disk/root")"
  umount "$dir/disk/root"
fi
for left in propagate unix-export; do
  if [ -d "/run/systemd/nspawn/$left/$ns" ]; then rm -rf --one-file-system "/run/systemd/nspawn/$left/$ns"; fi
done
if cut -d ' ' -f 5 /proc/self/mountinfo | grep -q "^$dir/"; then
  echo "something is still mounted below $dir" >&2; exit 1
fi
rm -rf --one-file-system "$dir"`;

async function valuesOf(record: NodeRecord, places: Places): Promise<readonly string[]> {
  const name = kernelName(record.name);
  const group = await controlGroup(record.name);
  return [nodeDirectory(places, record.name), record.id, name, group, machineDirectory];
}

/** Removes the node and everything that was made for it. */
export async function tearDown(record: NodeRecord, places: Places): Promise<void> {
  await rootScript(`removing ${record.name}`, teardown, await valuesOf(record, places));
}

/** Called after a node was removed, so that its watch process ends too. */
export type StandDown = () => void;

// The kernel closes the pipe when this process ends, even by SIGKILL.
const untilThisProcessEnds = `if read -r word && [ "$word" = removed ]; then exit 0; fi`;
// By then the node may have been removed and its name reused. The teardown checks the node's id.
const untilProcessEnds = (pid: number) => `exec </dev/null; tail --pid=${pid} --sleep-interval=0.5 -f /dev/null`;

/**
 * Starts a process that removes the node when this process, or the process `pid`, ends. It does not keep this process alive, and does
 * not get the terminal's Ctrl-C.
 */
export async function watchOver(record: NodeRecord, places: Places, pid?: number): Promise<StandDown> {
  const script = `trap '' INT HUP TERM
${pid === undefined ? untilThisProcessEnds : untilProcessEnds(pid)}
${teardown}`;
  const argv = await rootArgv(["sh", "-euc", script, "woven-local-watch", ...(await valuesOf(record, places))]);
  const [program = "", ...rest] = argv;
  const watch = spawn(program, rest, { stdio: ["pipe", "ignore", "ignore"], detached: true, cwd: "/" });
  watch.on("error", () => undefined);
  watch.stdin.on("error", () => undefined);
  watch.unref();
  if ("unref" in watch.stdin && typeof watch.stdin.unref === "function") watch.stdin.unref();
  return () => watch.stdin.end("removed\n");
}
