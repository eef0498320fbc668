// What is decided before anything is fetched. The fetching itself is in standalone-python.test.ts.
import { describe, expect, test } from "vitest";
import type { BuildContext } from "../../src/bundle/build-context.ts";
import { lackingPython, type WantedPython } from "../../src/bundle/choose-python.ts";
import { createLog } from "../../src/log.ts";
import { type ProjectPython, pythons } from "../../src/rollout/release-python.ts";
import { servers } from "../../src/servers/servers.ts";
import { ownPythonServer, type Settings } from "../../src/settings/settings.ts";
import { nodeFacts } from "../node/records.ts";
import { settingsOf, smallProject } from "../settings/source.ts";

const small = await settingsOf({ files: smallProject });
const python = (version: string) => ({ version, place: { where: "woven.toml: python", file: "woven.toml", line: 2 } });

interface Asked {
  readonly version?: string;
  readonly lacking?: WantedPython | undefined;
  readonly failure?: unknown;
  readonly log: string;
  /** What uv was asked to do. */
  readonly ran: readonly string[];
}

const builds = ["3.9.18", "3.10.14", "3.12.11"];

/** A runner whose uv lists these builds and can fetch none of them. */
async function asked(
  settings: Partial<Settings>,
  project: Partial<ProjectPython>,
  pythonsThere: readonly string[] = [],
): Promise<Asked> {
  let text = "";
  const ran: string[] = [];
  const run: BuildContext["run"] = async (_, words) => {
    if (words[0] === "--version") return { code: 0, stdout: "uv 0.13.9\n", stderr: "" };
    ran.push(words.slice(0, 2).join(" "));
    if (words[1] !== "list") return { code: 1, stdout: "", stderr: "error: dns error" };
    const listed = builds.map((version) => ({
      key: `cpython-${version}`,
      version,
      url: "https://x.example/p",
      variant: "default",
      implementation: "cpython",
      arch: "x86_64",
    }));
    return { code: 0, stdout: JSON.stringify(listed), stderr: "" };
  };
  const log = createLog((line) => {
    text += line;
  });
  const context: BuildContext = {
    run,
    log: () => undefined,
    now: Date.now,
    env: {},
    tempDir: "/tmp/woven-none",
    cacheDir: "/tmp/woven-none",
  };
  try {
    const facts = nodeFacts({ pythons: pythonsThere });
    const { version, lacking } = await pythons({ ...small, ...settings }, context, { log }).of(
      { djangos: [], ...project },
      facts,
      "web1",
    );
    return { version, lacking, log: text, ran };
  } catch (failure) {
    return { failure, log: text, ran };
  }
}

describe("the Python of the releases on a node that has 3.13.5", () => {
  test("is its own if that fits: uv is asked nothing", async () => {
    expect(await asked({}, {})).toMatchObject({ version: "3.13.5", ran: [] });
  });

  test("under a server that runs on no other, a named one is an error with its line and the line to write", async () => {
    const { failure, ran } = await asked({ python: python("3.12") }, {});
    expect(failure).toMatchObject({
      problems: [{ file: "woven.toml", line: 2, next: expect.stringContaining(`server = "${ownPythonServer}"`) }],
    });
    expect(ran).toEqual([]);
    expect(servers[ownPythonServer].python).toBe("any");
  });

  test("under a server that runs on no other, what the project needs is told with what else is wrong", async () => {
    const requiresPython = { value: "<3.11", from: "setup.cfg" };
    const { lacking, ran } = await asked({}, { requiresPython });
    expect(lackingPython(lacking as WantedPython, { version: "3.13.5" }).next).toContain(
      `server = "${ownPythonServer}"`,
    );
    expect(ran).toEqual([]);
  });

  test("is its own for all sites if one of them runs under such a server", async () => {
    const runs = { server: "apache", serverOptions: {} } as const;
    const sites = [
      { id: 1, domains: ["a.example.com"] },
      { id: 2, domains: ["b.example.com"], runs },
    ];
    const { failure } = await asked({ server: ownPythonServer, sites, python: python("3.12") }, {});
    expect(failure).toMatchObject({ problems: [{ what: expect.stringContaining("apache") }] });
  });

  test("is a kept one, without fetching, where the node has it", async () => {
    const { version, ran, log } = await asked({ server: ownPythonServer }, { djangos: ["3.2.25"] }, ["3.10.14"]);
    expect([version, ran]).toEqual(["3.10.14", ["python list"]]);
    expect(log).toMatch(/3\.2\.25.*3\.13\.5.*3\.10\.14/);
  });

  test("is an error if the project needs one that cannot be fetched", async () => {
    const { failure } = await asked(
      { server: ownPythonServer },
      { requiresPython: { value: "<3.11", from: "setup.cfg" } },
    );
    expect(failure).toMatchObject({ code: "python-unavailable" });
  });

  test("is its own, with a warning, if another one would only be better and cannot be fetched", async () => {
    const { version, log } = await asked(
      { server: ownPythonServer },
      { pinnedPython: { value: "3.12", from: ".python-version" } },
    );
    expect(version).toBe("3.13.5");
    expect(log).toMatch(/warning.*\.python-version/);
  });
});
