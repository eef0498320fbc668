// What the command preview decides, event by event.
import { describe, expect, test } from "vitest";
import { decidePreview, type PreviewRules } from "../../src/settings/preview-decision.ts";

const commit = "1f".repeat(20);

interface Pull {
  readonly action: string;
  readonly from?: string | null;
  readonly draft?: boolean;
  readonly labels?: readonly string[];
  readonly state?: string;
}

function payload({ action, from = "ada/shop", draft = false, labels = [], state }: Pull) {
  return {
    action,
    repository: { full_name: "ada/shop" },
    pull_request: {
      number: 12,
      state: state ?? (action === "closed" ? "closed" : "open"),
      draft,
      labels: labels.map((name) => ({ name })),
      head: { sha: commit, repo: from === null ? null : { full_name: from } },
    },
  };
}

const rules: PreviewRules = { drafts: "built", secrets: "given" };

function decide(pull: Pull, given: Partial<PreviewRules> = {}, name = "pull_request") {
  const decision = decidePreview({ name, payload: payload(pull) }, { ...rules, ...given });
  return decision.kind === "refuse" ? decision.code : decision.kind;
}

describe("a pull request of the repository", () => {
  test.each(["opened", "synchronize", "reopened", "labeled", "unlabeled", "ready_for_review"])(
    "%s builds",
    (action) => {
      expect(decide({ action })).toBe("build");
    },
  );
  test.each(["assigned", "edited", "review_requested", "locked", ""])("%s does nothing", (action) => {
    expect(decide({ action })).toBe("nothing");
  });
  test("its preview is named for its number, or by the input", () => {
    const event = { name: "pull_request", payload: payload({ action: "opened" }) };
    expect(decidePreview(event, rules)).toMatchObject({ name: "pr-12", pull: { number: 12, commit, fork: false } });
    expect(decidePreview(event, { ...rules, name: "demo" })).toMatchObject({ name: "demo" });
  });
});

describe("closed never builds", () => {
  test.each([
    ["with the label", { labels: ["preview"] }, { label: "preview" }],
    ["a draft", { draft: true }, { drafts: "left out" as const }],
    ["without rules", {}, {}],
  ])("%s", (_, pull, given) => {
    expect(decide({ action: "closed", ...pull }, given)).toBe("remove");
  });
  test.each(["synchronize", "labeled", "unlabeled", "opened", "assigned"])("%s of a closed pull request", (action) => {
    expect(decide({ action, state: "closed", labels: ["preview"] }, { label: "preview" })).toBe("remove");
  });
});

describe("a label", () => {
  test.each([
    ["labeled", ["preview"], "build"],
    ["synchronize", ["bug", "preview"], "build"],
    ["opened", [], "remove"],
    ["unlabeled", ["bug"], "remove"],
    ["labeled", ["previews"], "remove"],
  ])("%s, with %j", (action, labels, expected) => {
    expect(decide({ action, labels }, { label: "preview" })).toBe(expected);
  });
});

describe("a draft", () => {
  test.each([
    [true, "built", "build"],
    [true, "left out", "remove"],
    [false, "left out", "build"],
  ] as const)("draft %s, drafts are %s", (draft, drafts, expected) => {
    expect(decide({ action: "synchronize", draft }, { drafts })).toBe(expected);
  });
});

describe("a fork", () => {
  test.each(["opened", "synchronize", "closed", "labeled"])("%s without secrets does nothing", (action) => {
    expect(decide({ action, from: "eve/shop" }, { secrets: "absent" })).toBe("nothing");
    expect(decide({ action, from: null }, { secrets: "absent" })).toBe("nothing");
  });
  test("with secrets, which the owner has allowed, it builds", () => {
    expect(decide({ action: "opened", from: "eve/shop" })).toBe("build");
  });
  test.each(["opened", "synchronize", "labeled"])("pull_request_target, %s, is refused", (action) => {
    expect(decide({ action, from: "eve/shop", labels: ["preview"] }, { label: "preview" }, "pull_request_target")).toBe(
      "preview-untrusted",
    );
  });
  test("pull_request_target may remove its preview, and builds the repository's own code", () => {
    expect(decide({ action: "closed", from: "eve/shop" }, {}, "pull_request_target")).toBe("remove");
    expect(decide({ action: "opened" }, {}, "pull_request_target")).toBe("build");
  });
  test.each(["workflow_run", "issue_comment"])("%s is refused, whoever wrote the code", (name) => {
    expect(decide({ action: "opened" }, {}, name)).toBe("preview-untrusted");
    expect(decide({ action: "closed" }, { name: "demo" }, name)).toBe("preview-untrusted");
  });
});

describe("without a pull request", () => {
  test.each(["push", "workflow_dispatch", "schedule", ""])("%s needs a name", (name) => {
    expect(decidePreview({ name, payload: {} }, rules)).toMatchObject({ kind: "refuse", code: "preview-event" });
  });
  test("a branch has a preview by its name", () => {
    expect(decidePreview({ name: "push", payload: {} }, { ...rules, name: "next" })).toMatchObject({
      kind: "build",
      name: "next",
    });
    expect(decidePreview({ name: "delete", payload: {} }, { ...rules, name: "next" })).toMatchObject({
      kind: "remove",
    });
  });
  test("started by hand and named for a pull request, it is that of the pull request, at the commit that is checked out", () => {
    const event = { name: "workflow_dispatch", payload: { repository: { full_name: "ada/shop" } }, head: commit };
    expect(decidePreview(event, { ...rules, name: "pr-12" })).toMatchObject({
      kind: "build",
      name: "pr-12",
      pull: { number: 12, commit, repository: "ada/shop" },
    });
    const others = [
      decidePreview(event, { ...rules, name: "pr-012" }),
      decidePreview(event, { ...rules, name: "next" }),
      decidePreview({ ...event, head: undefined }, { ...rules, name: "pr-12" }),
      decidePreview({ ...event, name: "push" }, { ...rules, name: "pr-12" }),
    ];
    for (const other of others) expect(other).not.toHaveProperty("pull");
  });
  test.each([
    [undefined],
    [{ pull_request: { number: "12" } }],
    [{ pull_request: { number: 0, head: { sha: commit } } }],
    [{ pull_request: { number: 12, head: { sha: "main; rm" } } }],
    [[]],
  ])("a payload without one: %j", (broken) => {
    expect(decidePreview({ name: "pull_request", payload: broken }, rules)).toMatchObject({ code: "preview-event" });
  });
});
