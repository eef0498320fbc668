// Bundles of a run with several servers.
import { expect, test } from "vitest";
import { bundler } from "../../src/commands/bundle.ts";
import { runtime } from "../rollout/release.ts";
import { settingsOf, smallProject } from "../settings/source.ts";

test("servers that ask at the same time for the same Python share one bundle", async () => {
  const files = {
    ...smallProject,
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1.0"\nrequires-python = ">=3.99"\n',
    "requirements.txt": "Django==5.2\n",
  };
  const bundles = bundler(await settingsOf({ files, inputs: { command: "bundle" } }), runtime());
  const python = { version: "3.13.5", implementation: "cp", machine: "x86_64", glibc: "2.41" } as const;
  const [one, other] = await Promise.allSettled([bundles.of(python), bundles.of(python)]);
  // Each build fails with an error of its own, so one error means one build.
  expect(one).toMatchObject({ status: "rejected", reason: { code: "settings" } });
  expect(one.status === "rejected" && other.status === "rejected" && one.reason === other.reason).toBe(true);
});
