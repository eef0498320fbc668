// The harness stands for GitHub's runner in every end-to-end test, so it is held to what the runner does.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseCommandFile, runAction, startAction } from "./run-action.ts";

let action: string;

beforeEach(async () => {
  action = await mkdtemp(join(tmpdir(), "woven-harness-"));
  await mkdir(join(action, "dist"));
  await writeFile(join(action, "package.json"), `{"type": "module"}`);
  await writeFile(
    join(action, "action.yml"),
    `inputs: { who: { default: world }, dry-run: { default: false }, token: { default: "\${{ github.token }}" } }`,
  );
});
afterEach(() => rm(action, { recursive: true }));

const bundle = (code: string) => writeFile(join(action, "dist/index.js"), `import fs from "node:fs";\n${code}`);

test("inputs arrive by the runner's names, with the defaults of action.yml", async () => {
  await bundle(`console.log(process.env.INPUT_WHO, process.env["INPUT_DRY-RUN"], "[" + process.env.INPUT_TOKEN + "]")`);
  const { stdout } = await runAction({ inputs: { who: "you" }, workspace: action, action });
  expect(stdout).toBe("you false []\n");
});

test("an input that action.yml does not have is refused", async () => {
  await expect(runAction({ inputs: { woh: "you" }, workspace: action, action })).rejects.toThrow("no input woh");
});

test("nothing of this process's environment gets in", async () => {
  await bundle(`console.log(Object.keys(process.env).filter((name) => /vitest|npm_/i.test(name)).length)`);
  const { stdout } = await runAction({ inputs: {}, workspace: action, action });
  expect(stdout).toBe("0\n");
});

test("outputs, summary, masks and annotations come back", async () => {
  await bundle(`
    fs.appendFileSync(process.env.GITHUB_OUTPUT, "version<<END\\n1.0\\nEND\\n");
    fs.appendFileSync(process.env.GITHUB_STEP_SUMMARY, "## Deployed\\n");
    console.log("::add-mask::hunter2\\n::error title=A%2C b,file=woven.toml,line=3::one%0Atwo\\n::warning::w");
    process.exitCode = 3;`);
  const result = await runAction({ inputs: {}, workspace: action, action });
  expect(result).toMatchObject({ code: 3, outputs: { version: "1.0" }, summary: "## Deployed\n", masks: ["hunter2"] });
  expect(result.annotations).toEqual([
    { kind: "error", message: "one\ntwo", properties: { title: "A, b", file: "woven.toml", line: "3" } },
    { kind: "warning", message: "w", properties: {} },
  ]);
});

test("a job can be cancelled", async () => {
  await bundle(`setTimeout(() => {}, 60_000); console.log("waiting")`);
  const running = await startAction({ inputs: {}, workspace: action, action });
  running.process.stdout?.once("data", () => running.process.kill("SIGINT"));
  expect(await running.result).toMatchObject({ code: 130, stdout: "waiting\n" });
});

test.each([
  ["a=1\nb=x=y\n", { a: "1", b: "x=y" }],
  ["a<<E\n1\n2\nE\nb=3\n", { a: "1\n2", b: "3" }],
  ["a<<E\nE\n", { a: "" }],
  ["", {}],
])("command file %j", (text, values) => expect(parseCommandFile(text)).toEqual(values));
