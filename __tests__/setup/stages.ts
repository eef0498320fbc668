// Stages as they are sent to a node, of every kind: for what is asked of all of them.
import type { Stage } from "../../src/node/stage.ts";
import { withWritable } from "../../src/release/writable.ts";
import { activationStage } from "../../src/rollout/activate-release.ts";
import { migrateStage } from "../../src/rollout/release-phase.ts";
import { planRelease } from "../../src/rollout/release-plan.ts";
import { builtSwitch, prepareStage } from "../../src/rollout/release-stages.ts";
import { distributionRemoval, releaseRemoval } from "../../src/rollout/removal.ts";
import type { Settings } from "../../src/settings/settings.ts";
import { closeStage, hookStage, nodePlan, servicesStage, setupStage } from "../../src/setup/setup-stages.ts";
import { type LeaseRequest, newLease } from "../../src/steps/lease.ts";
import { nodeFacts, releaseRecord } from "../node/records.ts";
import { planInput, runtime } from "../rollout/release.ts";
import { settingsOf, smallProject } from "../settings/source.ts";

const toml = `timezone = "Europe/Berlin"
authorized-keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEs1d6DRzjX9nTXlTcNZAVvxXB3wTdyCc9WQ3VwvDgtN ada"]
extra-packages = ["tree"]
services = ["redis", "postgresql"]
package-repositories = ["ppa:deadsnakes/ppa"]
`;

/** Those of setupnode, with all that a step can be asked for; `more` of woven.toml. */
export async function setupStages(more = ""): Promise<readonly Stage[]> {
  const etc = ["ssh/sshd_config.d/20-mine.conf", "sudoers.d/mine", "pam.d/sshd", "nsswitch.conf", "ufw/before.rules"];
  const files = Object.fromEntries([
    ...etc.map((name) => [`templates/woven/etc/${name}`, "mine\n"]),
    ["woven.toml", toml + more],
    ["woven/hooks/post_setupnode", "#!/bin/sh\n"],
    ["woven/hooks/post_install_tree", "#!/bin/sh\n"],
  ]);
  const read = await settingsOf({ files, inputs: { command: "setupnode" } });
  const { privateKey: _, ...login } = read.login;
  const settings: Settings = { ...read, login };
  const [address] = settings.nodes;
  if (!address) throw new Error("no node");
  const plan = await nodePlan(address, nodeFacts({ os: "ubuntu" }), settings);
  const hook = hookStage(plan);
  const services = servicesStage(plan, settings);
  return [
    setupStage(plan, settings, "opening"),
    setupStage(plan, settings, "final"),
    closeStage(plan, settings),
    ...(services ? [services] : []),
    ...(hook ? [hook] : []),
  ];
}

/** Two processes and a schedule. */
export async function someBackground(): Promise<Settings["background"]> {
  const toml = `[processes]
worker = { command = "manage rqworker 'a b'", count = 2, drain = 90 }
[schedules]
send-mail = { command = "celery -A shop call mail", when = "0 6 1 * 1" }
`;
  const files = { ...smallProject, "woven.toml": `${smallProject["woven.toml"]}${toml}` };
  return (await settingsOf({ files })).background;
}

/** Commands, a seed, secret files and a health command, in a checkout with the hook post_deploy. */
export async function somePhase(): Promise<Pick<Settings, "phase" | "secretFiles" | "health" | "workingDirectory">> {
  const toml = `release-commands = ["createcachetable", "manage loaddata 'a b'"]
first-commands = ["loaddata demo"]
seed-database = "seed.sql"
[health]
command = "check --deploy"
`;
  const files = {
    ...smallProject,
    "woven.toml": `${smallProject["woven.toml"]}${toml}`,
    "seed.sql": "SELECT 1;\n",
    "shop/deploy.py": "def post_deploy():\n    pass\n",
  };
  return settingsOf({ files, inputs: { files: "google.json: |\n  {}\n" } });
}

/** Those that build a release, migrate, switch, and switch back. */
export async function releaseStages(given?: LeaseRequest): Promise<readonly Stage[]> {
  const around = runtime();
  const python = { version: "3.12.4", interpreter: "/var/local/woven/python/3.12.4/bin/python3.12" };
  const small = await planInput(
    { python, facts: nodeFacts({ pythons: [python.version] }) },
    { background: await someBackground(), ...(await somePhase()) },
  );
  const input = { ...small, files: withWritable(small.files, ["logs"], small.name) };
  const plan = planRelease(input, around);
  const { settings, facts } = input;
  const expected = { link: "", folder: "" };
  const lease = given ?? newLease({ state: plan.place.state, owner: "ada", command: "deploy", expected });
  const before = releaseRecord();
  const state = { active: before.name, releases: [before], history: [] };
  const django = {
    django: "5.2",
    staticUrl: "/static/",
    mediaUrl: "/media/",
    databases: { default: "django.db.backends.sqlite3" },
    templateDirs: ["templates"],
    mediaSeed: "media",
  };
  const webConf = ["/etc/nginx/sites-available/a.conf", "/etc/systemd/system/a@.service"].map((path) => ({
    path,
    content: "",
  }));
  const event = { at: "2026-01-01T00:00:00Z", event: "deploy", version: "1.2" } as const;
  const onNode = { address: { user: "woven", host: "web1" }, user: "woven", first: "everywhere" } as const;
  const going = { plan, settings, django, state, webConf, lease, event, onNode };
  const patch: Settings = { ...settings, command: "patch", parts: ["media"] };
  const manual: Settings = { ...settings, migrate: { kind: "manual" } };
  return [
    prepareStage(plan, settings, lease, facts, { python }, "everywhere"),
    ...[going, { ...going, settings: manual }].flatMap((one) => migrateStage(one, "all") ?? []),
    builtSwitch(going),
    builtSwitch({ ...going, settings: patch }),
    releaseRemoval(facts, before, settings, around),
    distributionRemoval(plan.place, { ...facts, state }, settings, around),
    activationStage({ target: before, root: "/home/woven", state, lease, event, drain: 60, unproved: plan.place }),
  ];
}
