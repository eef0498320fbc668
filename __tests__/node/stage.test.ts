import { existsSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inRun, inTurn, tool } from "../../src/node/pieces.ts";
import { sh } from "../../src/node/sh.ts";
import { compile, type Step, stageFiles } from "../../src/node/stage.ts";
import { appears, note, run, runStep, runs, scratch, stage, start, step } from "./stage-run.ts";

function linesOf(path: string): readonly string[] {
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
}

describe("a step", () => {
  test("whose check succeeds is ok and is not applied", async () => {
    const journal = join(scratch(), "journal");
    const { status } = await runStep(step("one", note(journal, "applied"), { check: sh`true` }));
    expect([status, linesOf(journal)]).toEqual(["ok", []]);
  });

  test("whose check fails is applied, and has changed the node", async () => {
    const journal = join(scratch(), "journal");
    const { status } = await runStep(step("one", note(journal, "applied"), { check: sh`false` }));
    expect([status, linesOf(journal)]).toEqual(["changed", ["applied"]]);
  });

  test("whose check fails in its middle is applied: every command of a check counts", async () => {
    const journal = join(scratch(), "journal");
    await runStep(step("one", note(journal, "applied"), { check: sh`false; true` }));
    expect(linesOf(journal)).toEqual(["applied"]);
  });

  test("that finds nothing to do while it is applied is ok, and the next one is not taken for it", async () => {
    const { told } = await run(stage([step("one", sh`touch "$run/unchanged"`), step("two", sh`true`)]));
    expect(told).toEqual(["one ok", "two changed"]);
  });

  test("says what it did, and gives back what it writes to descriptor 3, byte for byte", async () => {
    const text = "ä\n\"quoted\" \\ 'text'\n";
    const outcome = await runStep(step("one", sh`detail one thing; detail another; printf %s ${text} >&3; echo noise`));
    expect(outcome).toMatchObject({ details: ["one thing", "another"], data: text, output: "" });
  });

  test("gives back the data of its apply, not of the check before", async () => {
    const outcome = await runStep(step("one", sh`echo applied >&3`, { check: sh`echo checked >&3; false` }));
    expect(outcome.data).toBe("applied\n");
  });

  test("that fails tells all it printed, in order, and what failed", async () => {
    const outcome = await runStep(step("one", sh`echo out; echo err >&2; fail "no such thing"; echo never`));
    expect(outcome).toMatchObject({ status: "failed", output: "out\nerr\nno such thing\n" });
  });

  test("fails at the first command that does, and at a variable that is not set", async () => {
    const journal = join(scratch(), "journal");
    await run(stage([step("one", sh`false; ${note(journal, "went on")}`)]));
    await run(stage([step("two", sh`echo "$nothing"; ${note(journal, "went on")}`)]));
    expect(linesOf(journal)).toEqual([]);
  });

  test("that fails with much output tells the end of it only", async () => {
    const { output } = await runStep(step("one", sh`seq 1 200000; echo "the reason"; exit 1`));
    expect(output.length).toBeLessThanOrEqual(20_000);
    expect(output.endsWith("200000\nthe reason\n")).toBe(true);
  });

  test("cannot fill the disk with what a project prints: the beginning and the end stay", async () => {
    const program = 'echo "the beginning"; yes line | head -n 4000000; echo "the reason"; exit 1';
    const programs = scratch();
    // Only root could run the program as another user.
    writeFileSync(join(programs, "runuser"), '#!/bin/sh\nshift 3; exec "$@"\n', { mode: 0o755 });
    const apply = sh`PATH=${programs}:$PATH; as site_1 sh -c ${program} || { stat -c %s "$run/out"; head -n 2 "$run/out"; } >&3; exit 1`;
    const outcome = await runStep(step("one", apply));
    const [bytes, ...beginning] = outcome.data.trim().split("\n");
    expect(Number(bytes)).toBeLessThan(5_000_000);
    expect(beginning).toEqual(["the beginning", "line"]);
    expect(outcome.output).toMatch(/^(line\n){3900,}the reason\n$/);
  });

  test("that succeeds with much output tells nothing of it", async () => {
    expect((await runStep(step("one", sh`seq 1 200000`))).output).toBe("");
  });

  test("that takes longer than it may fails, says so, and leaves no process behind", async () => {
    const folder = scratch();
    const outcome = await runStep(step("one", sh`sh -c 'echo $$ >"$1/pid"; exec sleep 300' - ${folder}`, { limit: 1 }));
    expect(outcome).toMatchObject({ status: "failed", output: expect.stringContaining("stopped after 1 seconds") });
    expect(outcome.seconds).toBeLessThan(10);
    expect(runs(linesOf(join(folder, "pid"))[0] ?? "")).toBe(false);
  });

  test("that leaves a process in the background does not hold up the stage", async () => {
    const folder = scratch();
    const { told, status } = await run(
      stage([step("one", sh`sleep 60 & echo $! >${folder}/pid`), step("two", sh`true`)]),
    );
    process.kill(Number(linesOf(join(folder, "pid"))[0]));
    expect([told, status]).toEqual([["one changed", "two changed"], "ok"]);
  });

  test("cannot wait for input that never comes", async () => {
    expect(await runStep(step("one", sh`read -r answer || fail "nobody answers"`))).toMatchObject({
      status: "failed",
      output: "nobody answers\n",
    });
  });

  test("finds its files, and they are gone afterwards", async () => {
    const content = Buffer.from([0, 255, 10, 39]);
    const one = step("one", sh`same "$files/a b" ${join(scratch(), "absent")} || cat "$files/a b" >&3`, {
      files: [{ name: "a b", content: "it's here" }],
    });
    const two = step("two", sh`[ "$(wc -c <"$files/raw")" = 4 ]`, { files: [{ name: "raw", content }] });
    const { outcomes, folder } = await run(stage([one, two]));
    expect(outcomes).toMatchObject([{ data: "it's here" }, { status: "changed" }]);
    expect(existsSync(join(folder, "files"))).toBe(false);
  });
});

describe("a part that is a call of the kit", () => {
  test("gets files of the run and its input, and its output goes to a file or to the details", async () => {
    const file = join(scratch(), "state.json");
    const put = step("put", tool(["state", "put", file], { in: inRun("files/record.json") }), {
      files: [{ name: "record.json", content: '{"schema":1,"key":["a b","$c"]}' }],
    });
    const copied = tool(["bounded", "cat", file, inRun("files/record.json")], { out: inRun("copy") });
    const shown = step(
      "show",
      inTurn(copied, sh`cat "$run/copy" >&3`, tool(["bounded", "echo", "$b  c"], { details: true })),
    );
    const { told, outcomes } = await run(stage([put, shown]));
    expect(told).toEqual(["put changed", "show changed"]);
    expect(outcomes[1]).toMatchObject({
      details: ["$b  c"],
      data: expect.stringMatching(/"key":\["a b","\$c"\].*\n.*"\$c"/),
    });
  });

  test("that fails tells why, and what comes after it in the part does not run", async () => {
    const path = join(scratch(), "journal");
    const missing = join(scratch(), "absent.json");
    const parts = inTurn(
      note(path, "before"),
      tool(["state", "set", missing, "1", "healthy", "true"]),
      note(path, "after"),
    );
    const outcome = await runStep(
      step("one", parts, { undo: inTurn(note(path, "undone"), tool(["link", "to", `${path}.link`])) }),
    );
    expect(outcome).toMatchObject({ status: "failed", output: `${missing} does not exist\n` });
    expect([linesOf(path), readlinkSync(`${path}.link`)]).toEqual([["before", "undone"], "to"]);
  });

  test("that ends in an error of its own shows it, and leaves the stage as it was", async () => {
    const { told, outcomes } = await run(
      stage([
        step("one", tool(["lease", "take", "/nowhere/lease.json"]), { undo: sh`umask; pwd` }),
        step("two", sh`true`),
      ]),
    );
    expect(told).toEqual(["one failed", "one undone"]);
    expect(outcomes[0]?.output).toContain("FileNotFoundError");
  });

  test("that changes its user, umask or folder changes nothing for the next", async () => {
    const [first, second] = [join(scratch(), "a/one.json"), join(scratch(), "b")];
    const put = tool(["state", "put", first], { in: inRun("files/record.json") });
    const files = [{ name: "record.json", content: '{"schema":1}' }];
    const { told } = await run(stage([step("put", put, { files }), step("make", sh`mkdir ${second}`)]));
    expect(told).toEqual(["put changed", "make changed"]);
    expect([statSync(dirname(first)), statSync(second)].map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o755]);
  });

  test.each(["takes too long", "is told to stop"])("ends when it %s", async (why) => {
    const folder = scratch();
    const slow = tool(["bounded", "sh", "-c", 'echo $$ >"$0/pid"; exec sleep 300', folder]);
    const undo = note(join(folder, "journal"), "undone");
    const going = start(stage([step("slow", slow, { undo, ...(why === "takes too long" ? { limit: 1 } : {}) })]));
    const pid = (await appears(join(folder, "pid"))).trim();
    if (why === "is told to stop") going.child.kill("SIGTERM");
    const { told, status, outcomes } = await going.end;
    expect([told, status]).toEqual([["slow failed", "slow undone"], why === "takes too long" ? "failed" : "stopped"]);
    expect(outcomes[0]?.output).toContain(why === "takes too long" ? "stopped after 1 seconds" : "stopped on request");
    expect([linesOf(join(folder, "journal")), runs(pid)]).toEqual([["undone"], false]);
  });

  test("of several pieces, none begins once the stage is told to stop", async () => {
    const folder = scratch();
    const waiting = sh`trap : TERM; echo here >${folder}/waiting; while [ ! -e ${folder}/go-on ]; do sleep 0.05; done`;
    const going = start(stage([step("one", inTurn(waiting, note(join(folder, "journal"), "went on")))]));
    await appears(join(folder, "waiting"));
    going.child.kill("SIGTERM");
    writeFileSync(join(folder, "go-on"), "");
    expect(await going.end).toMatchObject({ status: "stopped", told: ["one failed"] });
    expect(linesOf(join(folder, "journal"))).toEqual([]);
  });
});

describe("where a step fails", () => {
  const failing = (undoes: "stage" | "step", journal: string) =>
    stage(
      [
        step("kept", note(journal, "kept"), { check: sh`true`, undo: note(journal, "undo kept") }),
        step("one", note(journal, "one"), { undo: note(journal, "undo one") }),
        step("plain", note(journal, "plain")),
        step("two", note(journal, "two"), { undo: note(journal, "undo two") }),
        step("bad", sh`${note(journal, "bad")}; false`, { undo: note(journal, "undo bad") }),
        step("later", note(journal, "later"), { undo: note(journal, "undo later") }),
      ],
      { undoes },
    );

  test("all that changed is taken back, newest first, and nothing else", async () => {
    const journal = join(scratch(), "journal");
    const { told, status } = await run(failing("stage", journal));
    expect(linesOf(journal)).toEqual(["one", "plain", "two", "bad", "undo bad", "undo two", "undo one"]);
    expect(told).toEqual([
      ...["kept ok", "one changed", "plain changed", "two changed", "bad failed"],
      ...["bad undone", "two undone", "one undone"],
    ]);
    expect(status).toBe("failed");
  });

  test("only that step is taken back where the others are right as they are", async () => {
    const journal = join(scratch(), "journal");
    const { status } = await run(failing("step", journal));
    expect([linesOf(journal), status]).toEqual([["one", "plain", "two", "bad", "undo bad"], "failed"]);
  });

  test("an undo that fails is told with what it said, and the others still run", async () => {
    const journal = join(scratch(), "journal");
    const { told, outcomes } = await run(
      stage([
        step("one", sh`true`, { undo: note(journal, "undo one") }),
        step("two", sh`true`, { undo: sh`fail "it is stuck"` }),
        step("bad", sh`false`),
      ]),
    );
    expect(told).toEqual(["one changed", "two changed", "bad failed", "two undo-failed", "one undone"]);
    expect(outcomes.find(({ status }) => status === "undo-failed")?.output).toBe("it is stuck\n");
  });
});

describe("what runs last", () => {
  const ending = (path: string, steps: Parameters<typeof stage>[0]) =>
    stage(steps, { finally: sh`echo "$1" >${path}` });

  test("knows that all went well", async () => {
    const path = join(scratch(), "end");
    await run(ending(path, [step("one", sh`true`)]));
    expect(linesOf(path)).toEqual(["ok"]);
  });

  test("knows of the failure, and runs after what was taken back", async () => {
    const path = join(scratch(), "end");
    await run(ending(path, [step("one", sh`false`, { undo: sh`[ ! -e ${path} ]; echo taken-back >${path}.undo` })]));
    expect([linesOf(path), linesOf(`${path}.undo`)]).toEqual([["failed"], ["taken-back"]]);
  });

  test("may fail without hiding how the stage ended", async () => {
    const { status } = await run(stage([step("one", sh`true`)], { finally: sh`false` }));
    expect(status).toBe("ok");
  });
});

describe("a step that settles the stage", () => {
  test("lets nothing before it be taken back when a later one fails", async () => {
    const { told, status } = await run(
      stage([
        step("one", sh`true`, { undo: sh`true` }),
        step("settled", sh`true`, { settles: true, undo: sh`true` }),
        step("tidy", sh`false`),
      ]),
    );
    expect([status, told]).toEqual(["failed", ["one changed", "settled changed", "tidy failed"]]);
  });

  test("is taken back with the rest when it fails itself", async () => {
    const { told } = await run(
      stage([step("one", sh`true`, { undo: sh`true` }), step("settled", sh`false`, { settles: true, undo: sh`true` })]),
    );
    expect(told).toEqual(["one changed", "settled failed", "settled undone", "one undone"]);
  });

  test("lets the rest come to its end when the stage is told to stop", async () => {
    const folder = scratch();
    const going = start(
      stage([
        step("settled", sh`true`, { settles: true }),
        step("tidy", sh`echo here >${folder}/tidying; while [ ! -e ${folder}/go-on ]; do sleep 0.05; done`),
        step("last", sh`true`),
      ]),
    );
    await appears(join(folder, "tidying"));
    going.child.kill("SIGTERM");
    writeFileSync(join(folder, "go-on"), "");
    expect(await going.end).toMatchObject({ status: "ok", told: ["settled changed", "tidy changed", "last changed"] });
  });
});

describe("a stage that is told to stop", () => {
  test("ends what runs, takes it back, and says that it was stopped", async () => {
    const folder = scratch();
    const going = start(
      stage(
        [
          step("one", sh`true`, { undo: note(join(folder, "journal"), "undo one") }),
          step("slow", sh`sh -c 'echo $$ >"$1/pid"; exec sleep 300' - ${folder}`, {
            undo: note(join(folder, "journal"), "undo slow"),
          }),
          step("later", note(join(folder, "journal"), "later")),
        ],
        { finally: sh`echo "$1" >${folder}/end` },
      ),
    );
    const pid = (await appears(join(folder, "pid"))).trim();
    going.child.kill("SIGTERM");
    const { told, status, outcomes } = await going.end;
    expect(status).toBe("stopped");
    expect(told).toEqual(["one changed", "slow failed", "slow undone", "one undone"]);
    expect(outcomes[1]?.output).toContain("stopped on request");
    expect(linesOf(join(folder, "journal"))).toEqual(["undo slow", "undo one"]);
    expect(linesOf(join(folder, "end"))).toEqual(["stopped"]);
    expect(runs(pid)).toBe(false);
  });

  test.each([
    ["stage", ["one changed", "two failed", "one undone"], ["one", "undo one"]],
    ["step", ["one changed", "two failed"], ["one"]],
  ] as const)("during a check does not take back what was never done (undoes: %s)", async (undoes, told, journal) => {
    const folder = scratch();
    const path = join(folder, "journal");
    const going = start(
      stage(
        [
          step("one", note(path, "one"), { undo: note(path, "undo one") }),
          step("two", note(path, "two"), {
            check: sh`echo here >${folder}/checking; sleep 300`,
            undo: note(path, "undo two"),
          }),
        ],
        { undoes },
      ),
    );
    await appears(join(folder, "checking"));
    going.child.kill("SIGTERM");
    expect(await going.end).toMatchObject({ status: "stopped", told });
    expect(linesOf(path)).toEqual(journal);
  });

  test("before its first step does nothing, not even look", async () => {
    const path = join(scratch(), "journal");
    const one = step("one", note(path, "one"), { check: sh`${note(path, "looked")}; false`, undo: note(path, "undo") });
    const { told, status } = await start(stage([one, step("two", note(path, "two"))]), "run", ["stop"]).end;
    expect([told, status]).toEqual([["one failed"], "stopped"]);
    expect(linesOf(path)).toEqual([]);
  });

  test("while it plans looks no further", async () => {
    const folder = scratch();
    const going = start(
      stage([
        step("one", sh`true`, { preview: sh`echo here >${folder}/looking; sleep 300` }),
        step("two", sh`true`, { check: note(join(folder, "journal"), "looked") }),
      ]),
      "plan",
    );
    await appears(join(folder, "looking"));
    going.child.kill("SIGTERM");
    expect(await going.end).toMatchObject({ status: "stopped", told: ["one failed"] });
    expect(linesOf(join(folder, "journal"))).toEqual([]);
  });

  test("while it takes something back finishes that first", async () => {
    const folder = scratch();
    const going = start(
      stage([
        step("one", sh`false`, {
          undo: sh`echo begun >${folder}/undoing
while [ ! -e ${folder}/go-on ]; do sleep 0.05; done
echo done >${folder}/undone`,
        }),
      ]),
    );
    await appears(join(folder, "undoing"));
    going.child.kill("SIGTERM");
    writeFileSync(join(folder, "go-on"), "");
    expect(await going.end).toMatchObject({ status: "failed", told: ["one failed", "one undone"] });
    expect(linesOf(join(folder, "undone"))).toEqual(["done"]);
  });
});

describe("a plan", () => {
  const planned = (journal: string) =>
    stage([
      step("ok", note(journal, "applied"), { check: sh`true`, preview: note(journal, "previewed") }),
      step("shown", note(journal, "applied"), { check: sh`false`, preview: sh`detail "would install nginx"` }),
      step("plain", note(journal, "applied"), { undo: note(journal, "undone") }),
      step("odd", note(journal, "applied"), { preview: sh`false` }),
    ]);

  test("changes nothing, and shows what each step would change", async () => {
    const journal = join(scratch(), "journal");
    const { told, outcomes, status } = await run(planned(journal), "plan");
    expect(linesOf(journal)).toEqual([]);
    expect(told).toEqual(["ok ok", "shown changed", "plain changed", "odd changed"]);
    expect(outcomes[1]?.details).toEqual(["would install nginx"]);
    expect(status).toBe("ok");
  });
});

test("in a plan, a step that only looks does look, and one that always runs is no change", async () => {
  const journal = join(scratch(), "journal");
  const { told, outcomes } = await run(
    stage([
      step("looks", sh`touch "$run/unchanged"; ${note(journal, "looked")}; echo seen >&3`, { plan: "runs" }),
      step("always", note(journal, "ran"), { plan: "quiet", preview: sh`detail "as every time"` }),
    ]),
    "plan",
  );
  expect([told, linesOf(journal)]).toEqual([["looks ok", "always ok"], ["looked"]]);
  expect([outcomes[0]?.data, outcomes[1]?.details]).toEqual(["seen\n", ["as every time"]]);
});

test("a step that only looks ends a plan where it fails", async () => {
  const later = step("later", sh`true`);
  const { told, status } = await run(stage([step("looks", sh`fail "no"`, { plan: "runs" }), later]), "plan");
  expect([told, status]).toEqual([["looks failed"], "failed"]);
});

test("events come in the order of the steps, each begun before it is told", async () => {
  const { events } = await run(stage([step("one", sh`true`), step("two", sh`true`)]));
  expect(events.map((event) => ("id" in event ? `${event.kind} ${event.id}` : event.kind))).toEqual([
    "begin one",
    "step",
    "begin two",
    "step",
    "end",
  ]);
});

test("a file that several steps bring is sent once", () => {
  const brings = (id: string, content: string) => step(id, sh`:`, { files: [{ name: "list.json", content }] });
  const names = (...steps: readonly Step[]) => stageFiles(stage(steps), "run").map(({ name }) => name);
  expect(names(brings("one", "[]"), brings("two", "[]"))).toEqual(["stage.sh", "steps.json", "files/list.json"]);
});

test("a stage of no steps is a stage that ends well", async () => {
  expect(await run(stage([]))).toMatchObject({ told: [], status: "ok" });
});

test("whatever a title holds, it is no part of the script", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", "")),
      (title) => {
        const script = compile(stage([step("one", sh`true`, { title, check: sh`true` })]));
        const plain = compile(stage([step("one", sh`true`, { title: "plain", check: sh`true` })]));
        expect(script.split("\n").filter((line) => !line.startsWith("# 1. "))).toEqual(
          plain.split("\n").filter((line) => !line.startsWith("# 1. ")),
        );
      },
    ),
  );
});

test("a script that holds replacement patterns of JavaScript comes out as written", async () => {
  expect((await runStep(step("one", sh`printf %s ${"$& $1 $$ $` #STEPS"} >&3`))).data).toBe("$& $1 $$ $` #STEPS");
});
