// Checks that this machine can run local nodes: kernel features, and a few Debian packages.
import { access, readFile } from "node:fs/promises";
import { withLock } from "./lock.ts";
import { packagesLock } from "./places.ts";
import { asRoot, run, tail, unsupported } from "./privileged.ts";

/** A Debian package, and its files to look for. One of them is enough. */
export interface Tool {
  readonly package: string;
  readonly there: readonly string[];
}

const bin = (name: string): readonly string[] => [
  `/usr/bin/${name}`,
  `/usr/sbin/${name}`,
  `/bin/${name}`,
  `/sbin/${name}`,
];

const tools: readonly Tool[] = [
  { package: "mmdebstrap", there: bin("mmdebstrap") },
  { package: "systemd-container", there: bin("systemd-nspawn") },
  { package: "iproute2", there: bin("ip") },
  { package: "nftables", there: bin("nft") },
  { package: "openssh-client", there: bin("ssh") },
  { package: "util-linux", there: bin("nsenter") },
  // Ubuntu lacks the key of Debian's archive.
  { package: "debian-archive-keyring", there: ["/usr/share/keyrings/debian-archive-keyring.gpg"] },
];

/** Checks the kernel and installs missing packages, which it logs first. Throws `local-node-unsupported`. */
export async function prepareMachine(log: (line: string) => void): Promise<void> {
  await checkKernel();
  await ensureTools(tools, log);
}

/**
 * Installs missing packages, which it logs first. Checks and installs under a lock, because another process may be installing them, and
 * their files exist before they work. Throws `local-node-unsupported`.
 */
export async function ensureTools(wanted: readonly Tool[], log: (line: string) => void): Promise<void> {
  await withLock(packagesLock, async () => {
    const missing: string[] = [];
    for (const tool of wanted) if (!(await anyExists(tool.there))) missing.push(tool.package);
    if (missing.length > 0) await installPackages(missing, log);
  });
}

async function anyExists(paths: readonly string[]): Promise<boolean> {
  for (const path of paths) if (await exists(path)) return true;
  return false;
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function checkKernel(): Promise<void> {
  const lacking: string[] = [];
  if (!(await exists("/proc/self/ns/net"))) lacking.push("network namespaces (CONFIG_NET_NS)");
  if ((await findUnifiedHierarchy()) === undefined) lacking.push("a mounted cgroup2 hierarchy (mount -t cgroup2)");
  const overlay = async () => /\soverlay$/m.test(await readFile("/proc/filesystems", "utf8"));
  if (!(await overlay())) {
    await asRoot(["modprobe", "overlay"]);
    if (!(await overlay())) lacking.push("overlayfs (modprobe overlay)");
  }
  if (lacking.length === 0) return;
  throw unsupported(
    `this machine cannot run a local node, because it lacks ${lacking.join(", ")}`,
    "Use a server, a virtual machine or a GitHub ubuntu runner, not an unprivileged container.",
  );
}

/** The mount point of cgroup v2: /sys/fs/cgroup, or /sys/fs/cgroup/unified beside version 1. */
export async function findUnifiedHierarchy(): Promise<string | undefined> {
  const mounts = await readFile("/proc/self/mounts", "utf8");
  return /^\S+ (\S+) cgroup2 rw/m.exec(mounts)?.[1];
}

async function installPackages(packages: readonly string[], log: (line: string) => void): Promise<void> {
  const command = `apt-get install ${packages.join(" ")}`;
  if ((await run(["apt-get", "--version"])).code !== 0) {
    throw unsupported(
      `a local node needs ${packages.join(", ")}, but this machine has no apt-get`,
      "Install these packages by hand.",
    );
  }
  log(`Installing packages that a local node needs: ${command}`);
  // Other programs may use apt now (unattended-upgrades). apt does not wait for the lock of the package lists.
  const script = `export DEBIAN_FRONTEND=noninteractive
tries=0
until apt-get -qq update; do
  tries=$((tries + 1))
  [ "$tries" -lt 5 ] || exit 1
  sleep 3
done
apt-get -qq -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends "$@"`;
  const outcome = await asRoot(["sh", "-euc", script, "woven-local", ...packages]);
  if (outcome.code !== 0) {
    throw unsupported(
      `a local node needs ${packages.join(", ")}, but apt could not install them`,
      `Run it by hand: ${command}`,
      tail(outcome.stderr),
    );
  }
}
