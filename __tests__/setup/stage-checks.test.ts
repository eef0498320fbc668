// What a step's check says line by line must count. `set -e` passes over a failed `a && b`, and over `! a`, unless it is the last
// word of the check (POSIX.1-2024, set -e).
import { describe, expect, test } from "vitest";
import { compile, type Stage } from "../../src/node/stage.ts";
import { activationStage } from "../../src/rollout/activate-release.ts";
import { planRelease } from "../../src/rollout/release-plan.ts";
import { migrateStage, prepareStage, switchStage } from "../../src/rollout/release-stages.ts";
import type { Settings } from "../../src/settings/settings.ts";
import { closeStage, hookStage, nodePlan, setupStage } from "../../src/setup/setup-stages.ts";
import { newLease } from "../../src/steps/lease.ts";
import { templates } from "../../src/steps/templates.ts";
import { nodeFacts, releaseRecord } from "../node/records.ts";
import { planInput, runtime } from "../rollout/release.ts";
import { settingsOf } from "../settings/source.ts";

/** The statements of the check that can fail without ending it. */
function passedOver(check: string): readonly string[] {
  const statements = statementsOf(check);
  return statements.slice(0, -1).filter((statement) => {
    const last = statement.lastIndexOf("&&");
    const after = statement.slice(last + 2);
    const ignored = last >= 0 && !after.includes("||") && !/^\s*(exit|return)\b/.test(after);
    return ignored || (/^!\s/.test(statement) && !statement.includes("||"));
  });
}

/** The simple commands and lists of a check, one after the other; what stands in quotes, parentheses and compounds is left out. */
function statementsOf(check: string): readonly string[] {
  const bare = check
    .replaceAll(/'[^']*'|(^|[\s;])#[^\n]*|\\[\s\S]/g, (found) => (/^\s*#/.test(found) ? "\n" : "Q"))
    .replaceAll(/\\\n/g, " ");
  const statements: string[] = [""];
  let depth = 0;
  for (const word of flat(bare).split(/(\n|;(?!;)|[ \t]+)/)) {
    const [opens, closes] = [/^(if|case|while|until|for|\{)$/.test(word), /^(fi|esac|done|\})$/.test(word)];
    if (closes) depth -= 1;
    const now = statements.at(-1) ?? "";
    const goesOn = /(&&|\|\||\|)\s*$/.test(now);
    if (depth === 0 && (word === ";" || (word === "\n" && !goesOn))) statements.push("");
    else if (depth === 0) statements[statements.length - 1] = now + word;
    if (opens) depth += 1;
  }
  return statements.map((statement) => statement.trim()).filter((statement) => statement !== "");
}

/** `$(…)` and `"…"` as one letter each, however deep; the `)` of a case's pattern is none of them. */
function flat(text: string): string {
  let before = "";
  let after = text;
  while (before !== after) {
    before = after;
    after = before
      .replaceAll(/\$?\([^()"]*\)/g, (found) => (found === "()" ? found : "P"))
      .replaceAll(/"[^"()]*"/g, "Q");
  }
  return after;
}

test.each([
  ["[ a ] && [ b ]\n[ c ]", ["[ a ] && [ b ]"]],
  ["[ a ]\n[ b ] && [ c ]", []],
  ["[ a ] && [ b ] || exit 1\n[ c ]", []],
  ["[ a ] || exit 1; ! b\nc", ["! b"]],
  ["! a || exit 1\n! b", []],
  ["if a && b; then c; fi\n[ d ]", []],
  ["x=$(a && b)\n[ d ]", []],
  ["x=$(a \"$(b)\" && c 'd && e')\n[ d ]", []],
  ["a &&\nb\nc", ["a &&\nb"]],
  ["f() { a && b; }\nf", []],
  ["command -v a && exit 0\nb", []],
  ["# a && b\nc 'd &&\ne'\nf", []],
  ["{ a && b; } && c\nd", ["{} && c"]],
])("of %j, set -e passes over %j", (check, expected) => {
  expect(passedOver(check)).toEqual(expected);
});

const toml = `timezone = "Europe/Berlin"
authorized-keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEs1d6DRzjX9nTXlTcNZAVvxXB3wTdyCc9WQ3VwvDgtN ada"]
extra-packages = ["tree"]
package-repositories = ["ppa:deadsnakes/ppa"]
`;

async function setupStages(): Promise<readonly Stage[]> {
  const etc = ["ssh/sshd_config.d/20-mine.conf", "sudoers.d/mine", "pam.d/sshd", "nsswitch.conf", "ufw/before.rules"];
  const files = Object.fromEntries([
    ...etc.map((name) => [`templates/woven/etc/${name}`, "mine\n"]),
    ["woven.toml", toml],
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
  return [
    setupStage(plan, settings, "opening"),
    setupStage(plan, settings, "final"),
    closeStage(plan, settings),
    ...(hook ? [hook] : []),
  ];
}

async function releaseStages(): Promise<readonly Stage[]> {
  const around = runtime();
  const input = await planInput({}, {});
  const plan = planRelease(input, around);
  const { settings, facts } = input;
  const lease = newLease({ state: plan.place.state, owner: "ada", command: "deploy", seen: { link: "", folder: "" } });
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
  const event = { at: "2026-01-01T00:00:00Z", event: "deploy", version: "1.2" } as const;
  const going = { plan, settings, django, state, templates: templates(settings.workingDirectory), lease, event };
  const patch: Settings = { ...settings, command: "patch", parts: ["media"] };
  const manual: Settings = { ...settings, migrate: { kind: "manual" } };
  return [
    prepareStage(plan, settings, lease, facts, { version: "0.9" }),
    ...[going, { ...going, settings: manual }].flatMap((one) => migrateStage(one) ?? []),
    switchStage(going),
    switchStage({ ...going, settings: patch }),
    activationStage({ target: before, root: "/home/woven", state, lease, event, doubted: plan.place }),
  ];
}

const stages = [...(await setupStages()), ...(await releaseStages())];

describe("no check of a stage is passed over", () => {
  test("there are stages", () => {
    expect(new Set(stages.map(({ name }) => name))).toEqual(
      new Set(["setup", "close", "hook", "prepare", "migrate", "switch"]),
    );
    expect(stages.every((stage) => compile(stage).startsWith("#!/bin/sh"))).toBe(true);
  });

  const checks = stages.flatMap(({ name, steps }) =>
    steps.flatMap(({ id, check }) => (check ? [[check.text, `${name}: ${id}`] as const] : [])),
  );
  test.each([...new Map(checks)].map(([check, title]) => [title, check]))("%s", (_, check) => {
    expect(passedOver(check)).toEqual([]);
  });
});
