// Nodes that answer by a script, for tests of what a run makes of the answers: everything is real but the login and the node.

import { basename } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { expect } from "vitest";
import { WovenError } from "../../src/errors.ts";
import { Host } from "../../src/node/host.ts";
import { filesOf } from "../../src/node/services.ts";
import type { ExecOptions, ExecResult, Session } from "../../src/node/session.ts";
import type { ReleaseRecord } from "../../src/node/state.ts";
import { Fleet, NodeRun } from "../../src/rollout/fleet.ts";
import type { Runtime } from "../../src/rollout/runtime.ts";
import type { Settings } from "../../src/settings/settings.ts";

/** What a stage comes to: lines of its log, or the connection breaks and nobody is let in again until `mend`. */
export type Answer = readonly object[] | "breaks";

export interface Script {
  /** By the stage's name, and how many of that name came before it. */
  readonly stage?: (name: string, before: number) => Answer;
  /** What the facts say that is read after a stage; without it, the node does not let in again once its connection broke. */
  readonly facts?: { readonly active: string; readonly releases: readonly ReleaseRecord[] };
  /** What distributions.py prints. */
  readonly distributions?: readonly { readonly distribution: string; readonly run: string | null }[];
}

export interface ScriptedNode {
  readonly run: NodeRun;
  /** The stages that were sent, with the ids of their steps, and the script of each. */
  readonly stages: { readonly name: string; readonly ids: readonly string[]; readonly text: string }[];
}

export const ends = { event: "end", status: "ok" };
export const fails = [
  { event: "step", n: 1, id: "health", status: "failed", ms: 1, details: "", data: "", output: "" },
  { event: "end", status: "failed" },
];

export function step(id: string, data: string): object {
  return { event: "step", n: 1, id, status: "ok", ms: 1, details: "", data: base64(data), output: "" };
}

export function scriptedNode(name: string, script: Script, runtime: Runtime, settings: Settings): ScriptedNode {
  const stages: ScriptedNode["stages"] = [];
  let broken: "broken" | undefined;
  const exec = async ({ input, onStdout, purpose = "" }: ExecOptions): Promise<ExecResult> => {
    const stage = purpose.startsWith("stage ") ? purpose.slice("stage ".length) : undefined;
    if (purpose === "distributions") return said(JSON.stringify(script.distributions ?? []), purpose);
    if (stage === undefined) return said(purpose === "facts" ? factsOf(script) : "", purpose);
    const before = stages.filter((sent) => sent.name === stage).length;
    const text = input instanceof Readable ? gunzipSync(await buffer(input)).toString() : "";
    stages.push({ name: stage, ids: idsOf(text), text });
    const answer = script.stage?.(stage, before) ?? [ends];
    if (answer === "breaks") {
      broken = "broken";
      throw new WovenError({ code: "connection-lost", message: "gone" });
    }
    onStdout?.(Buffer.from(answer.map((line) => `${JSON.stringify(line)}\n`).join("")));
    return said("", purpose);
  };
  const connect = async (): Promise<Session> => {
    if (broken && !script.facts) throw new WovenError({ code: "login-refused", message: "nobody is let in" });
    if (broken) broken = undefined;
    return {
      target: { user: "woven", host: name, port: 10022 },
      hostKey: { type: "", fingerprint: "", line: "" },
      cost: { logins: 1, roundTrips: 0, bytesSent: 0 },
      exec: (_, options = {}) => exec(options),
      terminal: () => Promise.reject(new Error("no terminal here")),
      sftp: () => Promise.reject(new Error("no SFTP here")),
      close: async () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    };
  };
  const address = { user: "woven", host: name };
  const host = new Host({ address, connect, log: runtime.log, signal: runtime.signal });
  return { run: new NodeRun(host, runtime, settings), stages };
}

export function fleetOf(nodes: readonly ScriptedNode[], maxParallel = 1): Fleet {
  return new Fleet(
    nodes.map(({ run }) => run),
    maxParallel,
  );
}

/** The ids of a stage's steps. What a step says is kept under its id, so no two have the same. */
function idsOf(script: string): readonly string[] {
  const ids = [...script.matchAll(/^step \d+ (\S+) /gm)].map(([, id = ""]) => id);
  expect(ids).toEqual([...new Set(ids)]);
  return ids;
}

/** No stage is running; everything else succeeds. */
function said(stdout: string, purpose: string): ExecResult {
  return { code: purpose === "whether a switch is still running" ? 3 : 0, stdout, stderr: "" };
}

/** What a node prints about itself. */
export function factsOf({ facts: given }: Script): string {
  const answers: readonly (readonly string[])[] = [
    ["os", "debian"],
    ["systemd", "yes"],
    ["home", "/home/woven"],
    ["root", "/home/woven"],
    ["active", given?.active ?? ""],
    [
      "units",
      (given?.releases ?? []).flatMap(({ services }) => filesOf(services).map((file) => basename(file))).join("\n"),
    ],
    ...(given?.releases ?? []).flatMap((release) => [
      ["release", JSON.stringify(release), `/var/local/woven/shop/releases/${release.name}.json`] as const,
      ["present", release.name] as const,
    ]),
  ];
  return answers.map(([key, ...values]) => `${key} ${values.map(base64).join(" ")}\n`).join("");
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
