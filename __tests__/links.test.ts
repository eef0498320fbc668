// A link on a page leads to a file that is there, and to a heading that is on it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./harness/run-action.ts";

const docs = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "examples/README.md",
  ...docs.map((name) => `docs/${name}`),
];
const text = (page: string): string => readFileSync(join(root, page), "utf8");

test.each(pages)("%s has no broken link", (page) => {
  const links = [...text(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = ""]) => link);
  expect(links.filter((link) => !leadsSomewhere(page, link))).toEqual([]);
});

test("a heading is linked to as GitHub does", () => {
  expect(anchors("## What can a `deploy.py` do?\n")).toEqual(["what-can-a-deploypy-do"]);
  expect(leadsSomewhere("README.md", "docs/deploy.md#no-such-heading")).toBe(false);
  expect(leadsSomewhere("README.md", "docs/no-such-page.md")).toBe(false);
});

function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || anchors(text(target)).includes(anchor);
}

/** GitHub's: in lower case, without punctuation, a dash for each blank. */
function anchors(page: string): readonly string[] {
  const headings = page.replaceAll(/^```.*?^```/gms, "").matchAll(/^#{1,6} (.*)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
