// What the command preview does with a decision, where it needs no server: GitHub may know more than the event by now.
import { expect, test } from "vitest";
import { preview } from "../../src/commands/preview.ts";
import { heading } from "../../src/github/summary-words.ts";
import type { PreviewNews } from "../../src/report.ts";
import type { PullRequests } from "../../src/rollout/runtime.ts";
import { readSettings } from "../../src/settings/read.ts";
import type { Settings } from "../../src/settings/settings.ts";
import { runtime } from "../rollout/release.ts";
import { rightInputs, smallProject, worldOf } from "../settings/source.ts";

const commit = "1f".repeat(20);

async function settingsFor(action: string, from = "ada/shop"): Promise<Settings> {
  const files = { ...smallProject, "woven.toml": 'domains = ["shop.example.com"]\npreview-domain = "p.example.com"\n' };
  const inputs = { ...rightInputs, command: "preview", "basic-auth": "ada:secret-word" };
  const secrets = from === "ada/shop" ? {} : { "ssh-key": "", roles: "" };
  const settings = await readSettings({
    ...worldOf({ files, inputs: { ...inputs, ...secrets } }),
    event: {
      name: "pull_request",
      payload: {
        action,
        repository: { full_name: "ada/shop" },
        pull_request: {
          number: 12,
          state: action === "closed" ? "closed" : "open",
          head: { sha: commit, repo: { full_name: from } },
        },
      },
    },
  });
  // No server: what is asked of one is tested with real ones.
  return { ...settings, nodes: [] };
}

function github(now: Awaited<ReturnType<PullRequests["now"]>>) {
  const news: PreviewNews[] = [];
  const pullRequests: PullRequests = {
    open: async () => new Set(),
    now: async () => now,
    tell: async (_, one) => void news.push(one),
  };
  return { news, pullRequests };
}

test("a fork without secrets: nothing is done, and the summary says why", async () => {
  const report = await preview(await settingsFor("opened", "eve/shop"), runtime());
  expect(report.preview).toMatchObject({ outcome: "nothing" });
  expect(report.nodes).toEqual([]);
  expect(report.url).toBeUndefined();
  expect(heading(report)).toContain("fork");
});

test("a job that comes after the pull request was closed does not build, whatever its event was", async () => {
  const { news, pullRequests } = github({ state: "closed", commit });
  const report = await preview(await settingsFor("synchronize"), { ...runtime(), pullRequests });
  expect(report.preview).toMatchObject({ outcome: "removed" });
  // No server had it, so nobody has to know.
  expect(news).toEqual([]);
});

test("a job of a commit that is no longer the newest leaves it to that one's", async () => {
  const { news, pullRequests } = github({ state: "open", commit: "2e".repeat(20) });
  const report = await preview(await settingsFor("synchronize"), { ...runtime(), pullRequests });
  expect(report.preview).toMatchObject({ outcome: "nothing" });
  expect(news).toEqual([]);
});

test("a build that fails before any server is asked is in the comment", async () => {
  const { news, pullRequests } = github({ state: "open", commit });
  const settings = await settingsFor("synchronize");
  const { distribution: _, ...broken } = settings;
  await expect(preview(broken, { ...runtime(), pullRequests })).rejects.toMatchObject({ code: "no-project" });
  expect(news).toMatchObject([{ name: "pr-12", state: "failed", commit }]);
});

test("with bundle-digests, the commands of build are refused before any of them runs", async () => {
  const settings = await settingsFor("synchronize");
  const withBuild = { ...settings, build: ["touch /ran"], bundleDigests: ["0".repeat(64)] };
  await expect(preview(withBuild, runtime())).rejects.toMatchObject({ code: "preview-untrusted" });
});
