// `role: local`: a throwaway server on this machine, for a rehearsal. A whole one, in a workflow, is in workflow.test.ts.
import { execFile } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listNodes, removeNode } from "../../src/local/node.ts";
import { root, runAction } from "../harness/run-action.ts";

let workspace: string;
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), "woven-rehearsal-"));
  await cp(join(root, "examples/shop"), workspace, { recursive: true });
});
afterAll(async () => {
  for (const { name } of await own()) await removeNode(name);
  await rm(workspace, { recursive: true, force: true });
});

/** Rehearsals of this process: what runs actions owns their nodes. */
const own = async () =>
  (await listNodes()).filter(({ owner }) => owner.kind === "process" && owner.pid === process.pid);

test("beside servers it is an error, and no node is booted", async () => {
  const inputs = { command: "status", role: "local, woven@web1.example.com", "ssh-key": "unused" };
  const { code, annotations, failures } = await runAction({ workspace, inputs });
  expect(code).toBe(1);
  expect(failures).toMatchObject([{ code: "local-mixed" }]);
  expect(annotations[0]?.message).toContain("web1.example.com");
  expect(await own()).toEqual([]);
});

test("one step boots the server, and the next one of the same job finds it", async () => {
  const inputs = { command: "setupnode", role: "local", "dry-run": "true" };
  const first = await runAction({ workspace, inputs });
  expect(first.code, first.stdout).toBe(0);
  const [node, ...others] = await own();
  expect(others).toEqual([]);
  const next = await runAction({ workspace, inputs });
  expect(next.stdout).toMatch(new RegExp(`${node?.name}.*${node?.host}`));
  expect(JSON.parse(next.outputs["results"] ?? "")).toMatchObject([{ host: node?.host, role: "local", status: "ok" }]);
});

test("from a terminal it goes by the same words", async () => {
  const cli = join(root, "dist/cli.js");
  const said = await new Promise<string>((done) => {
    execFile(process.execPath, [cli, "setupnode", "local", "--dry-run"], { cwd: workspace }, (_, out, err) =>
      done(out + err),
    );
  });
  const [, name = ""] = /The local node (rehearsal-\d+)/.exec(said) ?? [];
  expect(said).toMatch(/is at 198\.1[89]\.\d+\.\d+/);
  expect(said).not.toContain("error");
  await removeNode(name);
});
