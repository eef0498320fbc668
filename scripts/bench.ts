// `npm run bench`: measures each command on a local node, through the built action, and compares with the budgets of docs/design.md. The
// exit code is 1 if one is exceeded. `--json` prints the numbers as JSON. `--verbose` prints the log of the runs to stderr.
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { type Checkout, checkout, shop } from "../__tests__/e2e/support/checkout.ts";
import { type KeyPair, ownKeyPair } from "../src/local/key-pair.ts";
import { type LocalNode, removeImage, startNode } from "../src/local/node.ts";
import { loopbackAddress, newBuild } from "../src/release/build.ts";
import { secondsToFirstByte } from "./first-byte.ts";
import { type Job, startJob } from "./job.ts";

interface Run {
  readonly what: string;
  /** Time of the whole process, as a workflow sees it. */
  readonly seconds: number;
  readonly logins: number;
  readonly roundTrips: number;
  readonly bytesSent: number;
}

interface Budget {
  readonly what: string;
  readonly measured: number;
  readonly allowed: number;
  readonly unit: string;
}

interface Results {
  readonly runs: readonly Run[];
  /** Seconds. */
  readonly warm: readonly number[];
  readonly byHand: readonly number[];
  readonly firstByte: readonly number[];
  /** Gzipped size of the files that a warm deploy and a patch send. */
  readonly changedBytes: { readonly warm: number; readonly large: number; readonly patch: number };
}

const repetitions = 3;
/** What a run may send besides the changed files: the login, the stages, and the list of the release's files. */
const fixedBytes = 25_000;
const image = `bench-${process.pid}`;
const { values: flags } = parseArgs({ options: { json: { type: "boolean" }, verbose: { type: "boolean" } } });
const say = (line: string): void => console.error(line);
const show = flags.verbose ? (line: string) => say(`  ${line}`) : () => undefined;
const controller = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => controller.abort(new Error(`stopped by ${signal}`)));
}

async function bench(): Promise<Results> {
  const keys = await ownKeyPair();
  const runs: Run[] = [];
  await using project = await checkout(shop["0.2"]);
  const begin = (node: LocalNode, temp?: string) =>
    startJob({ node, keys, print: show, signal: controller.signal, ...(temp ? { temp } : {}) });
  const measure = async (job: Job, what: string, inputs: Readonly<Record<string, string>>): Promise<Run> => {
    say(what);
    const run = { what, ...cost(await job.step(project.path, inputs)) };
    runs.push(run);
    return run;
  };

  const bare = await startNode({ login: { kind: "root" }, publicKey: keys.publicKey, log: say });
  await using runner = await begin(bare);
  const { temp } = runner;
  try {
    await measure(runner, "setupnode, fresh server", { command: "setupnode" });
    await measure(runner, "setupnode again", { command: "setupnode" });
    await bare.save(image);
    await firstDeploys(keys, (node) => begin(node, temp), measure);
    await using node = await startNode({ image, publicKey: keys.publicKey, log: say });
    await using job = await begin(node, temp);
    await measure(job, "first deploy, bundle warm", { command: "deploy" });
    const warm: number[] = [];
    let changed = 0;
    for (let turn = 1; turn <= repetitions; turn += 1) {
      changed = await nextVersion(project, `0.2.${turn}`);
      warm.push((await measure(job, `warm deploy ${turn}`, { command: "deploy" })).seconds);
    }
    const photo = randomBytes(256 * 1024);
    await writeFile(join(project.path, "static/photo.bin"), photo);
    await nextVersion(project, "0.2.9");
    await measure(job, "deploy of 256 KiB more", { command: "deploy" });
    await project.edit(
      "templates/catalogue/plants.html",
      "{% block main %}",
      "{% block main %}\n<p>Closed on Mondays.</p>",
    );
    const patch = gzipSync(await readFile(join(project.path, "templates/catalogue/plants.html"))).length;
    await measure(job, "patch of one file", { command: "patch", parts: "templates" });
    await measure(job, "activate", { command: "activate", version: "0.2.2" });
    await measure(job, "rollback", { command: "rollback" });
    await job.step(project.path, { command: "activate", version: "0.2.2" });
    return {
      runs,
      warm,
      byHand: await byHand(node),
      firstByte: await firstBytes(project, keys, temp),
      changedBytes: { warm: changed, large: gzipSync(photo).length + changed, patch },
    };
  } finally {
    await bare.stop();
    await removeImage(image);
  }
}

/** On a node of its own, so that the next first deploy finds its bundle on the runner. */
async function firstDeploys(
  keys: KeyPair,
  begin: (node: LocalNode) => Promise<Job>,
  measure: (job: Job, what: string, inputs: Readonly<Record<string, string>>) => Promise<Run>,
): Promise<void> {
  await using node = await startNode({ image, publicKey: keys.publicKey, log: say });
  await using job = await begin(node);
  await measure(job, "first deploy, bundle cold", { command: "deploy" });
}

/** Reads the action's log about its node. */
function cost({ stdout, seconds }: { readonly stdout: string; readonly seconds: number }): Omit<Run, "what"> {
  const [, logins, roundTrips, bytesSent] = /(\d+) logins?, (\d+) round trips, (\d+) bytes sent\)/.exec(stdout) ?? [];
  return { seconds, logins: Number(logins), roundTrips: Number(roundTrips), bytesSent: Number(bytesSent) };
}

/** Makes a version with the same requirements, in which four files differ. Returns their gzipped size. */
async function nextVersion(project: Checkout, version: string): Promise<number> {
  const files = ["pyproject.toml", "shop/__init__.py", "static/version.txt", "templates/version.txt"];
  const texts: string[] = [];
  for (const file of files) {
    const text = (await readFile(join(project.path, file), "utf8")).replace(/\b0\.2(\.\d+)?\b/, version);
    await project.write(file, text);
    texts.push(text);
  }
  return gzipSync(texts.join("")).length;
}

/** Runs the hand-written script on the node itself, with the files already there. Returns the seconds of each run. */
async function byHand(node: LocalNode): Promise<readonly number[]> {
  const script = await readFile(join(import.meta.dirname, "bench-by-hand.sh"), "utf8");
  const all: number[] = [];
  const files = await inNode(node, [
    "sh",
    "-euc",
    "cp -a /home/woven/env/shop/project /tmp/files; rm -rf /tmp/files/sitesettings; echo /tmp/files",
  ]);
  for (let turn = 1; turn <= repetitions; turn += 1) {
    controller.signal.throwIfAborted();
    say(`the same by hand ${turn}`);
    const began = performance.now();
    await inNode(node, ["sh", "-euc", script, "by-hand", files.trim(), `hand-${turn}`, loopbackAddress(newBuild())]);
    all.push((performance.now() - began) / 1000);
  }
  return all;
}

async function inNode(node: LocalNode, command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await node.run(command);
  if (code !== 0) throw new Error(`in the node: exit code ${code}\n${stdout}${stderr}`);
  return stdout;
}

async function firstBytes(project: Checkout, keys: KeyPair, temp: string): Promise<readonly number[]> {
  say("first byte of SSH");
  const privateKey = await readFile(keys.privateKeyFile, "utf8");
  const all: number[] = [];
  for (let turn = 0; turn < 21; turn += 1) {
    all.push(await secondsToFirstByte({ workspace: project.path, command: "deploy", privateKey, temp }));
  }
  return all;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function budgets({ runs, warm, byHand: hand, firstByte, changedBytes }: Results): readonly Budget[] {
  const of = (start: string) => runs.filter(({ what }) => what.startsWith(start));
  const most = (of: readonly Run[], key: "logins" | "roundTrips" | "bytesSent") =>
    Math.max(...of.map((run) => run[key]));
  const trips = (what: string, which: readonly Run[], allowed: number) => ({
    what: `round trips: ${what}`,
    measured: most(which, "roundTrips"),
    allowed,
    unit: "",
  });
  const bytes = (what: string, which: readonly Run[], changed: number) => ({
    what: `bytes: ${what}`,
    measured: most(which, "bytesSent"),
    allowed: Math.floor(fixedBytes + 1.1 * changed),
    unit: " B",
  });
  const deploys = [...of("first deploy"), ...of("warm deploy"), ...of("deploy of")];
  return [
    {
      what: "logins: every command",
      measured: most(
        runs.filter(({ what }) => what !== "setupnode, fresh server"),
        "logins",
      ),
      allowed: 1,
      unit: "",
    },
    trips("deploy", deploys, 6),
    trips("activate", of("activate"), 3),
    trips("rollback", of("rollback"), 3),
    trips("setupnode again", of("setupnode again"), 4),
    bytes("a warm deploy", of("warm deploy"), changedBytes.warm),
    bytes("a deploy of 256 KiB more", of("deploy of 256"), changedBytes.large),
    bytes("a patch", of("patch"), changedBytes.patch),
    {
      what: "bytes: the first deploy of the example",
      measured: most(of("first deploy"), "bytesSent"),
      allowed: 12_000_000,
      unit: " B",
    },
    {
      what: "warm deploy / the same by hand on the node",
      measured: median(warm) / median(hand),
      allowed: 1.25,
      unit: "×",
    },
    { what: "process start to first byte of SSH", measured: median(firstByte), allowed: 0.25, unit: " s" },
  ];
}

function tell(results: Results): void {
  const row = (cells: readonly string[]) =>
    console.log(cells.map((cell, index) => (index === 0 ? cell.padEnd(58) : cell.padStart(12))).join(""));
  row(["", "seconds", "logins", "round trips", "bytes sent"]);
  for (const { what, seconds, logins, roundTrips, bytesSent } of results.runs) {
    row([what, seconds.toFixed(2), `${logins}`, `${roundTrips}`, `${bytesSent}`]);
  }
  console.log();
  const spread = (values: readonly number[]) =>
    [median(values), Math.min(...values), Math.max(...values)].map((value) => value.toFixed(3));
  row(["seconds", "median", "least", "most"]);
  row([`warm deploy, ${results.warm.length} times`, ...spread(results.warm)]);
  row([`the same by hand on the node, ${results.byHand.length} times`, ...spread(results.byHand)]);
  row([`first byte of SSH, ${results.firstByte.length} times`, ...spread(results.firstByte)]);
  console.log(
    `\nChanged, gzipped: ${results.changedBytes.warm} bytes in a warm deploy, ${results.changedBytes.patch} in the patch\n`,
  );
  row(["budget", "measured", "allowed", ""]);
  for (const { what, measured, allowed, unit } of budgets(results)) {
    row([what, `${Number(measured.toFixed(2))}${unit}`, `${allowed}${unit}`, measured <= allowed ? "within" : "over"]);
  }
}

const results = await bench();
if (flags.json) console.log(JSON.stringify({ ...results, budgets: budgets(results) }, null, 2));
else tell(results);
if (budgets(results).some(({ measured, allowed }) => !(measured <= allowed))) process.exitCode = 1;
