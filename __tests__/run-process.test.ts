import { expect, test } from "vitest";
import { runProcess } from "../src/run-process.ts";

const cwd = "/";
const long = "x".repeat(1_000_000);

test("a program gets its input, and its output and exit status come back", async () => {
  const result = await runProcess("sh", ["-c", "wc -c; echo why >&2; exit 3"], { cwd, input: long });
  expect(result).toEqual({ code: 3, stdout: "1000000\n", stderr: "why\n" });
});

test("a program may end without reading its input", async () => {
  const results = await Promise.all(
    Array.from({ length: 20 }, () => runProcess("sh", ["-c", "exec 0<&-; echo done; exit 1"], { cwd, input: long })),
  );
  expect(results).toEqual(results.map(() => ({ code: 1, stdout: "done\n", stderr: "" })));
});

test("a program that is killed has a status as in a shell", async () => {
  expect(await runProcess("sh", ["-c", "kill -9 $$"], { cwd, input: "x" })).toMatchObject({ code: 137 });
});

test.each([undefined, "x"])("a program that is not there is an outcome, with input %o", async (input) => {
  const result = await runProcess("/no/such/program", [], { cwd, ...(input === undefined ? {} : { input }) });
  expect(result).toMatchObject({ code: 127, stdout: "", stderr: expect.stringContaining("/no/such/program") });
});
