import { expect, test } from "vitest";
import { shownWorkflows } from "../../scripts/lint-workflows.ts";

test("workflows in a page are found, other YAML is not", () => {
  const page = "```yaml\non: push\njobs:\n  a: 1\n```\n\n```yaml\nroles: {}\n```\n\n```toml\njobs:\n```\n";
  expect(shownWorkflows(page)).toEqual(["on: push\njobs:\n  a: 1\n"]);
});

test("one within a list loses the list's indent", () => {
  expect(shownWorkflows("1. So:\n\n   ```yml\n   jobs:\n     a: 1\n   ```\n")).toEqual(["jobs:\n  a: 1\n"]);
});
