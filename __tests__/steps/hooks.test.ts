// A hook as a node runs it, but for systemd: its variables, its exit status, its output.
import { execFileSync } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sh } from "../../src/node/sh.ts";
import { secret } from "../../src/settings/secret.ts";
import { setupHook } from "../../src/steps/hooks.ts";
import { run, scratch, stage } from "../node/stage-run.ts";
import { folderWith } from "../settings/source.ts";

/** Runs a hook with this script. */
async function ran(script: string, secrets: Readonly<Record<string, string>> = {}) {
  const workingDirectory = folderWith({});
  const path = join(workingDirectory, "woven/hooks/post_setupnode");
  execFileSync("mkdir", ["-p", join(path, "..")]);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const programs = scratch();
  const program = (name: string, text: string) =>
    writeFileSync(join(programs, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  program("systemctl", "exit 3");
  program("systemd-run", 'while [ "$1" != runuser ]; do shift; done; shift 4; exec "$@"');
  program("chown", ":");
  const user = execFileSync("id", ["-un"], { encoding: "utf8" }).trim();
  const hidden = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, secret(value)]));
  const [step] = setupHook({ workingDirectory }, { host: "web1", user, secrets: hidden });
  if (!step) throw new Error("there is no hook");
  const { outcomes, folder } = await run(stage([{ ...step, apply: sh`PATH=${programs}:$PATH; ${step.apply}` }]));
  const [outcome] = outcomes;
  if (!outcome) throw new Error("the hook's step did not run");
  return { ...outcome, bytes: statSync(join(folder, "hook-output")).size };
}

test("has the variables of hook-env, whatever their names and values are", async () => {
  const value = 'it\'s "q" $HOME `id`\nline';
  const { status, details } = await ran('printf "%s|%s|%s" "$WOVEN_HOST" "$A" "$user"', {
    A: value,
    user: "x",
    PYTHONPATH: "/nowhere",
    run: "y",
    code: "z",
  });
  expect([status, details.join("\n")]).toEqual(["ok", `web1|${value}|x`]);
});

test("that fails is a step that fails, with the end of what it printed, and does not fill the disk", async () => {
  const { status, output, bytes } = await ran('yes line | head -n 4000000; echo "the reason" >&2; exit 4');
  expect(status).toBe("failed");
  expect(bytes).toBeLessThan(5_000_000);
  expect(output).toMatch(/^(line\n){3900,}the reason\n$/);
});

test("does not reach the data of its step", async () => {
  const { data } = await ran("echo forged >&3");
  expect(data).toBe("");
});
