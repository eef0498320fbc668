import { error } from "@actions/core";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { SettingsError, WovenError } from "../../src/errors.ts";
import { annotate } from "../../src/github/annotations.ts";
import { setOutputs } from "../../src/github/outputs.ts";
import { createLog } from "../../src/log.ts";
import { cleanReport, nodeLine, type RunReport } from "../../src/report.ts";
import { said } from "../said.ts";
import { migrationFailed, node, report } from "./reports.ts";

function outputs(given: RunReport): Record<string, string> {
  const written: Record<string, string> = {};
  setOutputs(given, {
    setOutput(name, value) {
      written[name] = value;
    },
  });
  return written;
}

interface Annotation {
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly startLine?: number;
}

function annotations(given: RunReport): Annotation[] {
  const written: Annotation[] = [];
  annotate(given, { error: (message, place) => written.push({ message, ...place }) });
  return written;
}

describe("outputs", () => {
  test("hold every name of the contract", () => {
    expect(Object.keys(outputs(report())).toSorted()).toEqual([
      "activated",
      "bundle",
      "bundle-digests",
      "cache-hit",
      "changed",
      "known-hosts",
      "previous-version",
      "results",
      "url",
      "version",
    ]);
  });

  test("of a deploy", () => {
    const bundle = { key: "woven-bundle-1", digests: ["d1", "d2"], cacheHit: false, wheels: 1, bytes: 1, seconds: 1 };
    expect(
      outputs(report({ bundle, nodes: [node({ knownHosts: ["a", "b"] }), node({ knownHosts: ["b"] })] })),
    ).toMatchObject({
      version: "1.2",
      "previous-version": "1.1",
      activated: "true",
      changed: "true",
      url: "http://shop.example.com",
      bundle: "woven-bundle-1",
      "cache-hit": "false",
      "known-hosts": "a\nb",
      "bundle-digests": "d1\nd2",
    });
  });

  test("results has one object per node with exactly the contract's keys", () => {
    const results: unknown = JSON.parse(
      outputs(report({ nodes: [node(), node({ host: "b", status: "failed", error: migrationFailed() })] }))[
        "results"
      ] ?? "",
    );
    expect(results).toEqual([
      {
        host: "web1.example.com",
        role: "production",
        version: "1.2",
        previous: "1.1",
        status: "ok",
        changed: true,
        seconds: 12.34,
        error: null,
      },
      expect.objectContaining({
        host: "b",
        status: "failed",
        error: { code: "step-failed", message: "The migrations did not run", stage: "migrate", step: "migrate" },
      }),
    ]);
  });

  test.each([
    ["a node failed", report({ nodes: [node(), node({ status: "failed" })] })],
    ["a dry run", report({ dryRun: true })],
    ["another version serves", report({ nodes: [node({ version: "1.1" })] })],
    ["status", report({ command: "status" })],
    ["no node", report({ nodes: [] })],
  ])("activated is false: %s", (_, given) => {
    expect(outputs(given)["activated"]).toBe("false");
  });

  test.each([true, false])("a dry run says whether something would change: %s", (changed) => {
    expect(outputs(report({ dryRun: true, nodes: [node({ changed })] }))["changed"]).toBe(String(changed));
  });
});

describe("annotations", () => {
  test("a run that went well has none", () => {
    expect(annotations(report())).toEqual([]);
  });

  test("a failed step names node, stage and step, with what to do and what was said", () => {
    const [only, ...others] = annotations(report({ nodes: [node({ status: "failed", error: migrationFailed() })] }));
    expect(others).toEqual([]);
    expect(only?.title).toBe("Woven: web1.example.com, before the switch, step migrate");
    expect(only?.message).toContain("Mend the migration");
    expect(only?.message).toContain("no such table");
  });

  test("an error in the user's file stands on its line", () => {
    const error = new WovenError({ code: "x", message: "no such package", file: "requirements.txt", line: 7 });
    expect(annotations(report({ nodes: [], error }))).toMatchObject([{ file: "requirements.txt", startLine: 7 }]);
  });

  test("each problem of the settings stands on its own line, with its own hint and no other", () => {
    const error = new SettingsError([
      { where: "woven.toml: server", what: "is a number", next: 'server = "apache"', file: "woven.toml", line: 3 },
      { where: "input env", what: "has no name", next: "Write NAME=value." },
    ]);
    const [one, other, ...more] = annotations(report({ nodes: [], error }));
    expect(more).toEqual([]);
    expect(one).toMatchObject({ title: "Woven: woven.toml: server", file: "woven.toml", startLine: 3 });
    expect(one?.message).toContain('server = "apache"');
    expect(one?.message).not.toContain("NAME=value");
    expect(other).not.toHaveProperty("file");
    expect(other?.message).toContain("NAME=value");
  });

  test("of more problems than GitHub shows, the last one shown counts the rest", () => {
    const problems = Array.from({ length: 14 }, (_, index) => ({ where: `input ${index}`, what: "is wrong" }));
    const all = annotations(report({ nodes: [], error: new SettingsError(problems) }));
    expect(all).toHaveLength(10);
    expect(all.at(-1)?.message).toContain("4 more");
  });

  test("first what failed, then what is live, then what to do, then the project's own code", () => {
    const error = migrationFailed(said("bad-migration"));
    const [only] = annotations(report({ nodes: [node({ status: "failed", version: "1.1", error })] }));
    const [what, live, next, , frame] = only?.message.split("\n") ?? [];
    expect(what).toBe("The migrations did not run");
    expect(live).toContain("1.1");
    expect(next).toBe("Mend the migration and deploy again.");
    expect(frame).toBe("catalogue/migrations/0005_count_leaves.py:5 in count_leaves");
    expect(only?.message).not.toContain("site-packages");
  });

  test("what forty nodes share is one annotation", () => {
    const nodes = Array.from({ length: 40 }, (_, index) =>
      node({ host: `web${index}`, status: "failed", error: migrationFailed() }),
    );
    expect(annotations(report({ nodes }))).toHaveLength(1);
    expect(annotations(report({ nodes }))[0]?.title).toContain("and 37 more");
  });

  test("never more than ten, nor longer than GitHub shows", () => {
    const nodes = Array.from({ length: 40 }, (_, index) =>
      node({ status: "failed", error: new WovenError({ code: "x", message: `fault ${index} ${"y".repeat(9000)}` }) }),
    );
    const all = annotations(report({ nodes }));
    expect(all).toHaveLength(10);
    for (const { message } of all) expect(message.length).toBeLessThan(4096);
  });

  test("a node's error that is the run's error as well is written once", () => {
    const error = migrationFailed();
    expect(annotations(report({ error, nodes: [node({ status: "failed", error })] }))).toHaveLength(1);
  });
});

test("whatever a node says, each failure is one command of the runner, and nothing else that is printed is any", () => {
  const piece = fc.constantFrom(
    "::",
    "##[",
    "%0A",
    "%",
    "\n",
    "\r",
    "\r\n",
    ",",
    ":",
    "=",
    "\u2028",
    "error",
    "x ",
    "\u001b[1m",
  );
  const words = fc.array(piece).map((parts) => parts.join(""));
  fc.assert(
    fc.property(words, words, words, words, (message, output, version, step) => {
      const printed: string[] = [];
      const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
      const failed = new WovenError({ code: "x", message, output, next: output, step, stage: step });
      const nodes = [node({ status: "failed", error: failed, version, text: output })];
      try {
        const log = createLog((line) => process.stdout.write(`${line}\n`), { nodes: () => "several" });
        const clean = cleanReport(report({ nodes }), (text) => log.clean(text));
        for (const one of clean.nodes) log.info(nodeLine(one, clean));
        log.remote("web1", output);
        annotate(clean, { error: (text, place) => error(log.clean(text), place) });
      } finally {
        write.mockRestore();
      }
      const lines = printed.join("").split(/\r\n|\r|\n/);
      const commands = lines.filter((line) => line.trimStart().startsWith("::") || line.includes("##["));
      expect(commands).toEqual([expect.stringMatching(/^::error title=/)]);
    }),
  );
});
