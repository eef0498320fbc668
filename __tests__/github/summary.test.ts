import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SettingsError, WovenError } from "../../src/errors.ts";
import { renderSummary } from "../../src/github/summary.ts";
import { nodeLine } from "../../src/report.ts";
import { said } from "../said.ts";
import { migrationFailed, node, report, step } from "./reports.ts";

const evil = "</code></pre><img src=x onerror=alert(1)> | **bold** `tick` [link](http://evil) <!-- hidden";

/** Where the summary says what is live. */
const live = "**Live now";

/** What is not folded. */
const openPart = (page: string) => page.replaceAll(/<details>[\s\S]*?<\/details>/g, "");

/** Whether these texts stand on the page in this order. */
function expectOrder(page: string, texts: readonly string[]): void {
  const places = texts.map((text) => page.indexOf(text));
  expect(places, page).not.toContain(-1);
  expect(places, page).toEqual(places.toSorted((a, b) => a - b));
}

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

  test("tells what failed, what is live, what to do and what the node said, before the table and the steps", () => {
    expectOrder(page, [
      "The migrations did not run",
      live,
      "Mend the migration",
      "line 49",
      "| Host |",
      "web1.example.com: 2 steps",
    ]);
  });

  test("shows the project's own frames of a traceback, and folds the rest", () => {
    const error = migrationFailed(said("bad-migration"));
    const open = openPart(renderSummary(report({ nodes: [node({ status: "failed", error })] })));
    expect(open).toContain("catalogue/migrations/0005_count_leaves.py:5 in count_leaves\n    raise RuntimeError");
    expect(open).not.toContain("site-packages");
    const whole = renderSummary(report({ nodes: [node({ status: "failed", error })] }));
    expect(whole).toContain("site-packages/django/db/migrations/operations/special.py");
  });

  test("can be read without scrolling, whatever was said", () => {
    const error = new WovenError({
      code: "step-failed",
      message: "x".repeat(3000),
      output: said("bad-health"),
      next: "Mend it.\n".repeat(40),
      stage: "switch",
    });
    const open = openPart(renderSummary(report({ nodes: [node({ status: "failed", error })] })));
    expect(open.split("\n").filter((line) => line.trim() !== "").length).toBeLessThan(40);
  });

  test("tells which migrations stay applied although the run has failed", () => {
    const applied = step({ stage: "switch", step: "migrate", status: "changed", details: ["notes.0003_y"] });
    const sick = node({ status: "failed", version: "1.1", error: migrationFailed(), steps: [applied] });
    const told = openPart(renderSummary(report({ nodes: [sick] })));
    expectOrder(told, [live, "`notes.0003_y`", "Mend the migration"]);
    expect(openPart(page)).not.toContain("notes.0003_y");
  });

  test("what a failed run changed and undid is not what is live", () => {
    const changed = (steps: readonly ReturnType<typeof step>[], version = "1.1") =>
      renderSummary(
        report({ nodes: [node({ status: "failed", version, previous: "1.1", error: migrationFailed(), steps })] }),
      );
    expect(changed([step({ status: "changed" })])).toContain("| ❌ failed | nothing live |");
    expect(changed([step({ step: "migrate", details: ["notes.0003_y"] })])).toContain("| only the database |");
    expect(changed([step({ status: "changed" })], "1.2")).toContain("| ❌ failed | yes |");
  });

  test("what is true now comes before what to do", () => {
    const error = new WovenError({ code: "x", message: "It broke", state: "Nothing was changed.", next: "Fix it." });
    expectOrder(openPart(renderSummary(report({ nodes: [node({ status: "failed", error })] }))), [
      "Nothing was changed",
      "What to do:** Fix it",
    ]);
  });

  test("shows a step that was taken back as that, and where all codes are explained", () => {
    const undone = step({ title: "Start shop 1.2", status: "skipped", undone: true });
    const sick = renderSummary(
      report({ nodes: [node({ status: "failed", error: migrationFailed(), steps: [undone] })] }),
    );
    expect(sick).toMatch(/\| Start shop 1\.2 \| undone \|/);
    expect(sick).toMatch(
      /More about `[a-z-]+`: <https:\/\/github\.com\/woven\/deploy\/blob\/v1\/docs\/troubleshooting\.md#[a-z-]+>/,
    );
  });

  test("names node, stage and step in one line", () => {
    expect(page).toContain(
      "**web1.example.com, before the switch, step migrate (Migrate the database): The migrations did not run**",
    );
  });

  test("shows the last ten lines of what was said, and all of it folded", () => {
    expect(openPart(page)).toContain("line 40\n");
    expect(openPart(page)).not.toContain("line 39\n");
    expect(page).toContain("line 0\n");
    expect(page).toContain("(50 lines)");
  });

  test("says for each node what is live, and once where all have the same", () => {
    expect(page).toMatch(/^- `web1\.example\.com`: 1\.1/m);
    expect(page).toMatch(/^- `web2\.example\.com`: 1\.1/m);
    const same = [failed, { ...failed, host: "web3" }];
    expect(renderSummary(report({ nodes: same }))).toMatch(/^\*\*Live now:\*\* 1\.1/m);
  });

  test("puts the failed node first in the table", () => {
    expect(page.indexOf("| `web1.example.com`")).toBeLessThan(page.indexOf("| `web2.example.com`"));
  });

  test("tells an error that five nodes share once", () => {
    const nodes = Array.from({ length: 5 }, (_, index) => node({ ...failed, host: `web${index}` }));
    expect(renderSummary(report({ nodes })).split("The migrations did not run")).toHaveLength(2);
  });

  test("says where no version is live any more", () => {
    const { version: _, ...dead } = failed;
    expect(renderSummary(report({ nodes: [dead] }))).toMatch(/^\*\*Live now:\*\* no version; 1\.1/m);
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
    expect(text).toContain("`requirements.txt:3`");
    expect(text).toContain('Ways out:\n\n- set `python = "3.12"`\n- another');
  });

  test("has each problem of the settings with its place and its own hint", () => {
    const error = new SettingsError([
      {
        where: "woven.toml: keep-release",
        what: "is no setting",
        next: "Did you mean keep-releases?",
        file: "site/woven.toml",
        line: 7,
      },
      { where: "input env", what: "has no name", next: "Write NAME=value." },
    ]);
    const text = renderSummary(report({ nodes: [], error }));
    expectOrder(text, [
      "site/woven.toml:7: keep-release: is no setting",
      "keep-releases?",
      "input env: has no name",
      "NAME=value",
    ]);
    expect(text.match(/is no setting/g)).toHaveLength(1);
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
    for (const words of [
      ["The migrations did not run", live, "did not go back", "went back**"],
      ["| `web3` |", "| `web2` |", "| `web1` |", "| `web4` |"],
      ["web3: 1 step", "web2: 1 step", "web1: 1 step"],
    ])
      expectOrder(page, words);
  });
});

describe("a node of which nobody knows what serves", () => {
  const { version: _, ...gone } = node({ host: "web1", status: "failed", error: migrationFailed(), unknown: true });
  test("is said to be that, and not to serve nothing", () => {
    const page = renderSummary(report({ nodes: [gone] }));
    expect(page).toMatch(/^\*\*Live now:\*\* not known.* 1\.1/m);
    expect(page).toContain("| `web1` | production | not known | 1.1 |");
    expect(page).not.toContain("no version");
  });

  test("also where it could not be asked at all", () => {
    const { previous: __, ...never } = gone;
    expect(renderSummary(report({ nodes: [never] }))).toMatch(/^\*\*Live now:\*\* not known/m);
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
    expect(page).toContain("parts are left out");
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
  const open = openPart(page);

  test("fit into what GitHub shows, and what is not folded can be read", () => {
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
    expect(Buffer.byteLength(open)).toBeLessThan(60_000);
    expect(open.split("\n").filter((line) => line !== "").length).toBeLessThan(200);
  });

  test("four are told in full, some in a line, and the others are counted; so are the live versions", () => {
    expect(open.match(/More about `step-failed`/g)).toHaveLength(4);
    expect(open).toMatch(/^- and 84 more/m);
    expect(open).toContain(live);
    expect(open).toMatch(/^- .* 88 nodes/m);
    expect(open).toContain("| `web19` |");
    expect(open).not.toContain("| `web20` |");
    expect(page).toContain("The other 80 nodes");
    expect(page).toContain("| `web99` |");
  });

  test("what is live where stands in the shortest page, too", () => {
    expect(renderSummary(report({ nodes }))).toContain(live);
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
    const open = openPart(page);
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
    expect(page).toContain("Compare them");
  });

  test("host keys that a pinned key vouches for need no comparison", () => {
    const nodes = [node({ knownHosts: ["web1.example.com ssh-ed25519 AAAA"] })];
    expect(renderSummary(report({ nodes, hostKeyPolicy: "strict" }))).not.toContain("Compare them");
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
    expect(page).not.toContain(live);
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
    expect(told.replaceAll("nothing was changed on any server", "")).not.toMatch(/chang/i);
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

test("a notice is the first line below the heading, whether the run succeeds or fails", () => {
  const notices = ["shop.example.com will not be served any more"];
  for (const nodes of [[node()], [node({ status: "failed", error: migrationFailed() })]]) {
    const [heading, , first, second] = renderSummary(report({ nodes, notices })).split("\n");
    expect(heading).toMatch(/^## /);
    expect([first, second]).toEqual(["> [!WARNING]", expect.stringContaining("shop.example.com")]);
  }
});
