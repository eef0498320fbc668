// Steps that run once a stage has reported its end. Only stages of releases have them, so they need the supervisor in Python.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sh } from "../../src/node/sh.ts";
import { appears, run, scratch, stage, start, step } from "./stage-run.ts";

const linesOf = (path: string) => readFileSync(path, "utf8").trimEnd().split("\n");

describe("a step that comes afterwards", () => {
  const end = (path: string) => ({
    ok: sh`echo ok >>${path}`,
    failed: sh`echo failed >>${path}`,
    untidied: sh`echo "untidied $failed_step" >>${path}`,
  });

  test("runs once the end is reported, and finds its files", async () => {
    const path = join(scratch(), "end");
    const { events, told } = await run(
      stage(
        [
          step("one", sh`true`),
          step("tidy", sh`cat "$files/note" ${path}; detail "$(cat "$files/note" ${path})"`, {
            afterwards: true,
            files: [{ name: "note", content: "after " }],
          }),
        ],
        { finally: end(path) },
      ),
    );
    expect(told).toEqual(["one changed", "tidy changed"]);
    expect(events.map(({ kind }) => kind)).toEqual(["begin", "step", "end", "begin", "step"]);
    expect(events.at(-1)).toMatchObject({ outcome: { details: ["after ok"] } });
  });

  test("that fails is noted and ends the stage, and takes back nothing that others did", async () => {
    const path = join(scratch(), "end");
    const { told, status, folder } = await run(
      stage(
        [
          step("one", sh`true`, { undo: sh`true` }),
          step("first", sh`true`, { afterwards: true, undo: sh`true` }),
          step("second", sh`false`, { afterwards: true }),
          step("third", sh`true`, { afterwards: true }),
        ],
        { finally: end(path) },
      ),
    );
    expect([status, told]).toEqual(["ok", ["one changed", "first changed", "second failed"]]);
    expect(linesOf(path)).toEqual(["ok", "untidied second"]);
    expect(existsSync(join(folder, "files"))).toBe(false);
  });

  test("does not run if the stage failed, and holds up nobody's plan", async () => {
    const path = join(scratch(), "end");
    const steps = [step("one", sh`false`), step("tidy", sh`true`, { afterwards: true })];
    const { told } = await run(stage(steps, { finally: end(path) }));
    expect([told, linesOf(path)]).toEqual([["one failed"], ["failed"]]);
    const planned = await run(stage(steps, { finally: end(path) }), "plan");
    expect(planned.events.at(-1)).toMatchObject({ kind: "end", status: "ok" });
  });

  test("comes to its end when the stage is told to stop", async () => {
    const folder = scratch();
    const going = start(
      stage([
        step("settled", sh`true`, { settles: true }),
        step("tidy", sh`echo here >${folder}/tidying; while [ ! -e ${folder}/go-on ]; do sleep 0.05; done`, {
          afterwards: true,
        }),
      ]),
    );
    await appears(join(folder, "tidying"));
    going.child.kill("SIGTERM");
    writeFileSync(join(folder, "go-on"), "");
    expect(await going.end).toMatchObject({ status: "ok", told: ["settled changed", "tidy changed"] });
  });
});
