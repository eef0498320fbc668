// What this machine must have before a node can stand on it: kernel features, and a few Debian packages.
import { access, readFile } from "node:fs/promises";
import { asRoot, run, tail, unsupported } from "./privileged.ts";

interface Tool {
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
  { package: "openssh-client", there: bin("ssh-keygen") },
  { package: "util-linux", there: bin("nsenter") },
  // Ubuntu trusts only its own archive.
  { package: "debian-archive-keyring", there: ["/usr/share/keyrings/debian-archive-keyring.gpg"] },
];

/** Checks the kernel's side and installs missing packages, after saying so. Throws `local-node-unsupported`. */
export async function prepareGround(log: (line: string) => void): Promise<void> {
  await checkKernel();
  const missing: string[] = [];
  for (const tool of tools) if (!(await anyExists(tool.there))) missing.push(tool.package);
  if (missing.length > 0) await installPackages(missing, log);
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
    `a local node needs what this kernel or container does not give: ${lacking.join(", ")}`,
    "Run it on a whole machine (a server, a virtual machine, a GitHub ubuntu runner), not in an unprivileged container.",
  );
}

/** Where cgroup v2 is mounted: /sys/fs/cgroup, or /sys/fs/cgroup/unified beside version 1. */
export async function findUnifiedHierarchy(): Promise<string | undefined> {
  const mounts = await readFile("/proc/self/mounts", "utf8");
  return /^\S+ (\S+) cgroup2 rw/m.exec(mounts)?.[1];
}

async function installPackages(packages: readonly string[], log: (line: string) => void): Promise<void> {
  const command = `apt-get install ${packages.join(" ")}`;
  if ((await run(["apt-get", "--version"])).code !== 0) {
    throw unsupported(
      `a local node needs ${packages.join(", ")}, and this machine has no apt-get`,
      "Install them by hand.",
    );
  }
  log(`The local node needs packages this machine does not have: ${command}`);
  const script = `export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq install --yes --no-install-recommends "$@"`;
  const outcome = await asRoot(["sh", "-euc", script, "woven-local", ...packages]);
  if (outcome.code !== 0) {
    throw unsupported(
      `a local node needs ${packages.join(", ")}, and apt could not install them`,
      `Run it by hand: ${command}`,
      tail(outcome.stderr),
    );
  }
}
