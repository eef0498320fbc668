// `npm run bench -- --peers`: Woven beside Ansible, Fabric, pyinfra, and a shell, in turns, without delay and with 50 ms for each round
// trip. What each of them does and leaves out is in peers/README.md.
import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Checkout } from "../../__tests__/e2e/support/checkout.ts";
import { ensureTools } from "../../src/local/machine-requirements.ts";
import { type LocalNode, startNode } from "../../src/local/node.ts";
import { servers } from "../../src/servers/servers.ts";
import { basePackages } from "../../src/steps/apt.ts";
import { type Job, startJob } from "../job.ts";
import { inNode, nextRelease, releaseByHand, releaseSteps } from "./by-hand.ts";
import { distant } from "./network.ts";
import { alternate, type Budget, median, ratio, type Turns } from "./numbers.ts";
import { shopToMeasure, type World } from "./own.ts";
import { ansible, environment, fabric, type Peers, port, pyinfra, ssh, sshWords } from "./peer-commands.ts";
import { peerTools } from "./peer-tools.ts";
import { addFiles, archiveScript, changePage, keptReleases, nextVersion } from "./project.ts";
import { timed } from "./timed.ts";

const packages = [...basePackages, ...servers.apache.packages];
/** Milliseconds of a round trip to the servers that are far away. */
const distance = 50;

/** The files of a server whose contents a setup states. */
const stated = {
  authorized_keys: "/home/woven/.ssh/authorized_keys",
  sudoers: "/etc/sudoers.d/woven-woven",
  "sshd.conf": "/etc/ssh/sshd_config.d/00-woven.conf",
  "nginx.conf": "/etc/nginx/conf.d/woven.conf",
} as const;

type Way = (turn: number) => Promise<number>;

/** Where the servers are, as seen from here. */
interface Place {
  readonly job: Job;
  /** The server of the job. */
  readonly node: LocalNode;
  readonly peers: Peers;
}

/** Turns by row of the table. Needs the image that `measureOwn` makes. */
export async function measurePeers(world: World): Promise<ReadonlyMap<string, Turns>> {
  const { keys, say, image, repetitions } = world;
  await ensureTools([{ package: "rsync", there: ["/usr/bin/rsync"] }], say);
  await using folder = await mkdtempDisposable(join(tmpdir(), "woven-bench-"));
  await using node = await startNode({ image, publicKey: keys.publicKey, log: say });
  await using job = await startJob({ ...world, node });
  await using other = await startNode({ image, publicKey: keys.publicKey, log: say });
  const bin = await peerTools(say);
  const peers: Peers = { node: other, host: other.host, key: keys.privateKeyFile, bin, folder: folder.path };
  await using farNode = await distant(node.host, port, distance);
  await using farOther = await distant(other.host, port, distance);
  const knownHosts = async () => (await node.knownHosts()).map((line) => line.replace(/^\S+/, farNode.host));
  await using farJob = await startJob({ ...world, node: { host: farNode.host, knownHosts }, temp: job.temp });
  const places = new Map<string, Place>([
    ["0 ms", { job, node, peers }],
    [`${distance} ms`, { job: farJob, node, peers: { ...peers, host: farOther.host } }],
  ]);
  await prepare(peers);
  await using project = await shopToMeasure();
  await fill(places.get("0 ms") as Place, project);

  const rows = new Map<string, Turns>();
  const measure = async (what: string, waysAt: (place: Place) => ReadonlyMap<string, Way>) => {
    for (const [where, place] of places) {
      say(`${what}, ${where}`);
      const shown = [...waysAt(place)].map(([way, run]): [string, Way] => [
        way,
        (turn) => {
          say(`  ${way} ${turn}`);
          return run(turn);
        },
      ]);
      const turns = await alternate(new Map(shown), repetitions);
      for (const [way, seconds] of turns) say(`  ${way}: ${median(seconds).toFixed(2)} s`);
      rows.set(`${what}, ${where}`, turns);
    }
  };
  await measure("warm deploy", (place) => deployments(place, project));
  await measure("second setupnode", (place) => setups(place, project));
  await share(peers);
  await measure("rollback while the release still runs", (place) => rollbacks(place, project, "runs"));
  await measure("rollback", (place) => rollbacks(place, project, "has ended"));
  await addFiles(project);
  await nextVersion(project);
  await job.step(project.path, { command: "deploy" });
  await timedRsync(peers, project, await changePage(project));
  await measure("patch of one file of 10,000", (place) => patches(place, project));
  return rows;
}

/** Lets each of them make as many releases as are kept, so that all of them prune from then on. */
async function fill(place: Place, project: Checkout): Promise<void> {
  for (const run of deployments(place, project).values())
    for (let turn = 1; turn <= keptReleases; turn += 1) await run(turn);
}

/** Puts what the tools state and send where they find it, and rsync on their server. */
async function prepare({ node, folder }: Peers): Promise<void> {
  // pyinfra makes no folder for its list of known hosts.
  await mkdir(join(folder, ".ssh"));
  await inNode(node, [
    "sh",
    "-euc",
    "mkdir -p /root/setup; apt-get -qq update; apt-get -qq -y install rsync >/dev/null 2>&1",
  ]);
  for (const [name, path] of Object.entries(stated)) {
    await inNode(node, ["cp", path, `/root/setup/${name}`]);
    await writeFile(join(folder, name), await inNode(node, ["cat", path]));
  }
}

function deployments({ job, peers }: Place, project: Checkout): ReadonlyMap<string, Way> {
  const archive = join(peers.folder, "release.tar.gz");
  const by =
    (maker: string, argv: (name: string, address: string) => readonly string[]): Way =>
    async () => {
      await nextVersion(project);
      const packed = await timed(["sh", "-euc", archiveScript, "archive", project.path, archive]);
      const { name, address } = nextRelease(maker);
      return packed + (await timed(argv(name, address), { env: environment(peers) }));
    };
  const steps = releaseSteps.join(",");
  return new Map<string, Way>([
    [
      "Woven",
      async () => {
        await nextVersion(project);
        return (await job.step(project.path, { command: "deploy" })).seconds;
      },
    ],
    ["by hand on the server", () => releaseByHand(peers.node)],
    ["Fabric", by("fabric", (name, address) => fabric(peers, archive, name, address))],
    ["pyinfra", by("pyinfra", (name, address) => pyinfra(peers, "deploy", { archive, name, address, steps }))],
    ["Ansible", by("ansible", (release, address) => ansible(peers, "deploy", { archive, release, address, steps }))],
  ]);
}

function setups({ job, peers }: Place, project: Checkout): ReadonlyMap<string, Way> {
  const data = { packages: packages.join(","), files: peers.folder };
  const env = environment(peers);
  return new Map<string, Way>([
    ["Woven", async () => (await job.step(project.path, { command: "setupnode" })).seconds],
    ["by hand over ssh", () => timed(ssh(peers, `sudo sh -eu /root/setup.sh /root/setup ${packages.join(" ")}`))],
    ["pyinfra", () => timed(pyinfra(peers, "setup", data), { env })],
    ["Ansible", () => timed(ansible(peers, "setup", data), { env })],
  ]);
}

/** Sets up what many projects have, on the server of the other tools: one Apache that serves the release that a symbolic link points to. */
async function share({ node }: Peers): Promise<void> {
  const { address } = nextRelease("shared");
  await inNode(node, ["sh", "-eu", "/root/release.sh", "shared", address, "share"]);
}

/** Waits until nothing goes on there that an earlier run began: Woven tidies up after its end, and Apache ends old processes. */
async function atRest(node: LocalNode): Promise<void> {
  const script = 'lock=/var/local/woven/shop/.lease.lock; flock -s "$lock" true; sleep 2';
  await inNode(node, ["sh", "-euc", script]);
}

/** Each goes back to the release before, and forward again, which is not measured. Woven's server for it may have ended. */
function rollbacks(
  { job, node, peers }: Place,
  project: Checkout,
  before: "runs" | "has ended",
): ReadonlyMap<string, Way> {
  const activate = (version: string) => job.step(project.path, { command: "activate", version });
  const point = (release: string) => timed(ssh(peers, `sudo sh -eu /root/release.sh shared - point ${release}`));
  return new Map<string, Way>([
    [
      "Woven",
      async () => {
        const { version: now = "" } = (await job.step(project.path, { command: "status" })).outputs;
        const { outputs } = await job.step(project.path, { command: "rollback" });
        await activate(now);
        // The server of this release now runs until its drain ends.
        const version = outputs["version"] ?? "";
        if (before === "has ended")
          await inNode(node, ["sh", "-euc", 'systemctl stop "woven-shop-$1@*"', "stop", version]);
        const { seconds } = await job.step(project.path, { command: "rollback" });
        await activate(now);
        return seconds;
      },
    ],
    [
      "by hand over ssh",
      async () => {
        const names = await inNode(peers.node, ["sh", "-c", "ls -1td /home/woven/env/shop-hand-*"]);
        const [now = "", earlier = ""] = names.split("\n").map((path) => path.replace(/^.*\/shop-/, ""));
        await point(now);
        await atRest(peers.node);
        const seconds = await point(earlier);
        await point(now);
        return seconds;
      },
    ],
  ]);
}

/** Copies what differs into the live folder, reloads Apache, and waits for the new page. Returns the seconds. */
async function timedRsync(peers: Peers, project: Checkout, { mark }: { readonly mark: string }): Promise<number> {
  const copied = await timed([
    ...[
      "rsync",
      "--archive",
      "--delete",
      "--no-owner",
      "--no-group",
      "--no-perms",
      "--exclude=.git",
      "--exclude=sitesettings",
    ],
    ...["--rsync-path=sudo rsync", `--rsh=${sshWords(peers).join(" ")}`],
    ...[`${project.path}/`, `woven@${peers.host}:/home/woven/env/shop/project/`],
  ]);
  return copied + (await timed(ssh(peers, `sudo sh -eu /root/release.sh shared - reload '${mark}' /`)));
}

function patches({ job, node, peers }: Place, project: Checkout): ReadonlyMap<string, Way> {
  return new Map<string, Way>([
    [
      "Woven",
      async () => {
        await changePage(project);
        await atRest(node);
        return (await job.step(project.path, { command: "patch", parts: "templates" })).seconds;
      },
    ],
    [
      "rsync and reload",
      async () => {
        const page = await changePage(project);
        await atRest(peers.node);
        return await timedRsync(peers, project, page);
      },
    ],
  ]);
}

/** What `Done when` of the comparison allows. A row that is missing throws. */
export function peerBudgets(rows: ReadonlyMap<string, Turns>): readonly Budget[] {
  const row = (what: string) => rows.get(what) ?? new Map();
  const times = (what: string, one: string, other: string, bound: Budget["bound"], allowed: number): Budget => ({
    what: `${what}: ${one} / ${other}`,
    measured: ratio(row(what), one, other),
    bound,
    allowed,
    unit: " ×",
  });
  return [
    times("warm deploy, 0 ms", "Woven", "by hand on the server", "most", 1.15),
    times("warm deploy, 0 ms", "Fabric", "Woven", "least", 1.5),
    times("warm deploy, 50 ms", "Fabric", "Woven", "least", 3),
    times("second setupnode, 0 ms", "Woven", "by hand over ssh", "most", 1.5),
    times("patch of one file of 10,000, 0 ms", "Woven", "rsync and reload", "most", 1.5),
    times("rollback while the release still runs, 0 ms", "Woven", "by hand over ssh", "most", 1),
    times("rollback, 0 ms", "Woven", "by hand over ssh", "most", 1),
  ];
}

/** The medians in seconds, for `--json`. */
export function peerMedians(
  rows: ReadonlyMap<string, Turns>,
): Readonly<Record<string, Readonly<Record<string, number>>>> {
  return Object.fromEntries(
    [...rows].map(([what, turns]) => [
      what,
      Object.fromEntries([...turns].map(([way, seconds]) => [way, median(seconds)])),
    ]),
  );
}
