// A preview, cut between any two of its steps: the runner dies, or the server loses its power. A sweep then leaves nothing behind.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inside } from "./support/inside.ts";
import { type PreviewWorld, previewWorld } from "./support/preview-world.ts";
import { visitor } from "./support/visitor.ts";

let w: PreviewWorld;
let before: readonly string[];

beforeAll(async () => {
  w = await previewWorld();
  ({ before } = w);
});
afterAll(() => w?.[Symbol.asyncDispose]());

/** The pull request is closed, and nobody tells it; then comes the sweep. */
async function sweptClean(): Promise<void> {
  // Stages that were running when the runner died go on.
  await expect
    .poll(() => inside(w.g.node, "systemctl list-units --plain --no-legend 'woven-*.service' | grep -v @ || :"), {
      timeout: 120_000,
    })
    .toBe("");
  const { env, checkout, inputs } = w.job({ action: "closed" });
  const sweep = { env: env ?? {}, checkout, ...(inputs ? { inputs } : {}), command: "preview-sweep" };
  // The lease of a run that died lasts for five minutes, unless the server was started again.
  await expect.poll(async () => (await w.g.op.run(sweep)).code, { timeout: 360_000, interval: 10_000 }).toBe(0);
  await expect.poll(() => w.state(), { timeout: 30_000 }).toEqual(before);
  expect(await w.named("pr-12")).toBe("");
  expect((await visitor(w.g.node.host).versions()).user).toBe("site_1");
}

/** Runs until this step has ended, and then does the worst. */
async function cutAfter(step: string, action: "opened" | "closed", how: "runner dies" | "power cut"): Promise<void> {
  const running = await w.g.op.start(w.job({ action }));
  try {
    await expect
      .poll(() => running.steps().some((one) => one.step === step), { timeout: 180_000, interval: 20 })
      .toBe(true);
    if (how === "power cut") await w.g.node.reboot("power-cut");
  } finally {
    running.process.kill("SIGKILL");
    await running.result;
  }
}

/** In each of them, something is there that the step before had not made. */
const building = [
  ...["names", "keep-preview", "site-users", "copy-live-data", "files", "virtualenv", "django"],
  ...["migrate", "place", "backend-conf", "record-release", "start", "preview-wake", "switch", "record"],
];

describe("while it is built", () => {
  // A stage goes on without the runner.
  test.each(["keep-preview"])(
    "the runner dies after %s",
    async (step) => {
      await cutAfter(step, "opened", "runner dies");
      await sweptClean();
    },
    600_000,
  );
  test.each(building)("the server loses its power after %s", async (step) => {
    await cutAfter(step, "opened", "power cut");
    await sweptClean();
  });
});

describe("while it is removed", () => {
  test("the runner dies after close-domains", async () => {
    await w.g.op.succeed(w.job({ action: "opened" }));
    await cutAfter("close-domains", "closed", "runner dies");
    await sweptClean();
  });
  test.each(["lease", "close-domains", "remove-preview", "forget-preview"])(
    "the server loses its power after %s",
    async (step) => {
      await w.g.op.succeed(w.job({ action: "opened" }));
      await inside(w.g.node, "sync");
      await cutAfter(step, "closed", "power cut");
      await sweptClean();
    },
  );
});

describe("while the server removes it by itself", () => {
  // No sweep, and no runner.
  test.each(["close-domains", "remove-preview"])(
    "it loses its power during %s, and goes on after its boot",
    async (step) => {
      const traces = await w.traces();
      await w.g.op.succeed(w.job({ action: "opened" }));
      await inside(
        w.g.node,
        `rm -rf /var/local/woven/runs/preview-expired-*
echo 1577836800 >/var/local/woven/previews/shop~pr-12/expires; sync
systemctl start --no-block 'woven-preview-shop\\x7epr\\x2d12.service'
until grep -qs '"begin",.*"${step}"' /var/local/woven/runs/preview-expired-*/log; do sleep 0.01; done`,
      );
      await w.g.node.reboot("power-cut");
      await expect.poll(() => w.traces(), { timeout: 60_000 }).toEqual(traces);
      expect(await w.named("pr-12")).toBe("");
      expect((await visitor(w.g.node.host).versions()).user).toBe("site_1");
    },
  );
});
