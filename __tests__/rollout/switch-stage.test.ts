import { expect, test } from "vitest";
import { compile, type Stage } from "../../src/node/stage.ts";
import type { DistributionState } from "../../src/node/state.ts";
import { layout } from "../../src/release/layout.ts";
import { activationStage } from "../../src/rollout/activate-release.ts";
import { planRelease } from "../../src/rollout/release-plan.ts";
import { builtSwitch } from "../../src/rollout/release-stages.ts";
import { backgroundServices } from "../../src/servers/background.ts";
import { webSites } from "../../src/servers/processes.ts";
import { newLease } from "../../src/steps/lease.ts";
import { releaseRecord, webService } from "../node/records.ts";
import { someBackground } from "../setup/stages.ts";
import { planInput, runtime } from "./release.ts";

const event = { at: "2026-01-01T00:00:00Z", event: "deploy", version: "1.2" } as const;
const lease = newLease({
  state: "/var/local/woven/shop",
  owner: "ada",
  command: "deploy",
  expected: { link: "", folder: "" },
});
const before = releaseRecord();
const state = { active: before.name, releases: [before], history: [] };
const django = { django: "5.2", staticUrl: "/s/", mediaUrl: "/m/", databases: {}, templateDirs: [], mediaSeed: null };

async function built(before: DistributionState = state): Promise<Stage> {
  const input = await planInput();
  return builtSwitch({
    plan: planRelease(input, runtime()),
    settings: input.settings,
    django,
    state: before,
    webConf: [
      { path: "/etc/nginx/sites-available/a.conf", content: "" },
      { path: "/etc/systemd/system/a@.service", content: "" },
    ],
    lease,
    event,
    onNode: { address: { user: "woven", host: "web1" }, user: "woven" },
  });
}

const planned = {
  background: await someBackground(),
  web: {
    place: layout("/home/woven", "shop", "1.0"),
    version: "1.0",
    build: "0a0b0c",
    key: "k",
    sites: webSites({ server: "gunicorn", serverOptions: {} }, [{ id: 1, domains: ["shop.example.com"] }], {
      cores: 1,
      memory: 2 ** 31,
    }),
    setup: {},
  },
};
const kept = activationStage({ target: before, root: "/home/woven", state, lease, event, drain: 60 });
const moves = ["lease", "start", "health", "switch", "verify", "record", "retire"];

test("the previous release keeps running for as long as drain says", () => {
  const stage = activationStage({ target: before, root: "/home/woven", state, lease, event, drain: 7 });
  const retire = stage.steps.find(({ id }) => id === "retire");
  expect(retire?.apply.text).toContain("\nretire_units 7 ");
});

test("every switch makes the same moves in the same order", async () => {
  for (const { steps } of [await built(), kept])
    expect(steps.map(({ id }) => id).filter((id) => moves.includes(id))).toEqual(moves);
});

test("processes are noted before anything is placed, and start after the visitor's check, while the switch can be undone", async () => {
  const services = [webService(), ...backgroundServices(planned.web, await someBackground())];
  const target = releaseRecord({ services });
  const withProcesses = activationStage({ target, root: "/home/woven", state, lease, event, drain: 60 });
  const away = activationStage({
    target: before,
    root: "/home/woven",
    state: { ...state, active: "9", releases: [before, { ...target, name: "9" }] },
    lease,
    event,
    drain: 60,
  });
  const order = ["background-before", "server-packages", "start", "switch", "verify", "background", "record", "retire"];
  for (const { steps } of [withProcesses, away])
    expect(steps.map(({ id }) => id).filter((id) => order.includes(id))).toEqual(order);
  expect(kept.steps.filter(({ id }) => id.startsWith("background"))).toEqual([]);
  const start = withProcesses.steps.find(({ id }) => id === "start");
  expect(start?.apply.text).not.toContain("-process-");
  // The longest drain, and the time that processes must stay up.
  expect(withProcesses.steps.find(({ id }) => id === "background")?.limit).toBeGreaterThan(90 + 10);
});

test("a run of a live schedule is not retired with what is left of other releases", () => {
  const services = backgroundServices(planned.web, planned.background);
  const stage = activationStage({
    target: releaseRecord({ services }),
    root: "/home/woven",
    state,
    lease,
    event,
    drain: 60,
  });
  const retire = stage.steps.find(({ id }) => id === "retire")?.apply.text ?? "";
  expect(retire.split("\n").find((line) => line.includes('units-live"'))).toMatch(
    /-schedule-send\\x2dmail@0a0b0c\.timer.*-schedule-send\\x2dmail@0a0b0c\.service/,
  );
});

test("a release that was built is placed and configured before it starts, recorded before it is live", async () => {
  const ids = (await built()).steps.map(({ id }) => id);
  const order = ["place", "backend-conf", "configtest", "start", "health", "nginx-conf", "record-release", "switch"];
  expect(ids.filter((id) => order.includes(id))).toEqual(order);
});

test("on a first deployment, all that `node` needs is there before the health check, also if it fails", async () => {
  const failed = { ...before, healthy: false };
  for (const releases of [[], [failed]]) {
    const { steps } = await built({ releases, history: [] });
    const ids = steps.map(({ id }) => id);
    const order = ["place", "backend-conf", "nginx-conf", "record-release", "start", "health", "switch"];
    expect(ids.filter((id) => order.includes(id))).toEqual(order);
    const stays = steps.filter(({ undo }) => undo?.text.includes('"$run/kept"')).map(({ id }) => id);
    expect(stays).toEqual(["place", "backend-conf", "nginx-conf", "record-release"]);
  }
  const { steps } = await built();
  expect(steps.filter(({ undo, apply }) => `${undo?.text}${apply.text}`.includes('"$run/kept"'))).toEqual([]);
});

test("a record says how visitors reach each site", async () => {
  const conf = "/etc/nginx/sites-available/shop_example_com-1.2.conf";
  const input = await planInput();
  const { steps } = builtSwitch({
    plan: planRelease(input, runtime()),
    settings: input.settings,
    django,
    state,
    webConf: [{ path: conf, content: "listen 80;\nlisten 443 ssl;\n" }],
    lease,
    event,
    onNode: { address: { user: "woven", host: "web1" }, user: "woven" },
  });
  const record = steps.flatMap(({ files = [] }) => files).find(({ name }) => name === "record.json");
  expect(JSON.parse(String(record?.content))).toMatchObject({
    sites: [{ front: { listens: ["http:80", "https:443"] } }],
  });
});

test.each([
  [undefined, [undefined], [{ port: 80 }, {}]],
  [{ kind: "files", certificate: "/a.pem" } as const, ["https"], [{ port: 443, tls: true }, {}]],
  [{ kind: "proxy" } as const, ["https"], [{ port: 80 }, { "X-Forwarded-Proto": "https" }]],
])("with HTTPS as %o, a release is asked as visitors ask", (tls, [direct], [place, headers]) => {
  const target = releaseRecord(tls ? { tls } : {});
  const { steps } = activationStage({ target, root: "/home/woven", state, lease, event, drain: 60 });
  const asked = (id: string) =>
    (steps.find((step) => step.id === id)?.files ?? []).map(({ content }) => JSON.parse(String(content)));
  expect(asked("health").map((spec) => spec.headers["X-Forwarded-Proto"])).toEqual([direct]);
  for (const spec of asked("verify")) {
    expect(spec).toMatchObject({ host: "shop.example.com", ...place });
    expect(spec.headers ?? {}).toEqual(headers);
    expect(spec.tls).toBe(place && "tls" in place ? true : undefined);
  }
});

test("a kept release that gets a new certificate has it before nginx is reloaded", () => {
  const placed = [{ path: "/etc/nginx/woven/certificates/shop.pem", content: "" }];
  const ids = activationStage({
    target: before,
    root: "/home/woven",
    state,
    lease,
    event,
    placed,
    drain: 60,
  }).steps.map(({ id }) => id);
  expect(ids.indexOf("nginx-conf")).toBeGreaterThan(ids.indexOf("health"));
  expect(ids.indexOf("nginx-conf")).toBeLessThan(ids.indexOf("switch"));
});

test("the key to a service is on no command line and in no script: only in files that root reads", async () => {
  const stage = await built();
  const key = JSON.stringify(stage.steps.flatMap(({ files = [] }) => files)).match(
    /"X-Woven-Key\\":\\"([0-9a-f]{64})/,
  )?.[1];
  expect(key).toBeDefined();
  expect(compile(stage)).not.toContain(key);
});
