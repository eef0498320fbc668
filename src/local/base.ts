// The base of all local nodes: a bare Debian, built once by mmdebstrap(1), then only read. The disk of each node is an overlay on it.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { type HostTrust, readHostTrust } from "./host-trust.ts";
import { withLock } from "./lock.ts";
import { exists } from "./machine-requirements.ts";
import { basesDirectory, type Places } from "./places.ts";
import { rootScript } from "./privileged.ts";

export type Suite = "trixie" | "bookworm";
export const suites: readonly Suite[] = ["trixie", "bookworm"];

// Raise this when the script below makes another base from the same packages.
const recipe = 1;

const packages = [
  "systemd",
  "systemd-sysv",
  "dbus",
  "openssh-server",
  "sudo",
  "iproute2",
  "python3",
  "ca-certificates",
  "procps",
  "debian-archive-keyring",
];

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** The folder of a base's files. */
export const baseTree = (places: Places, key: string): string => join(basesDirectory(places), key, "disk", "root");

/** A key that changes with everything in a base. */
export async function baseKey(suite: Suite): Promise<string> {
  return keyOf(suite, await readHostTrust());
}

function keyOf(suite: Suite, trust: HostTrust): string {
  const digest = createHash("sha256").update(JSON.stringify({ recipe, packages, trust })).digest("hex");
  return `${suite}-${digest.slice(0, 12)}`;
}

/** The key of the base for `suite`, which is built first if it does not exist. That takes 20 to 60 seconds. */
export async function ensureBase(suite: Suite, places: Places, log: (line: string) => void): Promise<string> {
  const trust = await readHostTrust();
  const key = keyOf(suite, trust);
  const ready = () => exists(join(basesDirectory(places), key));
  if (await ready()) return key;
  await withLock(join(places.cache, `${suite}.lock`), async () => {
    if (!(await ready())) await build(suite, key, trust, places, log);
  });
  return key;
}

async function build(
  suite: Suite,
  key: string,
  trust: HostTrust,
  places: Places,
  log: (line: string) => void,
): Promise<void> {
  const began = performance.now();
  const partial = join(basesDirectory(places), `.${key}.partial`);
  log(`Building a base of Debian ${suite} with mmdebstrap; it stays in ${basesDirectory(places)} for later runs`);
  // mmdebstrap itself holds the lock: if this process is killed, the next one waits for the mmdebstrap that still runs.
  const bootstrap = `exec 9>"$1.lock"; flock 9
rm -rf --one-file-system "$1"
install -d -m 755 "$1"
install -d -m 700 "$1/disk"
tree=$1/disk/root; shift
exec mmdebstrap --mode=root --variant=minbase --format=directory "$@" "$tree" -`;
  const archives = archivesOf(suite).flatMap(({ uri, suites }) =>
    suites.map((name) => `deb [signed-by=${keyring}] ${uri} ${name} main\n`),
  );
  const options = [`--include=${packages.join(",")}`, ...trust.apt.map((line) => `--aptopt=${line}`)];
  await rootScript("building the base with mmdebstrap", bootstrap, [partial, ...options, suite], {
    input: archives.join(""),
  });
  await rootScript("finishing the base", finish, [join(partial, "disk", "root")], {
    input: JSON.stringify({ sources: sourcesFile(suite), ...trust }),
  });
  await rootScript("keeping the base", 'mv -T "$1" "$2"; rm -f "$1.lock"', [
    partial,
    join(basesDirectory(places), key),
  ]);
  log(`Built ${key} in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

interface Archive {
  readonly uri: string;
  readonly suites: readonly string[];
}

function archivesOf(suite: Suite): readonly Archive[] {
  return [
    { uri: "http://deb.debian.org/debian", suites: [suite, `${suite}-updates`] },
    { uri: "http://deb.debian.org/debian-security", suites: [`${suite}-security`] },
  ];
}

/** The package sources of Debian's cloud images, in the deb822 format of sources.list(5). */
function sourcesFile(suite: Suite): string {
  return archivesOf(suite)
    .map(
      ({ uri, suites }) =>
        `Types: deb\nURIs: ${uri}\nSuites: ${suites.join(" ")}\nComponents: main\nSigned-By: ${keyring}\n`,
    )
    .join("\n");
}

// Runs in the base, with its own Python: removes what must differ between servers, and adds what all local nodes share.
const finish = `exec chroot "$1" python3 -c '
import glob, json, os, subprocess, sys
from pathlib import Path
given = json.load(sys.stdin)
gone = ["/etc/apt/sources.list", "/etc/apt/apt.conf.d/99mmdebstrap", "/etc/resolv.conf", "/etc/hostname"]
for path in [*gone, *glob.glob("/etc/apt/sources.list.d/*"), *glob.glob("/etc/ssh/ssh_host_*")]:
    Path(path).unlink(missing_ok=True)
Path("/etc/apt/sources.list.d/debian.sources").write_text(given["sources"])
Path("/etc/default/locale").write_text("LANG=C.UTF-8\\n")
Path("/etc/machine-id").write_text("")
if given["apt"]:
    Path("/etc/apt/apt.conf.d/99host").write_text("\\n".join(given["apt"]) + "\\n")
if given["pip"]:
    Path("/etc/pip.conf").write_text(given["pip"])
for number, pem in enumerate(given["certificates"]):
    os.makedirs("/usr/local/share/ca-certificates", exist_ok=True)
    Path(f"/usr/local/share/ca-certificates/host-{number}.crt").write_text(pem)
subprocess.run(["update-ca-certificates"], check=True, stdout=subprocess.DEVNULL)
'`;
