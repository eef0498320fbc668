import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { leavesRoot } from "../../src/release/symlink-path.ts";

test.each([
  ["a chain that text alone would keep inside", { up: "a/b/c/d/../../environment", "a/b/c/d": "../.." }, true],
  ["one that stays", { up: "a/b/c/d/../../environment", "a/b/c/d": "e/f" }, false],
  ["a link through a link to the root", { here: ".", up: "here/../outside" }, true],
  ["a link through a folder that is not there", { up: "absent/../../outside" }, true],
  ["an absolute link behind another", { one: "two/x", two: "/etc" }, true],
  ["a loop", { one: "two", two: "one" }, false],
  ["a loop that grows", { one: "one/one/one" }, false],
  ["a way that comes back in", { one: "../project/a.py" }, true],
  ["dots and slashes", { one: ".//a/./b/..//c" }, false],
])("%s", (_what, links, leaves) => {
  const map = new Map(Object.entries(links));
  expect([...map.keys()].some((path) => leavesRoot(path, map))).toBe(leaves);
});

test("no link that the kernel follows out of the root is taken for one that stays", () => {
  const part = fc.constantFrom("a", "b", "c", "..", ".", "a/b");
  const name = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
  const target = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("/"));
  fc.assert(
    fc.property(fc.dictionary(name, target, { minKeys: 2, maxKeys: 6 }), (wanted) => {
      const above = realpathSync(mkdtempSync(join(tmpdir(), "woven-links-")));
      const root = join(above, "x/project");
      mkdirSync(root, { recursive: true });
      for (const folder of ["a", "b", "c", "a/b/c"]) mkdirSync(join(above, folder), { recursive: true });
      const links = new Map<string, string>();
      for (const [path, to] of Object.entries(wanted).toSorted(([one], [other]) => one.length - other.length)) {
        if ([...links.keys()].some((link) => `${path}/`.startsWith(`${link}/`))) continue;
        mkdirSync(dirname(join(root, path)), { recursive: true });
        try {
          symlinkSync(to, join(root, path));
        } catch {
          continue;
        }
        links.set(path, to);
      }
      try {
        for (const path of links.keys()) {
          const real = resolved(join(root, path));
          if (real !== undefined && real !== root && !real.startsWith(`${root}/`))
            expect(leavesRoot(path, links)).toBe(true);
        }
      } finally {
        rmSync(above, { recursive: true });
      }
    }),
    { numRuns: 150 },
  );
});

function resolved(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}
