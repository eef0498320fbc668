import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { toolchain, toolsFor } from "../../src/bundle/toolchain.ts";
import { workbench } from "./workbench.ts";

test("an older Python compiles with a pip that it can run, and a newer one with the newest", {
  timeout: 120_000,
}, async () => {
  await using bench = await workbench();
  const tools = await toolchain(bench.context);
  const pip = async (minor: string) => {
    const { pip } = await toolsFor({ interpreter: "python", minor }, tools, bench.context);
    return execFileSync("python3", [pip, "--version"], { encoding: "utf8" }).split(" ")[1];
  };
  const newest = await pip("3.13");
  expect(await pip("3.9")).toBe("25.0.1");
  expect(await pip("3.8")).toBe("25.0.1");
  expect(await pip("3.10")).toBe(newest);
});
