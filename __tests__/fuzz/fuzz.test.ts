// A short fuzz run; `npm run fuzz -- --runs 1000000` is the long one.
import { describe, expect, test } from "vitest";
import { Escaped, shellWords, tokensOf } from "./escapes.ts";
import { fuzz, targets } from "./fuzz-run.ts";

describe("no text crashes, hangs or gets out of", () => {
  test.each(targets.map((target) => [target.name, target] as const))("%s", { timeout: 60_000 }, (_name, target) => {
    fuzz(target, { count: 150 });
  });
});

describe("the run itself can fail", () => {
  const target = (run: (text: string) => void) => ({ name: "x", samples: ["sample"], run });

  test("on a crash, on a text that gets out, and on one that takes too long", () => {
    const crash = target((text) => {
      if (text.includes("\n")) throw new TypeError("no");
    });
    const out = target((text) => {
      if (text.includes("::")) throw new Escaped("out");
    });
    const slow = target(() => {
      const started = process.cpuUsage();
      while (process.cpuUsage(started).user < 1_200_000);
    });
    expect(() => fuzz(crash, { count: 2000 })).toThrow(/Counterexample/);
    expect(() => fuzz(out, { count: 2000 })).toThrow(/Counterexample/);
    expect(() => fuzz({ ...slow, samples: [""] }, { count: 1 })).toThrow(/Property failed/);
  }, 60_000);

  test("what looks at Markdown and shell words sees what gets out", () => {
    expect(tokensOf("[a](http://b)").map(({ type }) => type)).toContain("link_open");
    expect(tokensOf("https://evil.com").map(({ type }) => type)).toContain("link_open");
    expect(shellWords("a $(id)")).toBeUndefined();
    expect(shellWords("'a b' c")).toEqual(["a b", "c"]);
  });
});
