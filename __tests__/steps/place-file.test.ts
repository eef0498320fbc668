import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { sh } from "../../src/node/sh.ts";
import type { Step } from "../../src/node/stage.ts";
import { type PlacedFile, placeFile, placeFiles } from "../../src/steps/place-file.ts";
import { run, runStep, scratch, stage, step } from "../node/stage-run.ts";

const owner = execFileSync("id", ["-un"], { encoding: "utf8" }).trim();
const group = execFileSync("id", ["-gn"], { encoding: "utf8" }).trim();

function place(path: string, content: string, more: Partial<PlacedFile> = {}): Step {
  return placeFile({ path, content, owner, group, ...more });
}

function text(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

function mode(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8);
}

/** A file that is there before Woven comes. */
function original(content: string, octal = 0o640): string {
  const path = join(scratch(), "it's a.conf");
  writeFileSync(path, content);
  chmodSync(path, octal);
  return path;
}

describe("in a plan, a file that is to be new", () => {
  const planned = (content: string, like: string, more: Partial<PlacedFile> = {}) =>
    runStep(place(join(scratch(), "new.conf"), content, { like, ...more }), "plan");

  test("is shown against the one of before", async () => {
    const before = original("listen 80;\nuser old;\n");
    const { status, details } = await planned("listen 80;\nuser new;\n", before);
    expect([status, details[0], details.slice(3)]).toEqual([
      "changed",
      `--- ${before}`,
      [" listen 80;", "-user old;", "+user new;"],
    ]);
  });

  test("is not spoken of where that is the same, and shown whole where there is none", async () => {
    expect((await planned("same\n", original("same\n"))).details).toEqual([]);
    expect((await planned("one\ntwo\n", "/nonexistent/before")).details.slice(3)).toEqual(["+one", "+two"]);
  });

  test("tells of secrets only that they are others", async () => {
    const { details } = await planned("KEY=new", original("KEY=old"), { secret: true });
    expect(details).toEqual([expect.stringMatching(/new\.conf \(holds secrets: not shown\)$/)]);
    expect((await planned("KEY=old", original("KEY=old"), { secret: true })).details).toEqual([]);
  });
});

describe("a configuration file", () => {
  test("is put there with its folder, and named; sent again, nothing changes", async () => {
    const path = join(scratch(), "etc/new/it's.conf");
    const content = "listen 80; # $HOME `id` 'ü'\n";
    expect(await runStep(place(path, content, { mode: "640" }))).toMatchObject({ status: "changed", details: [path] });
    expect([text(path), mode(path)]).toEqual([content, "640"]);
    const before = statSync(path).ino;
    expect((await runStep(place(path, content, { mode: "640" }))).status).toBe("ok");
    expect(statSync(path).ino).toBe(before);
  });

  test.each([
    ["content", { content: "new" }, "new", "640"],
    ["mode", { mode: "600" }, "old", "600"],
  ])("is changed where its %s is other", async (_, more, content, octal) => {
    const path = original("old");
    expect((await runStep(place(path, "old", { mode: "640", ...more }))).status).toBe("changed");
    expect([text(path), mode(path)]).toEqual([content, octal]);
  });

  test("that somebody had made is kept, once; one of Woven's own is not", async () => {
    const path = original("the distribution's\n");
    const { folder } = await run(
      stage([place(path, "# Managed by Woven.\none\n"), place(path, "# Managed by Woven.\ntwo\n")]),
    );
    const kept = join(folder, "var-local/woven-backup", path);
    expect([text(path), text(kept), mode(kept)]).toEqual(["# Managed by Woven.\ntwo\n", "the distribution's\n", "640"]);
    const again = await run(stage([place(path, "# Managed by Woven.\nthree\n")]));
    expect(existsSync(join(again.folder, "var-local/woven-backup"))).toBe(false);
  });

  test.each([
    ["file", "only over a file that is there"],
    ["folder", "only where its folder is"],
  ] as const)("with `when: %s` goes %s", async (when, _) => {
    const path = join(scratch(), "absent/some.conf");
    expect((await runStep(place(path, "text", { when }))).status).toBe("ok");
    expect(existsSync(dirname(path))).toBe(false);
    mkdirSync(dirname(path));
    await runStep(place(path, "text", { when }));
    expect(text(path)).toBe(when === "folder" ? "text" : undefined);
    writeFileSync(path, "old");
    await runStep(place(path, "text", { when }));
    expect(text(path)).toBe("text");
  });
});

describe("over a file of somebody else's, with `rights: kept`", () => {
  const kept = (path: string, content: string, more: Partial<PlacedFile> = {}) =>
    place(path, content, { rights: "kept", ...more });

  test("its mode stays, and the first original is kept with it", async () => {
    const path = original("the distribution's\n");
    const { folder } = await run(
      stage([kept(path, "# Managed by Woven.\none\n"), kept(path, "# Managed by Woven.\ntwo\n")]),
    );
    expect([text(path), mode(path)]).toEqual(["# Managed by Woven.\ntwo\n", "640"]);
    expect(mode(join(folder, "var-local/woven-backup", path))).toBe("640");
  });

  test("a file that is new has the mode it is given, and so has one that is Woven's own", async () => {
    const path = join(scratch(), "new.conf");
    await runStep(kept(path, "# Managed by Woven.\n"));
    expect(mode(path)).toBe("644");
    chmodSync(path, 0o600);
    await runStep(kept(path, "# Managed by Woven.\n"));
    expect(mode(path)).toBe("644");
  });
});

describe("a link", () => {
  const linked = (path: string) => placeFiles({ id: "link", title: "A link" }, [{ path, link: "/the/right/one" }]);

  test.each([
    ["nothing", () => undefined],
    ["a file", (path: string) => writeFileSync(path, "by hand", { mode: 0o640 })],
    ["another link", (path: string) => symlinkSync("/nowhere", path)],
  ])("takes the place of %s, which is there again when a later step fails", async (_, make) => {
    const path = join(scratch(), "default");
    make(path);
    const was = look(path);
    const { folder } = await run(stage([linked(path)]));
    expect(readlinkSync(path)).toBe("/the/right/one");
    if (was !== undefined) expect(look(join(folder, "var-local/woven-backup", path))).toEqual(was);
    expect((await runStep(linked(path))).status).toBe("ok");

    rmSync(path);
    make(path);
    await run(stage([linked(path), step("bad", sh`false`)]));
    expect([look(path), readdirSync(dirname(path)).length]).toEqual([was, was === undefined ? 0 : 1]);
  });
});

/** What is at the path itself: a link's target, or a file's text and mode. */
function look(path: string): unknown {
  const state = lstatSync(path, { throwIfNoEntry: false });
  if (state === undefined) return undefined;
  return state.isSymbolicLink() ? readlinkSync(path) : [text(path), mode(path)];
}

test("a file that is kept away is named where that is asked for, also in a plan", async () => {
  const absent = join(scratch(), "absent/some.conf");
  const present = original("here");
  const set = placeFiles({ id: "set", title: "A set" }, [
    { path: absent, content: "", owner, group, when: "folder", reportSkipped: true },
    { path: `${absent}.2`, content: "", owner, group, when: "folder" },
    { path: `${present}.2`, content: "", owner, group, when: "file", reportSkipped: true },
  ]);
  for (const mode of ["run", "plan"] as const)
    expect(await runStep(set, mode)).toMatchObject({
      status: "ok",
      details: [expect.stringContaining(`${absent}: not placed`), expect.stringContaining(`${present}.2: not placed`)],
    });
});

describe("when a later step fails", () => {
  const failing = (...steps: readonly Step[]) => stage([...steps, step("bad", sh`false`)]);

  test("the file is as it was, to its mode", async () => {
    const path = original("old");
    const { told } = await run(failing(place(path, "new", { mode: "600" })));
    expect(told.at(-1)).toMatch(/^file-.* undone$/);
    expect([text(path), mode(path), readdirSync(dirname(path))]).toEqual(["old", "640", ["it's a.conf"]]);
  });

  test("a file that was not there is gone again, and one that was right stays", async () => {
    const [fresh, right] = [join(scratch(), "fresh"), original("right")];
    await run(failing(place(fresh, "new"), place(right, "right", { mode: "640" })));
    expect([text(fresh), text(right)]).toEqual([undefined, "right"]);
  });

  test("all files of a set are as they were", async () => {
    const [one, two, three] = [original("old one"), join(scratch(), "two"), original("same")];
    const files = [
      { path: one, content: "new one" },
      { path: two, content: "new two" },
      { path: three, content: "same", mode: "640" },
    ].map((file) => ({ owner, group, ...file }));
    await run(failing(placeFiles({ id: "set", title: "A set" }, files)));
    expect([one, two, three].map(text)).toEqual(["old one", undefined, "same"]);
  });
});

test("where one file of a set cannot be placed, the others are taken back", async () => {
  const [one, two] = [original("old one"), join(original("a file"), "is no folder")];
  const files = [one, two].map((path) => ({ path, content: "new", owner, group }));
  const { told, status } = await run(stage([placeFiles({ id: "set", title: "A set" }, files)]));
  expect([told, status]).toEqual([["set failed", "set undone"], "failed"]);
  expect(text(one)).toBe("old one");
});

test("where nothing could be placed, nothing is taken back, and that is no second failure", async () => {
  const path = original("old");
  const { told } = await run(stage([place(path, "new", { owner: "no-such-user-here" })]));
  expect(told.map((line) => line.split(" ")[1])).toEqual(["failed", "undone"]);
  expect([text(path), mode(path)]).toEqual(["old", "640"]);
});

describe("a plan", () => {
  test("shows what would change, and leaves it", async () => {
    const path = original("one\ntwo\n");
    const outcome = await runStep(place(path, "one\n2\n"), "plan");
    expect(outcome.status).toBe("changed");
    expect(outcome.details).toEqual([`--- ${path}`, `+++ ${path} (new)`, "@@ -1,2 +1,2 @@", " one", "-two", "+2"]);
    expect(text(path)).toBe("one\ntwo\n");
  });

  test("shows a file that is not there yet as all new", async () => {
    const path = join(scratch(), "fresh");
    expect((await runStep(place(path, "one\n"), "plan")).details).toContain("+one");
    expect(existsSync(path)).toBe(false);
  });

  test("names a file whose mode alone is other", async () => {
    const path = original("same");
    expect((await runStep(place(path, "same", { mode: "600" }), "plan")).details).toEqual([`${path}: owner or mode`]);
  });

  test("does not show a file that holds secrets", async () => {
    const path = original("old hunter2\n");
    const { details } = await runStep(place(path, "new hunter3\n", { secret: true }), "plan");
    expect(details).toEqual([`${path} (holds secrets: not shown)`]);
  });
});
