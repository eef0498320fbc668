// Processes and schedules as services of a release: their units, what is in them, and how a record lists them.
import { expect, test } from "vitest";
import { backgroundOf, startedBy, unitsOf } from "../../src/node/services.ts";
import { layout } from "../../src/release/layout.ts";
import { backgroundFiles, backgroundServices } from "../../src/servers/background.ts";
import { execLine } from "../../src/servers/exec-line.ts";
import { webSites } from "../../src/servers/processes.ts";
import { serverNamesOf } from "../../src/servers/servers.ts";
import { templates } from "../../src/steps/templates.ts";
import { servicesOfBuild } from "../../src/steps/webconf.ts";
import { webService } from "../node/records.ts";
import { settingsOf, smallProject } from "../settings/source.ts";
import { someBackground } from "../setup/stages.ts";

const web = {
  place: layout("/home/woven", "shop", "1.0"),
  version: "1.0",
  build: "0a0b0c",
  key: "f".repeat(64),
  sites: webSites({ server: "gunicorn", serverOptions: {} }, [{ id: 3, domains: ["shop.example.com"] }], {
    cores: 1,
    memory: 2 ** 31,
  }),
  setup: {},
};
const background = await someBackground();
const services = backgroundServices(web, background);
const unit = (path: string) => {
  const file = backgroundFiles(web, background).find((one) => one.path.endsWith(path));
  if (!file) throw new Error(`there is no ${path}`);
  return templates("/nonexistent").render(file.template, file.view);
};

test("each process and timer is an instance of the build; a run is started by its timer", () => {
  expect(unitsOf(services)).toEqual([
    "woven-shop-1.0-process-worker@0a0b0c.service",
    "woven-shop-1.0-process-worker-2@0a0b0c.service",
    "woven-shop-1.0-schedule-send\\x2dmail@0a0b0c.timer",
  ]);
  expect(startedBy(unitsOf(services))).toEqual(["woven-shop-1.0-schedule-send\\x2dmail@0a0b0c.service"]);
  expect(services.map(({ kind, user, settle, drain }) => [kind, user, settle, drain])).toEqual([
    ["process", "site_3", 10, 90],
    ["schedule", "site_3", undefined, undefined],
  ]);
});

test("every file of a service is rendered, and every rendered file belongs to a service", () => {
  expect(backgroundFiles(web, background).map(({ path }) => path)).toEqual(services.flatMap(({ files }) => files));
});

test("a worker runs as its site, with its environment, and stops as the settings say", () => {
  const text = unit("-process-worker-2@.service");
  const release = "/home/woven/env/.shop-1.0.%i";
  expect(text.match(/^ExecStart=.*$/m)?.[0]).toBe(
    `ExecStart=${release}/bin/python ${release}/wsgi/_woven_run.py manage rqworker "a b"`,
  );
  for (const line of [
    "User=site_3",
    "KillSignal=SIGTERM",
    "TimeoutStopSec=90",
    "Restart=always",
    "NoNewPrivileges=yes",
  ])
    expect(text.split("\n")).toContain(line);
  expect(text).toContain("SITE_ID=3");
  expect(text).not.toContain("MemoryMax");
});

test("a process and a schedule may write where the web server may, also to the folders of writable", () => {
  for (const path of ["process-worker@.service", "send\\x2dmail@.service"])
    expect(unit(path)).toContain(
      "ReadWritePaths=/home/woven/database /home/woven/public/shop -/home/woven/writable/shop\n",
    );
});

test("a schedule has a time each line, catches up, and waits for a run of another build", () => {
  const timer = unit("send\\x2dmail@.timer").split("\n");
  expect(timer.filter((line) => /^(OnCalendar|Persistent)=/.test(line))).toEqual([
    "OnCalendar=*-*-01 06:00:00",
    "OnCalendar=Mon *-*-* 06:00:00",
    "Persistent=yes",
  ]);
  const run = unit("send\\x2dmail@.service");
  expect(run).toMatch(
    /^ExecStart=\/usr\/bin\/flock --no-fork \/run\/woven-locks\/shop\/site_3\/send-mail .* program celery /m,
  );
  expect(run).toContain("Type=oneshot");
  expect(run).not.toContain("[Install]");
});

test.each([
  [["a", "b c"], 'a "b c"'],
  [["100%", "$HOME", "$ {X}"], '100%% $$HOME "$$ {X}"'],
  [[";", ""], '";" ""'],
  [['say "hi"', "back\\slash", "it's"], '"say \\"hi\\"" "back\\\\slash" "it\'s"'],
  [["a\nb", "\t", "ü"], '"a\\x0ab" "\\x09" "ü"'],
])("systemd reads %j as it is written", (words, line) => {
  expect(execLine(words)).toBe(line);
});

test("a patch that keeps the web configuration keeps them, for its own build", () => {
  const kept = servicesOfBuild({ build: "0a0b0c", services, mark: "" }, "0d0e0f").services;
  expect(unitsOf(kept)[0]).toBe("woven-shop-1.0-process-worker@0d0e0f.service");
  expect(unitsOf(kept)[2]).toBe("woven-shop-1.0-schedule-send\\x2dmail@0d0e0f.timer");
});

test("they are no server of the site", () => {
  expect(serverNamesOf({ services: [webService(), ...services] })).toEqual(["apache"]);
  expect(backgroundOf([webService(), ...services])).toEqual(services);
});

test("their configuration is a part of the release's content; where it is written is not", async () => {
  const { configurationDigest } = await import("../../src/rollout/configuration-digest.ts");
  const digestOf = async (toml: string) => {
    const settings = await settingsOf({
      files: { ...smallProject, "woven.toml": `${smallProject["woven.toml"]}${toml}` },
    });
    if (!settings.distribution) throw new Error("no project");
    const workingDirectory = "/nonexistent";
    const own = templates(workingDirectory);
    return configurationDigest(
      { settings: { ...settings, workingDirectory }, distribution: settings.distribution, templates: own },
      "s",
    );
  };
  const one = await digestOf('[processes]\na = "manage a"');
  expect(await digestOf('# moved\n[processes]\na = "manage a"')).toBe(one);
  expect(await digestOf('[processes]\na = "manage b"')).not.toBe(one);
  expect(await digestOf("")).toBe(await digestOf("settle = 30"));
});
