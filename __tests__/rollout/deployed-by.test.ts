// A preview is no patch of a project that another repository has deployed.
import { describe, expect, test } from "vitest";
import { requireOwnBase } from "../../src/rollout/deployed-by.ts";
import { releaseRecord } from "../node/records.ts";

const env = { GITHUB_REPOSITORY: "ada/shop" };
const deployedBy = (run?: string) => releaseRecord(run === undefined ? {} : { by: { run } });

describe("the base of a preview", () => {
  test.each([
    ["this repository", deployedBy("https://github.com/ada/shop/actions/runs/1")],
    ["nobody on GitHub: from a terminal", deployedBy()],
    ["nobody yet", undefined],
  ])("may have been deployed by %s", (_, record) => {
    expect(() => requireOwnBase(record, env, "web1")).not.toThrow();
  });

  test.each([
    "https://github.com/eve/shop/actions/runs/1",
    "https://github.com/ada/shop-two/actions/runs/1",
    "https://git.example.com/ada/shop/actions/runs/1",
  ])("may not have been deployed by %s", (run) => {
    expect(() => requireOwnBase(deployedBy(run), env, "web1")).toThrow(
      expect.objectContaining({ code: "preview-base" }),
    );
  });

  test("is the server of GitHub that the run is on", () => {
    const own = { ...env, GITHUB_SERVER_URL: "https://git.example.com" };
    expect(() =>
      requireOwnBase(deployedBy("https://git.example.com/ada/shop/actions/runs/1"), own, "web1"),
    ).not.toThrow();
    expect(() => requireOwnBase(deployedBy("https://github.com/ada/shop/actions/runs/1"), own, "web1")).toThrow();
  });
});
