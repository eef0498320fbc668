// `npm run bench`: each command of Woven, and a warm deploy in turns with the same by hand on the server itself.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { type Checkout, checkout, shop } from "../../__tests__/e2e/support/checkout.ts";
import type { KeyPair } from "../../src/local/key-pair.ts";
import { startNode } from "../../src/local/node.ts";
import { secondsToFirstByte } from "../first-byte.ts";
import { type Job, startJob } from "../job.ts";
import { placeScripts, releaseByHand } from "./by-hand.ts";
import { type FleetCost, fleetCost } from "./fleet.ts";
import { alternate, type Budget, median, ratio, type Turns } from "./numbers.ts";
import { changePage, keptReleases, nextVersion } from "./project.ts";

export interface Run {
  readonly what: string;
  /** Time of the whole process, as a workflow sees it. */
  readonly seconds: number;
  readonly logins: number;
  readonly roundTrips: number;
  readonly bytesSent: number;
}

export interface OwnResults {
  readonly runs: readonly Run[];
  /** `Woven` and `by hand`. */
  readonly warm: Turns;
  /** Seconds. */
  readonly firstByte: readonly number[];
  /** A dry run of a deployment to many servers. */
  readonly fleet: FleetCost;
  /** Gzipped size of the files that a warm deploy and a patch send. */
  readonly changedBytes: { readonly warm: number; readonly large: number; readonly patch: number };
}

export interface World {
  readonly keys: KeyPair;
  /** Shows the lines of the runs. */
  readonly print: (line: string) => void;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  /** The name of the image that is made: a server that is set up, with a first release. */
  readonly image: string;
  readonly repetitions: number;
}

/** What a run may send besides the changed files: the login, the stages, and the list of the release's files. */
const fixedBytes = 25_000;
const servers = 200;

export async function measureOwn(world: World): Promise<OwnResults> {
  const { keys, say, signal, image, repetitions } = world;
  const runs: Run[] = [];
  await using project = await shopToMeasure();
  const measure = async (job: Job, what: string, inputs: Readonly<Record<string, string>>): Promise<Run> => {
    say(what);
    const run = { what, ...cost(await job.step(project.path, inputs)) };
    runs.push(run);
    return run;
  };
  const bare = await startNode({ login: { kind: "root" }, publicKey: keys.publicKey, log: say });
  await using runner = await startJob({ ...world, node: bare });
  const { temp } = runner;
  try {
    await measure(runner, "setupnode, fresh server", { command: "setupnode" });
    await measure(runner, "setupnode again", { command: "setupnode" });
    await measure(runner, "first deploy", { command: "deploy" });
    await placeScripts(bare);
    await bare.save(image);
  } finally {
    await bare.stop();
  }

  await using byHand = await startNode({ image, publicKey: keys.publicKey, log: say });
  await using node = await startNode({ image, publicKey: keys.publicKey, log: say });
  await using job = await startJob({ ...world, node, temp });
  // From here on, each deployment removes a release, as it does for every user after the first week.
  for (let turn = 1; turn <= keptReleases; turn += 1) {
    signal.throwIfAborted();
    await nextVersion(project);
    await job.step(project.path, { command: "deploy" });
    await releaseByHand(byHand);
  }
  let changed = 0;
  const warm = await alternate(
    new Map([
      [
        "Woven",
        async (turn: number) => {
          changed = (await nextVersion(project)).bytes;
          return (await measure(job, `warm deploy ${turn}`, { command: "deploy" })).seconds;
        },
      ],
      [
        "by hand",
        async (turn: number) => {
          signal.throwIfAborted();
          say(`the same by hand ${turn}`);
          return await releaseByHand(byHand);
        },
      ],
    ]),
    repetitions,
  );
  const photo = randomBytes(256 * 1024);
  await project.write("static/photo.bin", photo);
  const { version, bytes } = await nextVersion(project);
  await measure(job, "deploy of 256 KiB more", { command: "deploy" });
  const { bytes: patch } = await changePage(project);
  await measure(job, "patch of one file", { command: "patch", parts: "templates" });
  await measure(job, "rollback", { command: "rollback" });
  await measure(job, "activate", { command: "activate", version });
  say(`a dry run on ${servers} servers`);
  await nextVersion(project);
  const fleet = await fleetCost({
    node,
    keys,
    workspace: project.path,
    servers,
    temp,
    inputs: { command: "deploy", "dry-run": "true", "max-parallel": "100" },
  });
  return {
    runs,
    warm,
    firstByte: await firstBytes(project, keys, temp, say),
    fleet,
    changedBytes: { warm: changed, large: gzipSync(photo).length + bytes, patch },
  };
}

/** Keeps few releases. */
export async function shopToMeasure(): Promise<Checkout> {
  const project = await checkout(shop["0.2"]);
  await project.edit("pyproject.toml", "[tool.woven]\n", `[tool.woven]\nkeep-releases = ${keptReleases}\n`);
  return project;
}

/** Reads the action's log about its node. */
function cost({ stdout, seconds }: { readonly stdout: string; readonly seconds: number }): Omit<Run, "what"> {
  const [, logins, roundTrips, bytesSent] = /(\d+) logins?, (\d+) round trips, (\d+) bytes sent\)/.exec(stdout) ?? [];
  return { seconds, logins: Number(logins), roundTrips: Number(roundTrips), bytesSent: Number(bytesSent) };
}

async function firstBytes(
  project: Checkout,
  keys: KeyPair,
  temp: string,
  say: World["say"],
): Promise<readonly number[]> {
  say("first byte of SSH");
  const privateKey = await readFile(keys.privateKeyFile, "utf8");
  const all: number[] = [];
  for (let turn = 0; turn < 21; turn += 1)
    all.push(await secondsToFirstByte({ workspace: project.path, command: "deploy", privateKey, temp }));
  return all;
}

export function ownBudgets({ runs, warm, firstByte, fleet, changedBytes }: OwnResults): readonly Budget[] {
  const of = (start: string) => runs.filter(({ what }) => what.startsWith(start));
  const most = (all: readonly Run[], key: "logins" | "roundTrips" | "bytesSent") =>
    Math.max(...all.map((run) => run[key]));
  const budget = (what: string, measured: number, allowed: number, unit = ""): Budget => ({
    what,
    measured,
    bound: "most",
    allowed,
    unit,
  });
  const trips = (what: string, which: readonly Run[], allowed: number) =>
    budget(`round trips: ${what}`, most(which, "roundTrips"), allowed);
  const bytes = (what: string, which: readonly Run[], changed: number) =>
    budget(`bytes: ${what}`, most(which, "bytesSent"), Math.floor(fixedBytes + 1.1 * changed), " B");
  const afterSetup = runs.filter(({ what }) => what !== "setupnode, fresh server");
  return [
    budget("logins: every command", most(afterSetup, "logins"), 1),
    trips("deploy", [...of("first deploy"), ...of("warm deploy"), ...of("deploy of")], 6),
    trips("activate", of("activate"), 3),
    trips("rollback", of("rollback"), 3),
    trips("setupnode again", of("setupnode again"), 4),
    budget("bytes: the first deploy", most(of("first deploy"), "bytesSent") / 1e6, 12, " MB"),
    bytes("a warm deploy", of("warm deploy"), changedBytes.warm),
    bytes("a deploy of 256 KiB more", of("deploy of 256"), changedBytes.large),
    bytes("a patch", of("patch"), changedBytes.patch),
    budget("warm deploy / the same by hand on the node", ratio(warm, "Woven", "by hand"), 1.15, " ×"),
    budget("process start to first byte of SSH", median(firstByte), 0.25, " s"),
    budget(`memory: a dry run on ${servers} servers`, fleet.bytes / 1e6, 250, " MB"),
  ];
}
