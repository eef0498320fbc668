import { expect, test } from "vitest";
import { type Problem, problemLine, SettingsError, WovenError } from "../src/errors.ts";
import { failureText } from "../src/failure-text.ts";

const misspelt: Problem = {
  where: "woven.toml: keep-release",
  what: "is no setting",
  next: "Did you mean keep-releases?",
  file: "site/woven.toml",
  line: 7,
};
const nameless: Problem = { where: "input env", what: "has no name", next: "Write\nNAME=value." };

test.each([
  [misspelt, "site/woven.toml:7: keep-release: is no setting"],
  [
    { ...misspelt, where: "pyproject.toml project.version", file: "pyproject.toml" },
    "pyproject.toml:7: project.version: is no setting",
  ],
  [{ where: "setup.cfg", what: "is empty", file: "setup.cfg" }, "setup.cfg: is empty"],
  [
    { where: "requirements.txt:2", what: "is too new", file: "requirements.txt", line: 2 },
    "requirements.txt:2: is too new",
  ],
  [nameless, "input env: has no name"],
])("%#: a problem stands beside its file and line", (problem, line) => {
  expect(problemLine(problem)).toBe(line);
});

test("several problems each have their hint below them; one alone is an error of its own, at its line", () => {
  const several = new SettingsError([misspelt, nameless]);
  expect(several.message.split("\n").slice(1)).toEqual([
    `- ${problemLine(misspelt)}`,
    "  Did you mean keep-releases?",
    `- ${problemLine(nameless)}`,
    "  Write",
    "  NAME=value.",
  ]);
  expect(several.details).not.toHaveProperty("next", expect.any(String));
  expect(new SettingsError([misspelt]).details).toMatchObject({ next: misspelt.next, file: misspelt.file, line: 7 });
});

test("when secrets are taken out of it, it keeps its problems apart", () => {
  const clean = new SettingsError([misspelt, nameless]).map((text) => text.replaceAll("NAME", "***"));
  expect(clean.problems).toMatchObject([misspelt, { next: "Write\n***=value." }]);
  expect(clean.message).not.toContain("NAME");
});

test("where it comes from a node, it names that, and keeps its problems and their text", () => {
  const placed = new SettingsError([misspelt, nameless]).at({ node: "web1" }).map((text) => text);
  expect(placed).toMatchObject({ problems: [misspelt, nameless], details: { code: "settings", node: "web1" } });
  expect(placed.message).toBe(new SettingsError([misspelt, nameless]).message);
});

test("a failure names its file and line once", () => {
  const at = (message: string) =>
    failureText(new WovenError({ code: "x", message, file: "a.txt", line: 3 }), undefined);
  expect(at("numpy 1.21.6 is too old")).toBe("numpy 1.21.6 is too old (a.txt:3)");
  expect(at("a.txt:3: no requirement")).toBe("a.txt:3: no requirement");
});

test("no failure is longer than a screen", () => {
  const many = Array.from({ length: 60 }, () => nameless);
  const text = failureText(new SettingsError(many), undefined);
  expect(text.split("\n").length).toBeLessThan(30);
});
