// Installs a Python and removes it, for real, where the folders of the node are a scratch folder. The Python is a script.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { packFolder } from "../../src/bundle/pack-folder.ts";
import { sh } from "../../src/node/sh.ts";
import type { Step } from "../../src/node/stage.ts";
import { layout } from "../../src/release/layout.ts";
import { keepPython, removeUnusedPythons } from "../../src/steps/python.ts";
import { releaseRecord } from "../node/records.ts";
import { run, scratch, stage, step } from "../node/stage-run.ts";

/** The archive of a Python that says it is `version`. */
async function archiveOf(version: string): Promise<Uint8Array> {
  const folder = scratch();
  mkdirSync(join(folder, "python/bin"), { recursive: true });
  mkdirSync(join(folder, "python/lib/python3.12"), { recursive: true });
  const program = join(folder, "python/bin/python3.12");
  writeFileSync(program, `#!/bin/sh\ncase "$*" in *python_version*) echo ${version} ;; *) exec python3 "$@" ;; esac\n`);
  chmodSync(program, 0o755);
  writeFileSync(join(folder, "python/lib/python3.12/os.py"), "def here(): return here.__code__.co_filename\n");
  await packFolder(join(folder, "python"), join(folder, "python.tar"));
  return readFileSync(join(folder, "python.tar"));
}

/** Without the accounts of a node. */
function here(one: Step): Step {
  return {
    ...one,
    apply: sh`as() { shift; "$@"; }
chown() { :; }
${one.apply}`,
  };
}

const pythons = (folder: string) => {
  const place = join(folder, "var-local/woven/python");
  return existsSync(place) ? readdirSync(place) : [];
};

describe("a Python that is brought along", () => {
  test("is installed once, with compiled modules that know where they are", async () => {
    const archive = await archiveOf("3.12.4");
    const again = { ...here(keepPython("3.12.4", undefined)), id: "again" };
    const { folder, told, status } = await run(stage([here(keepPython("3.12.4", archive)), again]));
    expect([status, told]).toEqual(["ok", ["python changed", "again ok"]]);
    expect(pythons(folder)).toEqual(["3.12.4"]);
    const place = join(folder, "var-local/woven/python/3.12.4");
    const [compiled = ""] = readdirSync(join(place, "lib/python3.12/__pycache__"));
    const code = readFileSync(join(place, "lib/python3.12/__pycache__", compiled), "latin1");
    expect(code).toContain(`${place}/lib/python3.12/os.py`);
  });

  test.each([
    ["that is another one", "3.12.5"],
    ["that does not run", "3.12.4; exit 1"],
  ])("%s is an error that leaves nothing", async (_, says) => {
    const { folder, told } = await run(stage([here(keepPython("3.12.4", await archiveOf(says)))]));
    expect(told[0]).toBe("python failed");
    expect(pythons(folder)).toEqual([]);
  });

  test("that another run has removed meanwhile is an error", async () => {
    const { told } = await run(stage([here(keepPython("3.12.4", undefined))]));
    expect(told[0]).toBe("python failed");
  });

  test("is removed when no release runs on it, and not before", async () => {
    const archive = await archiveOf("3.12.4");
    const place = layout(scratch(), "shop", "1.0");
    const tidy = (id: string) => ({ ...removeUnusedPythons(place), id });
    const record = JSON.stringify(releaseRecord({ services: [] }));
    const { folder, told, outcomes } = await run(
      stage([
        here(keepPython("3.12.4", archive)),
        step(
          "deployed",
          sh`mkdir -p /var/local/woven/shop/releases
printf '%s' ${record} | sed "s#^{#{\"interpreter\":\"/var/local/woven/python/3.12.4/bin/python3.12\",#" >/var/local/woven/shop/releases/1.0.json`,
        ),
        tidy("in-use"),
        step("removed", sh`rm /var/local/woven/shop/releases/1.0.json`),
        tidy("unused"),
        tidy("again"),
      ]),
    );
    expect(told, outcomes.at(-1)?.output).toEqual([
      "python changed",
      "deployed changed",
      "in-use ok",
      "removed changed",
      "unused changed",
      "again ok",
    ]);
    expect(pythons(folder)).toEqual([]);
  });
});
