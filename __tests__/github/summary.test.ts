import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WovenError } from "../../src/errors.ts";
import { renderSummary } from "../../src/github/summary.ts";
import { nodeLine } from "../../src/report.ts";
import { migrationFailed, node, report, step } from "./reports.ts";

const evil = "</code></pre><img src=x onerror=alert(1)> | **bold** `tick` [link](http://evil) <!-- hidden";

/** The page without code and without the folded parts' titles, which are HTML and hold no Markdown: what could act as markup. */
function markup(page: string): string {
  return page
    .replaceAll(/<summary>.*<\/summary>/g, "")
    .replaceAll(/^(`{3,})text\n[\s\S]*?\n\1$/gm, "")
    .replaceAll(/(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, "");
}

describe("heading", () => {
  test.each([
    [report(), "## ✅ Deployed shop 1.2 to production"],
    [report({ command: "rollback", version: "1.1" }), "## ✅ Rolled back shop to 1.1 on production"],
    [
      report({ command: "rollback", dryRun: true }),
      "## 🔍 Dry run: rolling back shop on production would change 1 node",
    ],
    [
      report({ command: "rollback", nodes: [node({ status: "failed" })] }),
      "## ❌ Rolling back shop on production failed",
    ],
    [report({ command: "setupnode" }), "## ✅ Set up production"],
    [report({ nodes: [node({ changed: false })] }), "## ✅ Deployed shop 1.2 to production: nothing had to change"],
    [report({ dryRun: true }), "## 🔍 Dry run: deploying shop 1.2 to production would change 1 node"],
    [report({ nodes: [node({ status: "failed" })] }), "## ❌ Deploying shop 1.2 to production failed"],
    [
      report({ nodes: [], error: new WovenError({ code: "x", message: "No role" }) }),
      "## ❌ Deploying shop 1.2 failed",
    ],
    [report({ nodes: [node({ role: undefined } as object)] }), "## ✅ Deployed shop 1.2 to web1.example.com"],
  ])("%#: says outcome, version and place", (given, heading) => {
    expect(renderSummary(given).split("\n")[0]).toBe(heading);
  });
});

describe("a run that failed", () => {
  const failed = node({
    version: "1.1",
    status: "failed",
    error: migrationFailed(Array.from({ length: 50 }, (_, index) => `line ${index}`).join("\n")),
    steps: [step(), step({ stage: "migrate", step: "migrate", title: "Migrate the database", status: "failed" })],
  });
  const page = renderSummary(
    report({ nodes: [node({ host: "web2.example.com", version: "1.1", status: "rolled-back" }), failed] }),
  );

  test("tells what failed, what the node said, what serves and what to do, before the table and the steps", () => {
    const order = [
      "The migrations did not run",
      "line 49",
      "Mend the migration",
      "What serves now",
      "| Host |",
      "<details>",
    ];
    const places = order.map((text) => page.indexOf(text));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  test("tells which migrations stay applied although the run has failed: what serves runs on that schema", () => {
    const applied = step({ stage: "switch", step: "migrate", status: "changed", details: ["notes.0003_y"] });
    const sick = node({ status: "failed", version: "1.1", error: migrationFailed(), steps: [applied] });
    expect(renderSummary(report({ nodes: [sick] }))).toMatch(
      /What serves now[\s\S]*Migrations were applied, and stay:\*\* `notes\.0003_y`\. What serves now runs on that schema/,
    );
    expect(page).not.toContain("Migrations were applied");
  });

  test("shows a step that was taken back as that, and where all codes are explained", () => {
    const undone = step({ title: "Start shop 1.2", status: "skipped", undone: true });
    const sick = renderSummary(
      report({ nodes: [node({ status: "failed", error: migrationFailed(), steps: [undone] })] }),
    );
    expect(sick).toMatch(/\| Start shop 1\.2 \| taken back \|/);
    expect(sick).toMatch(
      /More about `[a-z-]+`: <https:\/\/github\.com\/woven\/deploy\/blob\/v1\/docs\/troubleshooting\.md>/,
    );
  });

  test("names node, stage and step in one line", () => {
    expect(page).toContain(
      "**web1.example.com, stage migrate, step migrate (Migrate the database): The migrations did not run**",
    );
  });

  test("shows the last 30 lines and how many are not shown", () => {
    expect(page).toContain("line 20\n");
    expect(page).not.toContain("line 19\n");
    expect(page).toContain("20 earlier lines are in the log");
  });

  test("says for each node what serves", () => {
    expect(page).toContain("- `web1.example.com`: 1.1 serves, as before");
    expect(page).toContain("- `web2.example.com`: went back to 1.1, which serves");
  });

  test("puts the failed node first in the table", () => {
    expect(page.indexOf("| `web1.example.com`")).toBeLessThan(page.indexOf("| `web2.example.com`"));
  });

  test("tells an error that five nodes share once", () => {
    const nodes = Array.from({ length: 5 }, (_, index) => node({ ...failed, host: `web${index}` }));
    expect(renderSummary(report({ nodes })).split("The migrations did not run")).toHaveLength(2);
  });

  test("says where no version serves any more", () => {
    const { version: _, ...dead } = failed;
    expect(renderSummary(report({ nodes: [dead] }))).toContain("**no version serves**; 1.1 did before");
  });

  test("points at the file of the user, and keeps the list of an advice", () => {
    const error = new WovenError({
      code: "build-failed",
      message: "psycopg2 does not build",
      next: 'Ways out:\n- set `python = "3.12"`\n- another',
      file: "requirements.txt",
      line: 3,
    });
    const text = renderSummary(report({ nodes: [], error }));
    expect(text).toContain("In `requirements.txt:3`.");
    expect(text).toContain('Ways out:\n\n- set `python = "3.12"`\n- another');
  });
});

describe("a fleet of which one node failed", () => {
  const because = (code: string, message: string) =>
    new WovenError({ code, message, next: "Mend web3.", stage: "switch" });
  const page = renderSummary(
    report({
      nodes: [
        node({ host: "web1", version: "1.1", status: "rolled-back", error: because("went-back", "went back") }),
        node({ host: "web2", version: "1.2", status: "failed", error: because("not-back", "did not go back") }),
        node({ host: "web3", version: "1.1", status: "failed", error: migrationFailed() }),
        node({ host: "web4", version: "1.1", status: "skipped" }),
      ],
    }),
  );

  test("says in the second line how many ended how", () => {
    expect(page.split("\n")[2]).toMatch(/^4 nodes: 2 failed, 1 rolled back, 1 not switched · /);
  });

  test("tells the cause before what it brought about, everywhere", () => {
    const order = (words: readonly string[]) => words.map((text) => page.indexOf(text));
    for (const words of [
      ["The migrations did not run", "did not go back", "went back**"],
      ["| `web3` |", "| `web2` |", "| `web1` |", "| `web4` |"],
      ["web3: 1 step", "web2: 1 step", "web1: 1 step"],
    ]) {
      expect(order(words)).not.toContain(-1);
      expect(order(words)).toEqual(order(words).toSorted((a, b) => a - b));
    }
  });
});

describe("a node of which nobody knows what serves", () => {
  const { version: _, ...gone } = node({ host: "web1", status: "failed", error: migrationFailed(), unknown: true });
  test("is said to be that, and not to serve nothing", () => {
    const page = renderSummary(report({ nodes: [gone] }));
    expect(page).toContain("- `web1`: **not known**: it was lost from sight at its switch; 1.1 served before");
    expect(page).toContain("| `web1` | production | not known | 1.1 |");
    expect(page).not.toContain("no version serves");
  });

  test("also where it could not be asked at all", () => {
    const { previous: __, ...never } = gone;
    expect(renderSummary(report({ nodes: [never] }))).toContain("- `web1`: **not known**: it could not be asked");
  });
});

describe("escaping", () => {
  test("nothing a node or a repository says becomes markup", () => {
    const error = new WovenError({ code: "x", message: evil, next: evil, output: evil, stage: evil, step: evil });
    const nodes = [
      node({
        host: evil,
        role: evil,
        version: evil,
        previous: evil,
        status: "failed",
        error,
        text: evil,
        knownHosts: [evil],
        steps: [step({ title: evil, stage: evil, details: [evil], status: "failed" })],
      }),
    ];
    const page = renderSummary(
      report({
        distribution: evil,
        version: evil,
        url: evil,
        nodes,
        found: [{ what: evil, found: { value: evil, from: evil } }],
      }),
    );
    expect(markup(page)).not.toMatch(/<(img|\/code|\/pre|!--)/);
    expect(markup(page)).not.toContain("[link](");
  });

  test("a table keeps its columns whatever stands in it", () => {
    const page = renderSummary(report({ nodes: [node({ role: "a|b", version: "1|2", host: "h|`|`` x" })] }));
    const rows = page.split("\n").filter((line) => line.startsWith("| "));
    const cells = rows.map((row) => row.split(/(?<!\\)\|/).length);
    expect(new Set(cells.slice(0, 3)).size).toBe(1);
  });

  test("a code block cannot be closed from inside", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("```", "````", "`", "~~~", "</details>", "\n", "x")), (parts) => {
        const page = renderSummary(report({ command: "status", nodes: [node({ text: `a${parts.join("")}b` })] }));
        const fences = page.split("\n").filter((line) => /^`{3,}(text)?$/.test(line));
        const opening = fences.find((line) => line.endsWith("text")) ?? "";
        const inside = page.slice(page.indexOf(opening) + opening.length);
        expect(inside.split("\n").filter((line) => line.startsWith(opening.replace("text", "")))).toHaveLength(1);
      }),
    );
  });

  test("colours and control characters are gone", () => {
    const page = renderSummary(
      report({
        nodes: [node({ status: "failed", error: migrationFailed("\u001B[31mred\u001B[0m\u0007 \u202Eback") })],
      }),
    );
    expect(page).toContain("red back");
  });
});

describe("length", () => {
  const long = "x".repeat(100).concat("\n").repeat(5000);
  const nodes = Array.from({ length: 400 }, (_, index) =>
    node({
      host: `web${index}.example.com`,
      steps: Array.from({ length: 30 }, () => step({ details: ["a".repeat(300)] })),
      ...(index === 399 ? { status: "failed" as const, error: migrationFailed(long) } : {}),
    }),
  );
  const page = renderSummary(report({ nodes }));

  test("stays below 60 kB, and below any limit asked for", () => {
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(60_000);
    for (const maxBytes of [400, 2000, 10_000])
      expect(Buffer.byteLength(renderSummary(report({ nodes }), { maxBytes }))).toBeLessThanOrEqual(maxBytes);
  });

  test("keeps the failure, and says that something is left out", () => {
    expect(page).toContain("The migrations did not run");
    expect(page).toContain("left out for their length");
  });

  test("a short page has no such note", () => {
    expect(renderSummary(report())).not.toContain("left out");
  });
});

describe("a hundred nodes that all fail, each with a long story of its own", () => {
  const nodes = Array.from({ length: 100 }, (_, index) => {
    const error = new WovenError({
      code: "step-failed",
      message: `fault ${index} ${"y".repeat(3000)}`,
      next: "Mend it. ".repeat(50),
      output: `${index} ${"z".repeat(300)}\n`.repeat(200),
      stage: "switch",
      step: "health",
    });
    return node({ host: `web${index}`, status: "failed", version: `0.${index}`, previous: `0.${index}`, error });
  });
  const page = renderSummary(report({ nodes }), { maxBytes: 1_000_000 });
  const open = page.replaceAll(/<details>[\s\S]*?<\/details>/g, "");

  test("fit into what GitHub shows, and what is not folded can be read", () => {
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
    expect(Buffer.byteLength(open)).toBeLessThan(60_000);
    expect(open.split("\n").filter((line) => line !== "").length).toBeLessThan(200);
  });

  test("four are told in full, some in a line, and the others are counted; so are the versions that serve", () => {
    expect(open.match(/What the node said/g)).toHaveLength(4);
    expect(open).toContain("- and 84 more, which are in the log");
    expect(open).toContain("**What serves now**");
    expect(open).toContain("- and on 88 nodes other versions: see the table");
    expect(open).toContain("| `web19` |");
    expect(open).not.toContain("| `web20` |");
    expect(page).toContain("The other 80 nodes");
    expect(page).toContain("| `web99` |");
  });

  test("what serves where stands in the shortest page, too", () => {
    expect(renderSummary(report({ nodes }))).toContain("**What serves now**");
  });
});

describe("the rest", () => {
  test("costs, bundle and versions stand in the open, steps and findings are folded", () => {
    const page = renderSummary(
      report({
        bundle: { key: "k", digests: [], cacheHit: true, wheels: 14, bytes: 15_500_000, seconds: 0.08 },
        found: [{ what: "version", found: { value: "1.2", from: "pyproject.toml [project] version" } }],
      }),
    );
    const open = page.replaceAll(/<details>[\s\S]*?<\/details>/g, "");
    expect(open).toContain("| `web1.example.com` | production | 1.2 | 1.1 | ✅ ok | yes | 12.3 s | 1 / 5 | 1.2 MB |");
    expect(open).toContain("Bundle: 14 wheels, 15.5 MB, found in the cache in 0.1 s.");
    expect(open).not.toContain("Make the virtualenv");
    expect(page).toContain("Make the virtualenv");
    expect(page).toContain("| version | `1.2` | pyproject.toml \\[project\\] version |");
  });

  test("learned host keys are shown to be copied, once each", () => {
    const line = "web1.example.com ssh-ed25519 AAAA";
    const page = renderSummary(
      report({ nodes: [node({ knownHosts: [line] }), node({ host: "b", knownHosts: [line] })] }),
    );
    expect(page).toContain(`\`\`\`text\n${line}\n\`\`\``);
    expect(page).toContain("`known-hosts` input");
  });

  test("the site's address stands there only where something serves at it", () => {
    const { version: _, ...bare } = node();
    const shows = (more: Parameters<typeof report>[0]) => renderSummary(report(more)).includes("shop.example.com>");
    expect([shows({}), shows({ command: "status" }), shows({ command: "rollback" })]).toEqual([true, true, true]);
    expect([shows({ command: "setupnode" }), shows({ command: "bundle" })]).toEqual([false, false]);
    expect([shows({ command: "status", nodes: [bare] }), shows({ dryRun: true, nodes: [bare] })]).toEqual([
      false,
      false,
    ]);
    expect(shows({ nodes: [node({ status: "failed", error: migrationFailed() })] })).toBe(false);
  });

  test("a dry run says that nothing was touched, and not what serves", () => {
    const page = renderSummary(report({ dryRun: true, nodes: [node({ status: "failed", error: migrationFailed() })] }));
    expect(page).toContain("nothing was changed");
    expect(page).not.toContain("What serves now");
  });

  test("a dry run calls nothing changed: not a node, not a step", () => {
    const steps = [step({ status: "changed" }), step({ status: "ok" })];
    const page = renderSummary(report({ dryRun: true, nodes: [node({ changed: true, steps })] }));
    expect(page).toContain("2 steps, 1 would change");
    expect(page).toMatch(/\| would change \|/);
    expect(page).not.toMatch(/\| changed \||\d changed/);
    expect(nodeLine(node({ changed: true }), { command: "deploy", dryRun: true })).toContain(", would change (");
    expect(nodeLine(node({ changed: false }), { command: "deploy", dryRun: true })).toContain(
      ", nothing would change (",
    );
  });

  test.each([true, false])("of what a management command changes, nothing is said (dry run: %s)", (dryRun) => {
    const run = report({
      command: "node",
      dryRun,
      nodes: [node({ changed: false, steps: [], text: "Installed 3401 objects" })],
    });
    const told = [renderSummary(run), ...run.nodes.map((one) => nodeLine(one, run))].join("\n");
    expect(told).toContain("Installed 3401 objects");
    expect(told.replaceAll("nothing was changed on any node", "")).not.toMatch(/chang/i);
  });

  test("status is a table of versions and what each node tells", () => {
    const page = renderSummary(
      report({ command: "status", nodes: [node({ text: "shop 1.2 active\nshop 1.1", changed: false })] }),
    );
    expect(page).toContain("| Host | Role | Version | Before that | Status |");
    expect(page).toContain("shop 1.2 active\nshop 1.1");
    expect(page).toContain("## ✅ Status of shop on production");
  });
});
