import { i as __toESM } from "./rolldown-runtime.js";
import { n as WovenError } from "./errors.js";
import { A as literal, B as object, H as parse, S as array, W as picklist, Y as safeParse, Z as string, i as localRole, m as defaults, nt as variant, p as primaryDomain, t as secret, z as number } from "./secret.js";
import { t as require_lib } from "./lib.js";
import { homedir } from "node:os";
import { join } from "node:path";
import { access, link, mkdir, readFile, readdir, unlink, writeFile } from "node:fs/promises";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { connect } from "node:net";
import { once } from "node:events";
import { spawn } from "node:child_process";

// src/local/privileged.ts
var import_lib = /* @__PURE__ */ __toESM(require_lib(), 1);
const rootEnvironment = [
	"env",
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"LC_ALL=C.UTF-8"
];
/** The error for a machine that cannot run local nodes. */
function unsupported(message, next, output) {
	return new WovenError({
		code: "local-node-unsupported",
		message,
		next,
		output
	});
}
/** Runs a program to its end. A missing program gives code 127, as in a shell. */
function run(argv, options = {}) {
	const [program = "", ...rest] = argv;
	return new Promise((resolve) => {
		const child = spawn(program, rest, { stdio: [
			"pipe",
			"pipe",
			"pipe"
		] });
		const chunks = {
			stdout: [],
			stderr: []
		};
		for (const stream of ["stdout", "stderr"]) {
			const split = options.onLine && lineSplitter(options.onLine);
			child[stream].on("data", (chunk) => {
				chunks[stream].push(chunk);
				split?.(chunk.toString());
			});
		}
		child.stdin.on("error", () => void 0);
		child.stdin.end(options.input ?? "");
		child.once("error", (error) => resolve({
			code: 127,
			stdout: "",
			stderr: error.message
		}));
		child.once("close", (code) => {
			const stdout = Buffer.concat(chunks.stdout).toString();
			const stderr = Buffer.concat(chunks.stderr).toString();
			resolve({
				code: code ?? 128,
				stdout,
				stderr
			});
		});
	});
}
function lineSplitter(onLine) {
	let rest = "";
	return (text) => {
		const lines = (rest + text).split("\n");
		rest = lines.pop() ?? "";
		for (const line of lines) onLine(line.trimEnd());
	};
}
let prefix;
/** `argv` as a command that runs as root. Throws `local-node-unsupported` if this user cannot become root. */
async function rootArgv(argv) {
	prefix ??= findPrefix();
	return [...await prefix, ...argv];
}
async function findPrefix() {
	if (process.platform !== "linux") throw unsupported(`a local node needs Linux, but this is ${process.platform}`, "Run it on a Debian or Ubuntu machine, a virtual machine, or a GitHub ubuntu runner.");
	if (process.getuid?.() === 0) return rootEnvironment;
	const sudo = await run([
		"sudo",
		"-n",
		"true"
	]);
	if (sudo.code === 0) return [
		"sudo",
		"-n",
		...rootEnvironment
	];
	throw unsupported("a local node needs root, but this user is not root and cannot use sudo without a password", "Run the command as root, or allow this user sudo with NOPASSWD.", sudo.stderr.trim());
}
/** Runs a program as root, and returns any exit code. */
async function asRoot(argv, options = {}) {
	return run(await rootArgv(argv), options);
}
/**
* Runs a `sh -eu` script as root. Values are positional parameters, never script text. `what` names the script in the error. Returns
* its stdout, without the last newline.
*/
async function rootScript(what, script, values, options = {}) {
	const outcome = await asRoot([
		"sh",
		"-euc",
		script,
		"woven-local",
		...values
	], options);
	if (outcome.code === 0) return outcome.stdout.trimEnd();
	throw new WovenError({
		code: "local-node-failed",
		message: `local node: ${what} ended with exit code ${outcome.code}`,
		next: "The output shows the reason. `npm run node -- list` lists the local nodes. `npm run node -- down --all` removes them.",
		output: tail(outcome.stderr || outcome.stdout)
	});
}
/** The last lines of a program's output. */
function tail(text) {
	return text.trim().split("\n").slice(-25).join("\n");
}

// src/local/places.ts
/** WOVEN_LOCAL_HOME: another folder for everything, also the keys. */
const home = process.env["WOVEN_LOCAL_HOME"] || void 0;
const defaultPlaces = home ? {
	cache: join(home, "cache"),
	state: join(home, "state")
} : {
	cache: "/var/cache/woven/local",
	state: "/var/lib/woven/local"
};
/** The user's own folder, because OpenSSH refuses keys that others can read. In the state directory of the XDG Base Directory Specification. */
function userDirectory() {
	if (home) return join(home, "user");
	return join(process.env["XDG_STATE_HOME"] || join(homedir(), ".local/state"), "woven/local");
}
const basesDirectory = (places) => join(places.cache, "bases");
const layersDirectory = (places) => join(places.cache, "layers");
const imagesDirectory = (places) => join(places.cache, "images");
const nodesDirectory = (places) => join(places.state, "nodes");
const nodeDirectory = (places, name) => join(nodesDirectory(places), name);
/** The lock for changes of bases, of layers and of the records that name them. */
const storeLock = (places) => join(places.cache, "store.lock");
/** The folder for the whole machine, independent of the folders of nodes: the lock on its network, and the changes to it. */
const machineDirectory = "/run/woven-local";
/** The lock for checking and installing packages of this machine. */
const packagesLock = join(machineDirectory, "packages.lock");
/** The name of a node's network namespace, nft table, control group and machine. */
const kernelName = (node) => `woven-${node}`;
/** Throws if the name cannot be both a host name and a file name. */
function checkName(kind, name) {
	if (/^[a-z][a-z0-9-]{0,39}$/.test(name)) return name;
	throw new WovenError({
		code: "local-node-name",
		message: `${JSON.stringify(name)} cannot be the name of a local ${kind}`,
		next: "Use at most 40 lower-case letters, digits and hyphens. Begin with a letter."
	});
}
async function makePlaces(places) {
	for (const place of [places.cache, places.state]) {
		if (/^\/[\w./@+-]+$/.test(place)) continue;
		throw new WovenError({
			code: "local-node-name",
			message: `${JSON.stringify(place)} cannot hold local nodes`,
			next: "Use an absolute path of letters, digits and . _ - @ +"
		});
	}
	await rootScript("making its directories", "install -d -m 755 \"$@\"", [
		basesDirectory(places),
		layersDirectory(places),
		imagesDirectory(places),
		nodesDirectory(places),
		machineDirectory
	]);
}

// src/local/key-pair.ts
const comment = "woven local node";
/**
* Reads the key pair in `directory`, and makes it first if there is none. Any number of processes may call it at the same time: all get
* the same pair. Throws `local-node-key` if the file is not a private key.
*/
async function ownKeyPair(directory = userDirectory()) {
	const privateKeyFile = join(directory, "id_ed25519");
	const text = await readFile(privateKeyFile, "utf8").catch(() => makePrivateKey(directory, privateKeyFile));
	const key = import_lib.default.utils.parseKey(text);
	if (key instanceof Error) throw new WovenError({
		code: "local-node-key",
		message: `${privateKeyFile} is not a private key: ${key.message}`,
		next: "Remove the file: Woven then makes a new one.",
		file: privateKeyFile
	});
	return {
		directory,
		privateKeyFile,
		publicKey: `${key.type} ${key.getPublicSSH().toString("base64")} ${comment}`
	};
}
/** link(2) gives the finished file its name, and fails if another process was first. Returns the key under that name. */
async function makePrivateKey(directory, file) {
	await mkdir(join(directory, ".."), { recursive: true });
	await mkdir(directory, {
		recursive: true,
		mode: 448
	});
	const unfinished = `${file}.${randomUUID()}`;
	await writeFile(unfinished, newPrivateKey(comment), { mode: 384 });
	try {
		await link(unfinished, file);
	} catch (error) {
		if (error.code !== "EEXIST") throw error;
	} finally {
		await unlink(unfinished);
	}
	return readFile(file, "utf8");
}
/** An Ed25519 key in the form of OpenSSH. ssh2 writes one of some 300 in a way that neither it nor OpenSSH can read, so each is read once. */
function newPrivateKey(comment = "") {
	for (;;) {
		const { private: text } = import_lib.default.utils.generateKeyPairSync("ed25519", { comment });
		if (!(import_lib.default.utils.parseKey(text) instanceof Error)) return text;
	}
}

// src/local/host-trust.ts
async function readHostTrust() {
	const certificates = await readAddedCertificates("/usr/local/share/ca-certificates");
	const dump = await run(["apt-config", "dump"]);
	const pip = await readFile("/etc/pip.conf", "utf8").catch(() => "");
	return {
		certificates,
		apt: networkLinesOfApt(dump.stdout),
		pip: networkLinesOfPip(pip, certificates.length > 0 ? "added" : "stock")
	};
}
async function readAddedCertificates(directory) {
	const paths = (await readdir(directory, {
		recursive: true,
		withFileTypes: true
	}).catch(() => [])).filter((entry) => !entry.isDirectory() && entry.name.endsWith(".crt")).map((entry) => join(entry.parentPath, entry.name)).sort();
	return Promise.all(paths.map((path) => readFile(path, "utf8")));
}
/** The lines of `apt-config dump` about reaching an archive and trusting its dates. */
function networkLinesOfApt(dump) {
	const wanted = /^Acquire::(https?::(Proxy|Timeout)\b|Retries\b|Check-Valid-Until\b|Check-Date\b|ForceIPv[46]\b)\S* ".+";$/;
	return dump.split("\n").filter((line) => wanted.test(line));
}
/** The lines of a pip.conf about reaching an index, without paths, which do not exist in a node. */
function networkLinesOfPip(text, authorities) {
	const wanted = /^\s*(index-url|extra-index-url|trusted-host|proxy|timeout|retries)\s*=/;
	const lines = text.split("\n").filter((line) => wanted.test(line)).map((line) => line.trim());
	if (authorities === "added") lines.push("cert = /etc/ssl/certs/ca-certificates.crt");
	return lines.length > 0 ? `[global]\n${lines.join("\n")}\n` : "";
}

// src/local/lock.ts
const hold = (file) => {
	return [
		"sh",
		"-euc",
		"mkdir -p \"$(dirname \"$1\")\"; exec flock \"$1\" sh -c \"echo held; exec cat >/dev/null\"",
		"woven-local",
		file
	];
};
/** Runs `action` while holding the lock on `file`, a file of root. Waits as long as another process holds it. */
async function withLock(file, action) {
	return holding(await rootArgv(hold(file)), file, action);
}
async function holding(argv, file, action) {
	const [program = "", ...rest] = argv;
	const holder = spawn(program, rest, { stdio: [
		"pipe",
		"pipe",
		"ignore"
	] });
	const ended = new Promise((resolve) => {
		holder.once("close", () => resolve());
		holder.once("error", () => resolve());
	});
	holder.stdin.on("error", () => void 0);
	if (!await Promise.race([once(holder.stdout, "data").then(() => true), ended.then(() => false)])) throw new WovenError({
		code: "local-node-failed",
		message: `local node: could not lock ${file}`,
		next: "Check that you can write to its folder, and that flock(1) of util-linux is installed."
	});
	try {
		return await action();
	} finally {
		holder.stdin.end();
		await ended;
	}
}

// src/local/machine-requirements.ts
const bin = (name) => [
	`/usr/bin/${name}`,
	`/usr/sbin/${name}`,
	`/bin/${name}`,
	`/sbin/${name}`
];
const tools = [
	{
		package: "mmdebstrap",
		there: bin("mmdebstrap")
	},
	{
		package: "systemd-container",
		there: bin("systemd-nspawn")
	},
	{
		package: "iproute2",
		there: bin("ip")
	},
	{
		package: "nftables",
		there: bin("nft")
	},
	{
		package: "openssh-client",
		there: bin("ssh")
	},
	{
		package: "util-linux",
		there: bin("nsenter")
	},
	{
		package: "debian-archive-keyring",
		there: ["/usr/share/keyrings/debian-archive-keyring.gpg"]
	}
];
/** Checks the kernel and installs missing packages, which it logs first. Throws `local-node-unsupported`. */
async function prepareMachine(log) {
	await checkKernel();
	await ensureTools(tools, log);
}
/**
* Installs missing packages, which it logs first. Checks and installs under a lock, because another process may be installing them, and
* their files exist before they work. Throws `local-node-unsupported`.
*/
async function ensureTools(wanted, log) {
	await withLock(packagesLock, async () => {
		const missing = [];
		for (const tool of wanted) if (!await anyExists(tool.there)) missing.push(tool.package);
		if (missing.length > 0) await installPackages(missing, log);
	});
}
async function anyExists(paths) {
	for (const path of paths) if (await exists(path)) return true;
	return false;
}
async function exists(path) {
	return access(path).then(() => true, () => false);
}
async function checkKernel() {
	const lacking = [];
	if (!await exists("/proc/self/ns/net")) lacking.push("network namespaces (CONFIG_NET_NS)");
	if (await findUnifiedHierarchy() === void 0) lacking.push("a mounted cgroup2 hierarchy (mount -t cgroup2)");
	const overlay = async () => /\soverlay$/m.test(await readFile("/proc/filesystems", "utf8"));
	if (!await overlay()) {
		await asRoot(["modprobe", "overlay"]);
		if (!await overlay()) lacking.push("overlayfs (modprobe overlay)");
	}
	if (lacking.length === 0) return;
	throw unsupported(`this machine cannot run a local node, because it lacks ${lacking.join(", ")}`, "Use a server, a virtual machine or a GitHub ubuntu runner, not an unprivileged container.");
}
/** The mount point of cgroup v2: /sys/fs/cgroup, or /sys/fs/cgroup/unified beside version 1. */
async function findUnifiedHierarchy() {
	const mounts = await readFile("/proc/self/mounts", "utf8");
	return /^\S+ (\S+) cgroup2 rw/m.exec(mounts)?.[1];
}
async function installPackages(packages, log) {
	const command = `apt-get install ${packages.join(" ")}`;
	if ((await run(["apt-get", "--version"])).code !== 0) throw unsupported(`a local node needs ${packages.join(", ")}, but this machine has no apt-get`, "Install these packages by hand.");
	log(`Installing packages that a local node needs: ${command}`);
	const outcome = await asRoot([
		"sh",
		"-euc",
		`export DEBIAN_FRONTEND=noninteractive
tries=0
until apt-get -qq update; do
  tries=$((tries + 1))
  [ "$tries" -lt 5 ] || exit 1
  sleep 3
done
apt-get -qq -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends "$@"`,
		"woven-local",
		...packages
	]);
	if (outcome.code !== 0) throw unsupported(`a local node needs ${packages.join(", ")}, but apt could not install them`, `Run it by hand: ${command}`, tail(outcome.stderr));
}

// src/local/base.ts
const suites = ["trixie", "bookworm"];
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
	"debian-archive-keyring"
];
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
/** The folder of a base's files. */
const baseTree = (places, key) => join(basesDirectory(places), key, "disk", "root");
/** A key that changes with everything in a base. */
async function baseKey(suite) {
	return keyOf(suite, await readHostTrust());
}
function keyOf(suite, trust) {
	return `${suite}-${createHash("sha256").update(JSON.stringify({
		recipe,
		packages,
		trust
	})).digest("hex").slice(0, 12)}`;
}
/** The key of the base for `suite`, which is built first if it does not exist. That takes 20 to 60 seconds. */
async function ensureBase(suite, places, log) {
	const trust = await readHostTrust();
	const key = keyOf(suite, trust);
	const ready = () => exists(join(basesDirectory(places), key));
	if (await ready()) return key;
	await withLock(join(places.cache, `${suite}.lock`), async () => {
		if (!await ready()) await build(suite, key, trust, places, log);
	});
	return key;
}
async function build(suite, key, trust, places, log) {
	const began = performance.now();
	const partial = join(basesDirectory(places), `.${key}.partial`);
	log(`Building a base of Debian ${suite} with mmdebstrap; it stays in ${basesDirectory(places)} for later runs`);
	const bootstrap = `exec 9>"$1.lock"; flock 9
rm -rf --one-file-system "$1"
install -d -m 755 "$1"
install -d -m 700 "$1/disk"
tree=$1/disk/root; shift
exec mmdebstrap --mode=root --variant=minbase --format=directory "$@" "$tree" -`;
	const archives = archivesOf(suite).flatMap(({ uri, suites }) => suites.map((name) => `deb [signed-by=${keyring}] ${uri} ${name} main\n`));
	const options = [`--include=${packages.join(",")}`, ...trust.apt.map((line) => `--aptopt=${line}`)];
	await rootScript("building the base with mmdebstrap", bootstrap, [
		partial,
		...options,
		suite
	], { input: archives.join("") });
	await rootScript("finishing the base", finish, [join(partial, "disk", "root")], { input: JSON.stringify({
		sources: sourcesFile(suite),
		...trust
	}) });
	await rootScript("keeping the base", "mv -T \"$1\" \"$2\"; rm -f \"$1.lock\"", [partial, join(basesDirectory(places), key)]);
	log(`Built ${key} in ${((performance.now() - began) / 1e3).toFixed(1)} s`);
}
function archivesOf(suite) {
	return [{
		uri: "http://deb.debian.org/debian",
		suites: [suite, `${suite}-updates`]
	}, {
		uri: "http://deb.debian.org/debian-security",
		suites: [`${suite}-security`]
	}];
}
/** The package sources of Debian's cloud images, in the deb822 format of sources.list(5). */
function sourcesFile(suite) {
	return archivesOf(suite).map(({ uri, suites }) => `Types: deb\nURIs: ${uri}\nSuites: ${suites.join(" ")}\nComponents: main\nSigned-By: ${keyring}\n`).join("\n");
}
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

// src/local/control-group.ts
async function controlGroup(node) {
	const hierarchy = await findUnifiedHierarchy();
	if (hierarchy === void 0) throw unsupported("no cgroup2 hierarchy is mounted", "mount -t cgroup2 none /sys/fs/cgroup");
	return join(hierarchy, kernelName(node));
}
async function isPopulated(group) {
	const events = await readFile(join(group, "cgroup.events"), "utf8").catch(() => "");
	return /^populated 1$/m.test(events);
}

// src/local/disk.ts
const nodeTree = (places, name) => join(nodeDirectory(places, name), "disk", "root");
const ownChanges = (places, name) => join(nodeDirectory(places, name), "disk", "upper");
const layerTree = (places, layer) => join(layersDirectory(places), layer, "disk", "upper");
/** Mounts the node's disk, without changes. Throws `local-node-unsupported` if the kernel refuses. */
async function mountDisk(record, places) {
	const lower = [...record.layers.map((layer) => layerTree(places, layer)), baseTree(places, record.base)].join(":");
	const script = `cd "$1"; mkdir upper work root
exec mount -t overlay "woven-$2" -o "volatile,lowerdir=$3,upperdir=$1/upper,workdir=$1/work" "$1/root"`;
	const disk = join(nodeDirectory(places, record.name), "disk");
	const mounted = await asRoot([
		"sh",
		"-euc",
		script,
		"woven-local",
		disk,
		record.name,
		lower
	]);
	if (mounted.code === 0) return;
	throw unsupported("a local node's disk could not be mounted with overlayfs", `Check that ${places.state} is on ext4, xfs or tmpfs, not on an overlay as in a container, and that this machine allows mounting.`, mounted.stderr.trim());
}

// src/local/boot.ts
const machine$1 = `group=$1 name=$2 tree=$3 hostname=$4 resolv=$5
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
const launch = `console=$1 script=$2; shift 2
setsid --fork sh -euc "$script" woven-local "$@" </dev/null >>"$console" 2>&1
for try in $(seq 200); do
  if grep -qsx 'populated 1' "$1/cgroup.events"; then exit 0; fi
  sleep 0.02
done
echo "it did not start" >&2; exit 1`;
const consoleLog = (record, places) => join(nodeDirectory(places, record.name), "console.log");
async function bootMachine(record, places) {
	await rootScript("booting", launch, [
		consoleLog(record, places),
		machine$1,
		await controlGroup(record.name),
		kernelName(record.name),
		nodeTree(places, record.name),
		record.name,
		await resolvMode()
	]);
}
/** systemd-resolved's stub listens on this machine's loopback, which a node does not share. */
async function resolvMode() {
	const text = await readFile("/etc/resolv.conf", "utf8").catch(() => "");
	return /^nameserver\s+127\./m.test(text) && await exists("/run/systemd/resolve/resolv.conf") ? "copy-uplink" : "copy-host";
}
/** Waits for the SSH greeting of the node. Throws `local-node-failed` after 60 s without one. */
async function waitForSsh(record, places) {
	const group = await controlGroup(record.name);
	const deadline = performance.now() + 6e4;
	while (performance.now() < deadline) {
		if (await answersAsSsh(record.host, record.port)) return;
		if (!await isPopulated(group)) break;
		await setTimeout(20);
	}
	const said = await asRoot(["cat", consoleLog(record, places)]);
	throw new WovenError({
		code: "local-node-failed",
		message: `local node ${record.name} did not answer SSH on ${record.host}:${record.port}`,
		next: "The output is the node's console. If the node came from a saved image, check that sshd starts there and that its port is open.",
		output: tail(said.stdout)
	});
}
function answersAsSsh(host, port) {
	return new Promise((resolve) => {
		const socket = connect({
			host,
			port,
			timeout: 1e3
		});
		const answer = (is) => {
			socket.destroy();
			resolve(is);
		};
		socket.once("data", (chunk) => answer(chunk.toString("latin1").startsWith("SSH-")));
		socket.once("error", () => answer(false));
		socket.once("timeout", () => answer(false));
		socket.once("close", () => answer(false));
	});
}
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
async function runInside(record, command, input) {
	const group = await controlGroup(record.name);
	return asRoot([
		"sh",
		"-euc",
		enter,
		"woven-local",
		group,
		...command
	], { input });
}
const shutDown = `group=$1
[ -d "$group" ] || exit 0
if [ -d "$group/run/payload/from-outside" ]; then echo 1 > "$group/run/payload/from-outside/cgroup.kill"; fi
for pid in $(cat "$group/run/supervisor/cgroup.procs" "$group/run/cgroup.procs" 2>/dev/null); do kill -TERM "$pid" || true; done
for try in $(seq 600); do
  if grep -qx 'populated 0' "$group/cgroup.events"; then break; fi
  sleep 0.05
done
`;
const cutPower = `group=$1
[ -d "$group" ] || exit 0
echo 1 > "$group/cgroup.kill"
for try in $(seq 200); do
  if grep -qx 'populated 0' "$group/cgroup.events"; then break; fi
  sleep 0.05
done
find "$group" -depth -type d -exec rmdir {} +`;
/** Ends everything in the node, and waits until it has ended. */
async function haltMachine(record, how) {
	const script = how === "orderly" ? shutDown + cutPower : cutPower;
	await rootScript("shutting down", script, [await controlGroup(record.name)]);
}

// src/local/node-owner.ts
const processSchema = object({
	kind: literal("process"),
	pid: number(),
	/** Clock ticks after boot: field 22 of proc_pid_stat(5). */
	started: string(),
	boot: string()
});
const ownerSchema = variant("kind", [processSchema, object({
	kind: literal("nobody"),
	boot: string()
})]);
const bootId = async () => (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
/** The process `pid`, or this one. If it has ended, the next process that starts a node removes its nodes. */
async function processOwner(pid = process.pid) {
	return {
		kind: "process",
		pid,
		started: await startTime(pid) ?? "",
		boot: await bootId()
	};
}
async function nobody() {
	return {
		kind: "nobody",
		boot: await bootId()
	};
}
async function hasEnded(owner) {
	if (owner.boot !== await bootId()) return true;
	return owner.kind === "process" && await startTime(owner.pid) !== owner.started;
}
async function startTime(pid) {
	const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => void 0);
	const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
	return fields?.[0] === "Z" ? void 0 : fields?.[19];
}

// src/local/records.ts
const loginSchema = variant("kind", [object({ kind: literal("root") }), object({
	kind: literal("admin"),
	user: string()
})]);
const stockSchema = object({
	suite: picklist(["trixie", "bookworm"]),
	base: string(),
	/** Saved layers over the base, the newest first. */
	layers: array(string()),
	login: loginSchema
});
const recordSchema = object({
	...stockSchema.entries,
	name: string(),
	/** Distinguishes this node from others that had the same name. */
	id: string(),
	owner: ownerSchema,
	started: string(),
	host: string(),
	/** The host's end of the node's link. Empty until there is one. */
	link: string(),
	port: number()
});
const loginUser = (login) => login.kind === "root" ? "root" : login.user;
/** Reserves the name. If two processes try it at the same time, one gets the error. */
async function createRecord(record, places) {
	const script = `test ! -e "/run/netns/$3"
umask 022
new=$(mktemp -d "$1/.new.XXXXXX"); chmod 755 "$new"
install -d -m 700 "$new/disk"
echo "$4" > "$new/id"
cat > "$new/node.json"
mv -T "$new" "$1/$2" || { rm -rf "$new"; exit 1; }`;
	const values = [
		nodesDirectory(places),
		record.name,
		kernelName(record.name),
		record.id
	];
	const made = await asRoot([
		"sh",
		"-euc",
		script,
		"woven-local",
		...values
	], { input: JSON.stringify(record) });
	if (made.code === 0) return;
	throw new WovenError({
		code: "local-node-name",
		message: `there is already a local node with the name ${record.name}`,
		next: `Use another name, or remove it first: npm run node -- down ${record.name}`,
		output: made.stderr.trim() || void 0
	});
}
async function updateRecord(record, places) {
	const script = "umask 022; cat > \"$1.new\"; mv \"$1.new\" \"$1\"";
	const path = join(nodeDirectory(places, record.name), "node.json");
	await rootScript(`writing ${path}`, script, [path], { input: JSON.stringify(record) });
}
async function readRecord(name, places) {
	const text = await readFile(join(nodeDirectory(places, name), "node.json"), "utf8").catch(() => void 0);
	if (text === void 0) return void 0;
	const parsed = safeParse(recordSchema, JSON.parse(text));
	if (parsed.success) return parsed.output;
	throw new WovenError({
		code: "local-node-record",
		message: `the record of the local node ${name} was written by another version of Woven`,
		next: "Remove the node with the version that made it, or reboot this machine and remove the node's folder.",
		file: join(nodeDirectory(places, name), "node.json")
	});
}
async function readRecords(places) {
	const names = await readdir(nodesDirectory(places)).catch(() => []);
	return (await Promise.all(names.filter((name) => !name.startsWith(".")).map((name) => readRecord(name, places)))).filter((record) => record !== void 0);
}

// src/local/cloud-init.ts
const script = `name=$1 user=$2 host_keys=$3
IFS= read -r key; IFS= read -r password || true
echo "$name" > /etc/hostname
touch /etc/hosts
sed -i '/^127\\.0\\.1\\.1/d' /etc/hosts
echo "127.0.1.1 $name" >> /etc/hosts
grep -q '^127\\.0\\.0\\.1' /etc/hosts || echo '127.0.0.1 localhost' >> /etc/hosts
tr -d - < /proc/sys/kernel/random/uuid > /etc/machine-id

if [ "$host_keys" = fresh ]; then rm -f /etc/ssh/ssh_host_*; fi
for type in rsa ecdsa ed25519; do
  file=/etc/ssh/ssh_host_\${type}_key
  if [ ! -e "$file" ]; then ssh-keygen -q -t "$type" -N '' -C "root@$name" -f "$file" & fi
done

drop_in=/etc/ssh/sshd_config.d/50-cloud-init.conf
if ! id "$user" >/dev/null 2>&1; then
  useradd --create-home --shell /bin/bash --groups sudo "$user"
  echo "$user ALL=(ALL) NOPASSWD:ALL" > /etc/sudoers.d/90-cloud-init-users
  chmod 440 /etc/sudoers.d/90-cloud-init-users
fi
if [ -n "$password" ]; then
  echo "$user:$password" | chpasswd
  echo 'PasswordAuthentication yes' > "$drop_in"
  if [ "$user" = root ]; then echo 'PermitRootLogin yes' >> "$drop_in"; fi
elif [ ! -e /etc/woven-local ]; then
  echo 'PasswordAuthentication no' > "$drop_in"
fi
touch /etc/woven-local

home=$(getent passwd "$user" | cut -d : -f 6)
group=$(id -gn "$user")
install -d -m 700 -o "$user" -g "$group" "$home/.ssh"
touch "$home/.ssh/authorized_keys"
grep -qxF -e "$key" "$home/.ssh/authorized_keys" || printf '%s\\n' "$key" >> "$home/.ssh/authorized_keys"
chown "$user:$group" "$home/.ssh/authorized_keys"
chmod 600 "$home/.ssh/authorized_keys"

wait
mkdir -p /run/sshd
/usr/sbin/sshd -T | sed -n 's/^port //p' | head -n 1`;
/** Gives the tree its own identity. Returns the port of its sshd. */
async function initialise(tree, boot) {
	const values = [
		tree,
		script,
		boot.hostname,
		loginUser(boot.login),
		boot.hostKeys
	];
	const chroot = "exec unshare --mount sh -euc 'mount -t proc proc \"$1/proc\"; exec chroot \"$1\" sh -euc \"$2\" woven-local \"$3\" \"$4\" \"$5\"' woven-local \"$@\"";
	const input = `${boot.publicKey.trim()}\n${boot.password ?? ""}\n`;
	return Number(await rootScript("preparing its users and keys", chroot, values, { input }));
}
/** The port of sshd, read again because the node may have changed it. */
async function sshPort(tree) {
	return Number(await rootScript("reading its sshd's port", `chroot "$1" sh -euc "mkdir -p /run/sshd; /usr/sbin/sshd -T" | sed -n 's/^port //p' | head -n 1`, [tree]));
}

// src/local/images.ts
const imageFile = (places, image) => join(imagesDirectory(places), `${checkName("image", image)}.json`);
async function readImage(image, places) {
	const text = await readFile(imageFile(places, image), "utf8").catch(() => void 0);
	return text === void 0 ? void 0 : parse(stockSchema, JSON.parse(text));
}
/** Throws `local-node-image` if there is no such image. */
async function openImage(image, places) {
	const stock = await readImage(image, places);
	if (stock !== void 0) return stock;
	const names = await imageNames(places);
	throw new WovenError({
		code: "local-node-image",
		message: `there is no saved local node called ${image}`,
		next: names.length > 0 ? `The images are: ${names.join(", ")}` : "Save one first: npm run node -- save NODE IMAGE"
	});
}
async function imageNames(places) {
	return (await readdir(imagesDirectory(places)).catch(() => [])).flatMap((file) => file.endsWith(".json") ? file.slice(0, -5) : []);
}
/** The names of all images. */
async function readImages(places) {
	return (await Promise.all((await imageNames(places)).map((image) => readImage(image, places)))).filter((image) => image !== void 0);
}
/** Saves the disk of a node that was shut down and unmounted. Replaces an image of that name. The caller must hold the store's lock. */
async function keepAsImage(record, image, places) {
	const { suite, base, login } = record;
	const stock = {
		suite,
		base,
		login,
		layers: [record.id, ...record.layers]
	};
	const script = `umask 022
install -d -m 755 "$2"; install -d -m 700 "$2/disk"
mv -T "$1" "$2/disk/upper"
sync -f "$2"
cat > "$3.new"; mv "$3.new" "$3"`;
	const values = [
		ownChanges(places, record.name),
		join(layersDirectory(places), record.id),
		imageFile(places, image)
	];
	await rootScript(`saving it as ${image}`, script, values, { input: JSON.stringify(stock) });
}
/** Whether the base of the image was removed from the cache. */
async function lacksBase(stock, places) {
	return !await exists(join(basesDirectory(places), stock.base));
}

// src/local/network.ts
const connect$1 = `ns=$1 dir=$2 machine=$3 i=$4
exec 9>"$machine/network.lock"; flock 9
ip netns add "$ns"
link=
for try in $(seq 64); do
  i=$(( (i + 1) % 32768 ))
  at=$(( i * 4 )); three=198.$(( 18 + at / 65536 )).$(( at / 256 % 256 )); four=$(( at % 256 ))
  if [ -n "$(ip -4 -o address show to "$three.$four/30")" ]; then continue; fi
  # The kernel lets one process only have a name of a link.
  if ip link add "woven$i" type veth peer name eth0 netns "$ns"; then link=woven$i; break; fi
done
[ -n "$link" ] || { echo "no free link found" >&2; exit 1; }
echo "$link" > "$dir/link"
here=$three.$(( four + 1 )) there=$three.$(( four + 2 ))
out=$(ip -4 route show default | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | head -n 1)
mtu=$(cat "/sys/class/net/\${out:-lo}/mtu"); [ "$mtu" -le 1500 ] || mtu=1500

ip address add "$here/30" dev "$link"
ip link set "$link" mtu "$mtu" up
ip -n "$ns" link set lo up
ip -n "$ns" address add "$there/30" dev eth0
ip -n "$ns" link set eth0 mtu "$mtu" up
ip -n "$ns" route add default via "$here"

nft -f - <<RULES
table inet $ns {
  chain way-out { type nat hook postrouting priority srcnat; ip saddr $there ip daddr != 198.18.0.0/15 masquerade; }
  chain from-node { type filter hook prerouting priority raw; }
  chain to-node { type filter hook postrouting priority mangle; }
}
RULES
# Docker and some firewalls drop what is forwarded unless a rule of iptables lets it pass.
if command -v iptables >/dev/null && iptables -w -S FORWARD 2>/dev/null | grep -qv -x -e '-P FORWARD ACCEPT'; then
  iptables -w -I FORWARD -i "$link" -j ACCEPT
  iptables -w -I FORWARD -o "$link" -j ACCEPT
fi
if [ "$(cat /proc/sys/net/ipv4/ip_forward)" != 1 ]; then
  touch "$machine/turned-on-ip-forward"
  echo 1 > /proc/sys/net/ipv4/ip_forward
fi
# What is meant for a node that has gone, or never was, must not leave by the default route.
if ip route add unreachable 198.18.0.0/15 metric 4096 2>/dev/null; then touch "$machine/added-unreachable-route"; fi
echo "$link $there"`;
/** Makes the node's network. It is found again by its name and by the file `link` in the node's folder. */
async function connectNode(node, places) {
	const begin = Math.floor(Math.random() * 32768);
	const values = [
		kernelName(node),
		nodeDirectory(places, node),
		machineDirectory,
		`${begin}`
	];
	const [name = "", host = ""] = (await rootScript("connecting its network", connect$1, values)).split(" ");
	return {
		name,
		host
	};
}
/** Drops every packet from and to the node without notice, like a pulled cable. */
async function cutLink(node, link) {
	await rootScript("cutting its network", `nft -f - <<RULES
flush chain inet $1 from-node
flush chain inet $1 to-node
add rule inet $1 from-node iifname "$2" drop
add rule inet $1 to-node oifname "$2" drop
RULES`, [kernelName(node), link]);
}
async function restoreLink(node) {
	await rootScript("reconnecting its network", "nft flush chain inet \"$1\" from-node; nft flush chain inet \"$1\" to-node", [kernelName(node)]);
}

// src/local/teardown.ts
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
async function valuesOf(record, places) {
	const name = kernelName(record.name);
	const group = await controlGroup(record.name);
	return [
		nodeDirectory(places, record.name),
		record.id,
		name,
		group,
		machineDirectory
	];
}
/** Removes the node and everything that was made for it. */
async function tearDown(record, places) {
	await rootScript(`removing ${record.name}`, teardown, await valuesOf(record, places));
}
const untilThisProcessEnds = `if read -r word && [ "$word" = removed ]; then exit 0; fi`;
const untilProcessEnds = (pid) => `exec </dev/null; tail --pid=${pid} --sleep-interval=0.5 -f /dev/null`;
/**
* Starts a process that removes the node when this process, or the process `pid`, ends. It does not keep this process alive, and does
* not get the terminal's Ctrl-C.
*/
async function watchOver(record, places, pid) {
	const script = `trap '' INT HUP TERM
${pid === void 0 ? untilThisProcessEnds : untilProcessEnds(pid)}
${teardown}`;
	const [program = "", ...rest] = await rootArgv([
		"sh",
		"-euc",
		script,
		"woven-local-watch",
		...await valuesOf(record, places)
	]);
	const watch = spawn(program, rest, {
		stdio: [
			"pipe",
			"ignore",
			"ignore"
		],
		detached: true,
		cwd: "/"
	});
	watch.on("error", () => void 0);
	watch.stdin.on("error", () => void 0);
	watch.unref();
	if ("unref" in watch.stdin && typeof watch.stdin.unref === "function") watch.stdin.unref();
	return () => watch.stdin.end("removed\n");
}

// src/local/unused-layers.ts
/** The caller must hold the store's lock. */
async function removeUnusedLayers(places) {
	const stocks = [...await readImages(places), ...await readRecords(places)];
	const used = new Set(stocks.flatMap((stock) => [stock.base, ...stock.layers]));
	for (const suite of suites) used.add(await baseKey(suite));
	const kept = [];
	for (const directory of [basesDirectory(places), layersDirectory(places)]) for (const name of await readdir(directory)) if (!used.has(name) && !name.startsWith(".")) kept.push(join(directory, name));
	const mounts = await readFile("/proc/self/mounts", "utf8");
	const unused = kept.filter((path) => !mounts.includes(`${path}/`));
	if (unused.length > 0) await rootScript("removing unused layers", "rm -rf --one-file-system \"$@\"", unused);
}

// src/local/booted-node.ts
var BootedNode = class {
	#record;
	#places;
	#standDown;
	constructor(record, places, standDown) {
		this.#record = record;
		this.#places = places;
		this.#standDown = standDown;
	}
	get name() {
		return this.#record.name;
	}
	get host() {
		return this.#record.host;
	}
	get port() {
		return this.#record.port;
	}
	get user() {
		return loginUser(this.#record.login);
	}
	get suite() {
		return this.#record.suite;
	}
	async knownHosts() {
		const tree = nodeTree(this.#places, this.name);
		const keys = await rootScript("reading its host keys", "cat \"$1\"/etc/ssh/ssh_host_*_key.pub", [tree]);
		const place = this.port === 22 ? this.host : `[${this.host}]:${this.port}`;
		return keys.split("\n").map((line) => `${place} ${line.split(" ").slice(0, 2).join(" ")}`);
	}
	run(command, options = {}) {
		return runInside(this.#record, command, options.input);
	}
	async save(image) {
		checkName("image", image);
		await haltMachine(this.#record, "orderly");
		await rootScript("unmounting its disk", "umount \"$1\"", [nodeTree(this.#places, this.name)]);
		await withLock(storeLock(this.#places), async () => {
			await keepAsImage(this.#record, image, this.#places);
			await removeUnusedLayers(this.#places);
		});
		await this.stop();
	}
	async reboot(how = "orderly") {
		await haltMachine(this.#record, how);
		const port = await sshPort(nodeTree(this.#places, this.name));
		this.#record = {
			...this.#record,
			port
		};
		await updateRecord(this.#record, this.#places);
		await bootMachine(this.#record, this.#places);
		await waitForSsh(this.#record, this.#places);
	}
	cut() {
		return cutLink(this.name, this.#record.link);
	}
	reconnect() {
		return restoreLink(this.name);
	}
	async stop() {
		await tearDown(this.#record, this.#places);
		this.#standDown();
	}
	[Symbol.asyncDispose]() {
		return this.stop();
	}
};

// src/local/remove-orphans.ts
async function removeOrphans(places, log) {
	for (const record of await readRecords(places)) {
		if (!await hasEnded(record.owner)) continue;
		log(`Removing the local node ${record.name}, whose owner has ended`);
		await tearDown(record, places);
	}
}

// src/local/node.ts
/**
* Boots a node and returns when its sshd answers, after about 2 s. The first node of a suite takes up to a minute more. Throws
* `local-node-unsupported` if this machine cannot run one, `local-node-failed` if a part of it fails.
*/
async function startNode(options) {
	const { log, places = defaultPlaces } = options;
	const name = checkName("node", options.name ?? `node-${randomBytes(3).toString("hex")}`);
	await prepareMachine(log);
	await makePlaces(places);
	await removeOrphans(places, log);
	const record = await takeName(name, options, places);
	const standDown = options.outlives ? () => void 0 : await watchOver(record, places, options.belongsTo);
	try {
		return new BootedNode(await raise(record, options, places), places, standDown);
	} catch (thrown) {
		await tearDown(record, places);
		standDown();
		throw thrown;
	}
}
/** Records the node together with its base and layers, so that nobody removes them while it runs. */
async function takeName(name, options, places) {
	const bare = options.image === void 0 ? await bareStock(options, places) : void 0;
	return withLock(storeLock(places), async () => {
		const stock = bare ?? await openImage(options.image ?? "", places);
		if (await lacksBase(stock, places)) throw new WovenError({
			code: "local-node-image",
			message: `the base ${stock.base} of the image ${options.image} was removed from ${places.cache}`,
			next: "Make the image again: start a node, set it up, and save it."
		});
		const record = {
			...stock,
			name,
			id: randomBytes(8).toString("hex"),
			login: wantedLogin(options) ?? stock.login,
			owner: options.outlives ? await nobody() : await processOwner(options.belongsTo),
			started: (/* @__PURE__ */ new Date()).toISOString(),
			host: "",
			link: "",
			port: 22
		};
		await createRecord(record, places);
		return record;
	});
}
async function bareStock(options, places) {
	const suite = options.suite ?? "trixie";
	return {
		suite,
		base: await ensureBase(suite, places, options.log),
		layers: [],
		login: {
			kind: "admin",
			user: "debian"
		}
	};
}
function wantedLogin({ login }) {
	return login?.kind === "admin" ? {
		kind: "admin",
		user: login.user ?? "debian"
	} : login;
}
async function raise(record, options, places) {
	await mountDisk(record, places);
	const link = await connectNode(record.name, places);
	const port = await initialise(nodeTree(places, record.name), {
		hostname: record.name,
		login: record.login,
		publicKey: options.publicKey,
		password: options.password,
		hostKeys: options.hostKeys ?? "keep"
	});
	const raised = {
		...record,
		host: link.host,
		link: link.name,
		port
	};
	await updateRecord(raised, places);
	await bootMachine(raised, places);
	await waitForSsh(raised, places);
	return raised;
}
/** A node that another process started. It is not removed when this process ends. */
async function openNode(name, places = defaultPlaces) {
	const record = await readRecord(checkName("node", name), places);
	if (record !== void 0) return new BootedNode(record, places, () => void 0);
	const names = (await readRecords(places)).map((each) => each.name);
	throw new WovenError({
		code: "local-node-unknown",
		message: `there is no local node with the name ${name}`,
		next: names.length > 0 ? `The local nodes are: ${names.join(", ")}` : "There is none. Start one: npm run node -- up"
	});
}
async function listNodes(places = defaultPlaces) {
	return (await readRecords(places)).map(({ name, host, port, login, suite, owner, started }) => {
		return {
			name,
			host,
			port,
			user: loginUser(login),
			suite,
			owner,
			started
		};
	});
}

// src/local/rehearsal.ts
/**
* The same settings, with a booted node for `local`, or the one that an earlier step booted, and this machine's own key for the login.
* Throws `local-mixed` if other nodes are named too, and everything that startNode() throws.
*/
async function rehearse(settings, rehearsal) {
	const { login, sites } = settings;
	const others = settings.nodes.filter(({ host }) => host !== localRole);
	if (others.length > 0) throw mixed(others.map(({ host }) => host));
	const { privateKeyFile, publicKey } = await ownKeyPair();
	const node = await found(rehearsal) ?? await booted(settings, publicKey, rehearsal);
	const domain = sites[0] ? primaryDomain(sites[0]) : "shop.example.com";
	rehearsal.log(`To see a deployed site: curl --header 'Host: ${domain}' http://${node.host}/`);
	return {
		...settings,
		nodes: settings.nodes.map((address) => ({
			...address,
			host: node.host
		})),
		login: {
			privateKey: secret(await readFile(privateKeyFile, "utf8")),
			knownHosts: (await node.knownHosts()).join("\n"),
			hostKeyPolicy: "strict",
			jump: [],
			sshPort: login.sshPort,
			defaultSshPort: defaults["default-ssh-port"],
			rootUser: login.rootUser,
			authorizedKeys: login.authorizedKeys
		}
	};
}
async function found({ owner, log }) {
	const known = (await listNodes()).find(({ name }) => name === nameFor(owner));
	if (known === void 0 || known.host === "" || await hasEnded(known.owner)) return void 0;
	log(`The local node ${known.name} from the earlier steps is at ${known.host}`);
	return openNode(known.name);
}
async function booted({ login }, publicKey, { owner, log }) {
	const { rootUser } = login;
	const node = await startNode({
		name: nameFor(owner),
		login: rootUser === "root" ? { kind: "root" } : {
			kind: "admin",
			user: rootUser
		},
		publicKey,
		belongsTo: owner,
		log
	});
	log(`The local node ${node.name}, Debian ${node.suite}, is at ${node.host}. It is removed when process ${owner} ends`);
	return node;
}
function nameFor(owner) {
	return `rehearsal-${owner}`;
}
function mixed(hosts) {
	return new WovenError({
		code: "local-mixed",
		message: `role ${localRole} cannot be used together with servers (${hosts.join(", ")})`,
		state: "Nothing was changed.",
		next: `Rehearse in a separate step, with role: ${localRole}.`
	});
}

export { rehearse };