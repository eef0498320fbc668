import { describe, expect, test } from "vitest";
import { outputsOf } from "../../src/github/outputs.ts";
import { versionOf } from "../../src/rollout/run-report.ts";
import type { CommandName, Settings } from "../../src/settings/settings.ts";
import { node, report } from "../github/reports.ts";
import { settingsOf, smallProject } from "../settings/source.ts";

/** The checkout states 1.2; the nodes had 1.0, and have 1.1 when the run ends. */
const checkout: Settings = await settingsOf({ files: smallProject });

describe("version, previous-version and activated", () => {
  test.each<[CommandName, Partial<Settings>, readonly string[]]>([
    ["deploy", {}, ["1.2", "1.0", "false"]],
    ["deploy", { version: "1.1" }, ["1.1", "1.0", "true"]],
    ["patch", {}, ["1.1", "1.0", "true"]],
    ["activate", { version: "1.1" }, ["1.1", "1.0", "true"]],
    ["rollback", {}, ["1.1", "1.0", "true"]],
    ["status", {}, ["1.1", "1.0", "false"]],
    ["node", {}, ["1.1", "1.0", "false"]],
  ])("of %s, with %j, are %j", (command, more, expected) => {
    const nodes = [node({ version: "1.1", previous: "1.0" })];
    const { version: _, ...rest } = report({ command, nodes });
    const version = versionOf({ ...checkout, command, ...more }, nodes);
    const outputs = outputsOf({ ...rest, ...(version === undefined ? {} : { version }) });
    expect([outputs["version"], outputs["previous-version"], outputs["activated"]]).toEqual(expected);
  });

  test("of a node that is only made ready, there is none", () => {
    const { version: _, previous: __, ...bare } = node();
    expect(versionOf({ ...checkout, command: "setupnode" }, [bare])).toBeUndefined();
  });

  test("of nodes that differ: the run is about no one version, and the output has the first node's", () => {
    const nodes = [node({ version: "1.1" }), node({ version: "1.0" })];
    expect(versionOf({ ...checkout, command: "status" }, nodes)).toBeUndefined();
    const { version: _, ...rest } = report({ command: "status", nodes });
    expect(outputsOf(rest)).toMatchObject({ version: "1.1" });
  });
});
