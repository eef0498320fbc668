// Somebody with a workflow: runs the built action against nodes, with their keys, host keys and secrets.
import { mkdtempSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import type { KeyPair } from "../../../src/local/key-pair.ts";
import type { LocalNode } from "../../../src/local/node.ts";
import type { FakeCache } from "../../harness/fake-cache.ts";
import {
  type ActionResult,
  type FailureTrace,
  type RunningAction,
  runAction,
  startAction,
} from "../../harness/run-action.ts";
import type { Checkout } from "./checkout.ts";

/** What DJANGO_SECRET_KEY is in these tests: it must not be seen anywhere. */
export const djangoSecret = "e2e-django-secret-8c1f0a7b5d2e4936";

/** How this machine reaches a package index: a runner of its own would have these set, too. */
const wayOut = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && /^(SSL_CERT_FILE|SSL_CERT_DIR|PIP_CERT|PIP_INDEX_URL|(HTTPS?|NO)_PROXY)$/i.test(name)
      ? [[name, value]]
      : [],
  ),
);

// GitHub's runner has the same RUNNER_TEMP for every job, and empties it between them. The cache counts on the first.
const runnerTemp = mkdtempSync(join(tmpdir(), "woven-runner-"));
afterAll(() => rm(runnerTemp, { recursive: true, force: true }));

export interface Job {
  readonly checkout: Checkout;
  readonly command: string;
  readonly inputs?: Readonly<Record<string, string>>;
  /** The webhook's payload. */
  readonly event?: unknown;
  /** Added to the runner's environment. A job beside another one needs a RUNNER_TEMP of its own, as on a second runner. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder of another version of the action. */
  readonly action?: string;
}

export interface Failed {
  readonly result: ActionResult;
  readonly failure: FailureTrace;
  readonly error: string;
}

export interface Operator {
  /** Runs to the end, whatever the end is. */
  run(job: Job): Promise<ActionResult>;
  start(job: Job): Promise<RunningAction>;
  /** Runs and expects success. */
  succeed(job: Job): Promise<ActionResult>;
  /**
   * Runs and expects exit 1 with an annotation for what failed (of the settings, one for each problem), an error, whose first line
   * stands in the summary, too. `failure` says what failed by code and names; `error` is all that annotations say.
   */
  fail(job: Job): Promise<Failed>;
}

/** `user` is whom the roles name: the deploy user, `woven`, unless said otherwise. */
export function operator(
  node: Pick<LocalNode, "host" | "knownHosts">,
  keys: KeyPair,
  cache: FakeCache,
  user = "woven",
): Operator {
  const prepared = async ({ checkout, command, inputs, env, action, event }: Job) => {
    if (env?.["RUNNER_TEMP"] === undefined) await rm(runnerTemp, { recursive: true, force: true });
    await mkdir(env?.["RUNNER_TEMP"] ?? runnerTemp, { recursive: true });
    return {
      workspace: checkout.path,
      event,
      inputs: {
        command,
        roles: JSON.stringify({ production: [`${user}@${node.host}`] }),
        "ssh-key": await readFile(keys.privateKeyFile, "utf8"),
        "known-hosts": (await node.knownHosts()).join("\n"),
        env: `DJANGO_SECRET_KEY=${djangoSecret}`,
        ...inputs,
      },
      env: { ...wayOut, ...cache.env, RUNNER_TEMP: runnerTemp, ...env },
      ...(action === undefined ? {} : { action }),
    };
  };
  const run = async (job: Job) => runAction(await prepared(job));
  return {
    run,
    start: async (job) => startAction(await prepared(job)),
    async succeed(job) {
      const result = await run(job);
      expect(result.code, told(result)).toBe(0);
      return result;
    },
    async fail(job) {
      const result = await run(job);
      expect(result.code, told(result)).toBe(1);
      const errors = result.annotations.filter(({ kind }) => kind === "error");
      const [failure] = result.failures;
      if (failure === undefined) throw new Error(`it does not say what failed\n${told(result)}`);
      expect(errors, told(result)).toHaveLength(failure.code === "settings" ? result.failures.length : 1);
      for (const { message } of errors)
        expect(unmarked(result.summary), told(result)).toContain(unmarked(withoutPlace(message)));
      const error = errors.map(({ message, properties }) => `${properties["title"]}\n${message}`).join("\n");
      return { result, failure, error };
    },
  };
}

/** Markdown as its reader sees it, near enough. */
function unmarked(text: string): string {
  return text
    .replaceAll("\\", "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll("&amp;", "&")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** All that a run said, for the message of a test that fails. */
export function told({ stdout, stderr }: ActionResult): string {
  return `${stdout.replaceAll(/^::(add-mask|debug)::.*\n/gm, "")}\n--- stderr ---\n${stderr}`.slice(-8000);
}

/** The first line of an annotation. The summary shows its file and line elsewhere. */
function withoutPlace(message: string): string {
  return (message.split("\n")[0] ?? "").replace(/ \([^()\s]+:\d+\)$/, "");
}
