// A domain that a run takes away, and a new one that leads elsewhere: both are named, and DNS never holds up a run.
import { describe, expect, test, vi } from "vitest";
import { createLog } from "../../src/log.ts";
import { domainCheck } from "../../src/rollout/domains.ts";
import type { Runtime } from "../../src/rollout/runtime.ts";
import { releaseRecord } from "../node/records.ts";
import { settingsOf, smallProject } from "../settings/source.ts";
import { runtime } from "./release.ts";
import { fleetOf, scriptedNode } from "./scripted-nodes.ts";

type Zone = Readonly<Record<string, readonly string[] | string>>;

/** Addresses by name, or the code of the error. */
const zone =
  (names: Zone): Runtime["lookup"] =>
  async (name) => {
    const answer = names[name] ?? "ENOTFOUND";
    if (typeof answer === "string") throw Object.assign(new Error(`${answer} ${name}`), { code: answer });
    return answer;
  };

async function checking(lookup: Runtime["lookup"], hosts: readonly string[] = ["web1"]) {
  const warnings: { readonly text: string; readonly title: string | undefined }[] = [];
  const log = createLog(() => undefined, {
    surface: { warning: (text, { title }) => warnings.push({ text, title }) },
  });
  const world = { ...runtime(), log, lookup };
  const settings = await settingsOf({ files: smallProject });
  const nodes = fleetOf(hosts.map((name) => scriptedNode(name, {}, world, settings)));
  return { check: domainCheck(nodes, world), warnings, nodes };
}

const live = releaseRecord({
  version: "1.0",
  sites: [
    { id: 1, domains: ["shop.example.com", "www.shop.example.com"] },
    { id: 2, domains: ["admin.example.com"] },
  ],
});
const sites = (...domains: readonly (readonly string[])[]) => domains.map((some) => ({ domains: some }));
const silent: Runtime["lookup"] = () => Promise.reject(new Error("nobody asks"));

describe("a domain of the live release", () => {
  test("that is no longer listed is a warning with a title, and a line of the summary, once for all servers", async () => {
    const { check, warnings, nodes } = await checking(silent, ["web1", "web2"]);
    for (const _ of nodes.nodes)
      check.compare(live, sites(["shop.exmaple.com", "www.shop.example.com"], ["admin.example.com"]), "1.1", "nothing");
    expect(warnings).toEqual([
      {
        text: expect.stringMatching(/^shop\.example\.com .*1\.0.*1\.1.*shop\.exmaple\.com/),
        title: expect.any(String),
      },
    ]);
    expect(nodes.notices).toEqual(warnings.map(({ text }) => text));
  });

  test("may move to another place or another site", async () => {
    const { check, warnings } = await checking(silent);
    check.compare(live, sites(["www.shop.example.com", "admin.example.com"], ["shop.example.com"]), "1.1", "nothing");
    check.compare(undefined, sites(["new.example.com"]), "1.1", "nothing");
    expect(warnings).toEqual([]);
  });
});

describe("a new domain", () => {
  const said = async (names: Zone, hosts?: readonly string[]) => {
    const { check, warnings } = await checking(zone(names), hosts);
    check.compare(undefined, sites(["shop.example.com"]), "1.0", "dns");
    await check.end();
    return warnings.map(({ text }) => text);
  };
  const web1 = ["198.51.100.7", "2001:db8::7"];

  test.each<[string, Zone, (readonly string[])?]>([
    ["leads to the server", { web1, "shop.example.com": ["198.51.100.7"] }],
    [
      "leads to one of the servers",
      { web1, web2: ["198.51.100.8"], "shop.example.com": ["198.51.100.8"] },
      ["web1", "web2"],
    ],
    [
      "cannot be compared: the server has a private address",
      { web1: ["10.0.0.7"], "shop.example.com": ["198.51.100.9"] },
    ],
    ["cannot be compared: the server's name is known to the jump host only", { "shop.example.com": ["198.51.100.9"] }],
    ["cannot be asked for: no name server answers", { web1, "shop.example.com": "EAI_AGAIN" }],
  ])("is not mentioned if it %s", async (_, names, hosts) => {
    expect(await said(names, hosts)).toEqual([]);
  });

  test("that leads elsewhere is named, with both addresses", async () => {
    const [text, ...more] = await said({ web1, "shop.example.com": ["203.0.113.9"] });
    expect([text, more]).toEqual([
      expect.stringMatching(/shop\.example\.com.*203\.0\.113\.9.*web1.*198\.51\.100\.7/),
      [],
    ]);
  });

  test.each(["ENOTFOUND", "ENODATA"])("that does not exist is named, with the server's address (%s)", async (code) => {
    const [text] = await said({ web1, "shop.example.com": code });
    expect(text).toMatch(/shop\.example\.com.*198\.51\.100\.7/);
  });

  test("is compared with the address of a role that names its server by it, and a local node is left alone", async () => {
    const elsewhere = { "shop.example.com": ["203.0.113.9"] };
    const [text = ""] = await said({ ...elsewhere, "198.51.100.7": ["198.51.100.7"] }, ["198.51.100.7"]);
    expect(text.match(/198\.51\.100\.7/g)).toHaveLength(1);
    expect(await said({ ...elsewhere, "198.18.3.2": ["198.18.3.2"] }, ["198.18.3.2"])).toEqual([]);
  });

  test("is asked for once, and only where the live release does not have it", async () => {
    const asked: string[] = [];
    const names = zone({ web1, "new.example.com": web1 });
    const { check } = await checking((name) => {
      asked.push(name);
      return names(name);
    });
    for (const _ of [1, 2]) check.compare(live, sites(["shop.example.com", "new.example.com"]), "1.1", "dns");
    await check.end();
    expect(asked.toSorted()).toEqual(["new.example.com", "web1"]);
  });

  test("holds up a run for seconds at most, if DNS does not answer", async () => {
    vi.useFakeTimers();
    try {
      const { check, warnings } = await checking((name) =>
        name === "web1" ? Promise.resolve(web1) : new Promise(() => undefined),
      );
      check.compare(undefined, sites(["shop.example.com", "two.example.com"]), "1.0", "dns");
      const end = check.end();
      await vi.advanceTimersByTimeAsync(3100);
      await end;
      expect(warnings).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });
});
