// What the runner does while a stage runs on a node: a node of a few lines that answers as one does.
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { WovenError } from "../../src/errors.ts";
import { createLog } from "../../src/log.ts";
import { Host } from "../../src/node/host.ts";
import { runStage } from "../../src/node/run-stage.ts";
import type { ExecResult, Session } from "../../src/node/session.ts";
import { sh } from "../../src/node/sh.ts";
import { stage, step } from "./stage-run.ts";

const one = stage([step("one", sh`true`)]);
const line = (event: object) => Buffer.from(`${JSON.stringify(event)}\n`);
const stepLine = (status: string) =>
  line({ event: "step", n: 1, id: "one", status, ms: 10, details: "", data: "", output: "" });
const ok: ExecResult = { code: 0, stdout: "", stderr: "" };
const gone = () => new WovenError({ code: "connection-lost", message: "gone" });
const refused = () => new WovenError({ code: "connect-refused", message: "refused" });

type Asked = "send" | "stop" | "follow";

/** What the node does when asked, each time that it is. `say` is what it prints. */
type Answers = Readonly<Record<Asked, (say: (text: Buffer) => void, signal: AbortSignal) => Promise<ExecResult>>>;

function wordOf(command: string): Asked {
  // What is sent is packed: see packed-script.ts.
  const [, packed] = /printf %s '?([\w+/=]{100,})/.exec(command) ?? [];
  const script = packed === undefined ? command : `${gunzipSync(Buffer.from(packed, "base64"))}`;
  if (script.includes("tar -xzf")) return "send";
  return script.includes("systemctl stop") ? "stop" : "follow";
}

/** A host on such a node; `logins` has a word for each try to log in, the last one for all that follow. */
function node(answers: Answers, logins: readonly ("in" | "refused")[] = ["in"]) {
  const cancel = new AbortController();
  const asked: (Asked | "login")[] = [];
  const printed: string[] = [];
  const session = {
    target: { user: "root", host: "web1", port: 22 },
    cost: { logins: 1, roundTrips: 1, bytesSent: 1 },
    close: async () => undefined,
    exec: (command: { readonly text: string }, { onStdout, signal }: Parameters<Session["exec"]>[1] = {}) => {
      const what = wordOf(command.text);
      asked.push(what);
      const given = signal ?? new AbortController().signal;
      const cut = new Promise<never>((_, reject) => {
        given.addEventListener("abort", () => reject(new WovenError({ code: "cancelled", message: "cut" })));
      });
      return Promise.race([answers[what]((text) => onStdout?.(text), given), cut]);
    },
  } as unknown as Session;
  const host = new Host({
    address: { user: "root", host: "web1" },
    connect: async () => {
      asked.push("login");
      const tries = asked.filter((word) => word === "login").length;
      if ((logins[tries - 1] ?? logins.at(-1)) === "refused") throw refused();
      return session;
    },
    log: createLog((text) => printed.push(text)),
    signal: cancel.signal,
  });
  return { host, asked, printed, cancel: () => cancel.abort(new Error("cancelled")) };
}

const never = () => new Promise<never>(() => undefined);
const begins: Answers["send"] = (say) => {
  say(line({ event: "begin", n: 1, id: "one" }));
  return never();
};
const stops: Answers["follow"] = async (say) => {
  say(stepLine("failed"));
  say(line({ event: "end", status: "stopped" }));
  return ok;
};

describe("a stage whose run is cancelled", () => {
  test("while all is well is told over the same login, and followed to its end", async () => {
    const { promise: told, resolve } = Promise.withResolvers<void>();
    const web = node({
      send: async (say, signal) => {
        say(line({ event: "begin", n: 1, id: "one" }));
        web.cancel();
        await told;
        return stops(say, signal);
      },
      stop: async () => {
        resolve();
        return ok;
      },
      follow: never,
    });
    await expect(runStage(web.host, one)).rejects.toMatchObject({ code: "stopped" });
    expect(web.asked).toEqual(["login", "send", "stop"]);
  });

  test("between two tries to log in again is told at once, over a new login", async () => {
    const web = node(
      {
        send: async (say) => {
          say(line({ event: "begin", n: 1, id: "one" }));
          throw gone();
        },
        stop: async () => ok,
        follow: stops,
      },
      ["in", "refused", "refused", "refused", "in"],
    );
    const running = runStage(web.host, one);
    running.catch(() => undefined);
    // The fourth try would come four seconds after the third.
    await expect.poll(() => web.asked.length, { timeout: 10_000, interval: 20 }).toBe(5);
    const cancelled = performance.now();
    web.cancel();
    await expect(running).rejects.toMatchObject({ code: "stopped" });
    expect(performance.now() - cancelled).toBeLessThan(1000);
    expect(web.asked.slice(5)).toEqual(["login", "stop", "follow"]);
  });

  test("that does not answer any more ends in time, and says that the node does not know", async () => {
    const web = node({
      send: begins,
      stop: never,
      follow: never,
    });
    const running = runStage(web.host, one);
    running.catch(() => undefined);
    await expect.poll(() => web.asked).toEqual(["login", "send"]);
    const cancelled = performance.now();
    web.cancel();
    await expect(running).rejects.toMatchObject({ code: "not-told", details: { node: "web1", stage: "test" } });
    expect(performance.now() - cancelled).toBeLessThan(7500);
    expect(web.asked.slice(0, 5)).toEqual(["login", "send", "stop", "login", "stop"]);
  });

  test("that takes long to undo is left to it, and that is said", async () => {
    const web = node({
      send: begins,
      stop: async () => ok,
      follow: never,
    });
    const running = runStage(web.host, one);
    running.catch(() => undefined);
    await expect.poll(() => web.asked).toEqual(["login", "send"]);
    web.cancel();
    await expect(running).rejects.toMatchObject({ code: "stopped" });
  });

  test("before it has begun is not sent to its end first", async () => {
    const web = node({
      send: never,
      stop: async () => ok,
      follow: async () => ({ code: 44, stdout: "", stderr: "no such run" }),
    });
    const running = runStage(web.host, one);
    running.catch(() => undefined);
    await expect.poll(() => web.asked).toEqual(["login", "send"]);
    web.cancel();
    await expect(running).rejects.toMatchObject({ code: "stopped" });
    expect(web.asked).toEqual(["login", "send", "stop", "follow"]);
  });
});

test("a plan says what would change, and a run what has", async () => {
  const changes: Answers["send"] = async (say) => {
    say(stepLine("changed"));
    say(line({ event: "end", status: "ok" }));
    return ok;
  };
  for (const [mode, words] of [
    ["plan", "│ would change one (0.0 s)"],
    ["run", "│ changed one (0.0 s)"],
  ] as const) {
    const web = node({ send: changes, stop: never, follow: never });
    expect(await runStage(web.host, one, mode)).toMatchObject({ changed: true });
    expect(web.printed).toEqual(["│ — test", words]);
  }
});

describe("a node that says more than a stage has to say", () => {
  test.each([
    ["in one line", () => Buffer.alloc(2 ** 20, "a")],
    ["in many", () => Buffer.from(`${"a".repeat(1000)}\n`.repeat(2000))],
  ])("%s is heard no longer, and only it can say how the stage ends", async (_what, chunk) => {
    let said = 0;
    const web = node({
      send: async (say) => {
        for (; said < 400; said++) say(chunk());
        return ok;
      },
      stop: async () => ok,
      follow: never,
    });
    await expect(runStage(web.host, one)).rejects.toMatchObject({ code: "output-too-long", end: "unknown" });
    expect(said).toBeLessThan(200);
  });

  test("a step that is none of the stage's is not told of", async () => {
    const web = node({
      send: async (say) => {
        say(line({ event: "step", n: 9, id: "other", status: "changed", ms: 1, details: "", data: "", output: "" }));
        say(stepLine("ok"));
        say(line({ event: "end", status: "ok" }));
        return ok;
      },
      stop: async () => ok,
      follow: never,
    });
    expect((await runStage(web.host, one)).steps.map(({ step }) => step)).toEqual(["one"]);
  });
});
