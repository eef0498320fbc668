import { describe, expect, test } from "vitest";
import { checkFailure, migrationFailure } from "../src/steps/django.ts";
import { causeOf, projectFrames, readTracebacks, shortError } from "../src/traceback.ts";
import { said } from "./said.ts";

describe("of a traceback", () => {
  test("the project's own frames are told from those of packages, the innermost last", () => {
    const [only, ...others] = readTracebacks(said("bad-migration"));
    expect(others).toEqual([]);
    expect(only?.error).toBe("RuntimeError: nobody can count the leaves of a fern");
    expect(only?.frames.filter((frame) => frame.of === "project")).toEqual([
      {
        path: "catalogue/migrations/0005_count_leaves.py",
        line: 5,
        name: "count_leaves",
        text: 'raise RuntimeError("nobody can count the leaves of a fern")',
        of: "project",
      },
    ]);
    expect(only?.frames.length).toBeGreaterThan(8);
  });

  test("its frames are shown with their code", () => {
    expect(projectFrames(said("bad-health"))).toEqual([
      "shop/health.py:6 in healthz",
      '    raise RuntimeError("the till does not open")',
    ]);
    expect(projectFrames(said("bad-check"))).toEqual([]);
  });

  test("each of several is read, also one whose beginning was cut off", () => {
    const errors = readTracebacks(said("bad-health")).map(({ error }) => error);
    expect(errors).toEqual(errors.map(() => "RuntimeError: the till does not open"));
    expect(errors).toHaveLength(3);
  });

  test("a cause and its consequence are two, and the project's frames are found in either", () => {
    expect(readTracebacks(said("postgresql-migration"))).toHaveLength(2);
    expect(projectFrames(said("postgresql-migration"))[0]).toBe("blog/migrations/0009_entries.py:6 in fill_slugs");
  });

  test("a line that Python cannot read has no function", () => {
    const text = `Traceback (most recent call last):
  File "/home/woven/env/.shop-1.0.abc/project/shop/urls.py", line 3
    path("" views.home),
    ^^^^^^^
SyntaxError: invalid syntax. Perhaps you forgot a comma?`;
    expect(readTracebacks(text)[0]?.frames).toEqual([
      { path: "shop/urls.py", line: 3, text: 'path("" views.home),', of: "project" },
    ]);
    expect(causeOf(text)).toBe("SyntaxError: invalid syntax. Perhaps you forgot a comma?");
  });

  test("a package that lies in a folder called project is not the project", () => {
    const file = "/home/woven/env/shop-1.0/lib/python3.13/site-packages/tool/project/run.py";
    expect(readTracebacks(`  File "${file}", line 1, in run\n    x()\nKeyError: 'a'`)[0]?.frames).toMatchObject([
      { path: file, of: "library" },
    ]);
  });

  test("one that was cut off before its end has no exception", () => {
    expect(readTracebacks('Traceback (most recent call last):\n  File "a.py", line 1, in a')).toMatchObject([
      { error: "", frames: [{ path: "a.py" }] },
    ]);
  });
});

test.each([
  ["django.db.utils.OperationalError: no such table: shop_item", "no such table: shop_item"],
  ["psycopg.errors.UndefinedTable: relation does not exist", "relation does not exist"],
  ["django.core.exceptions.ImproperlyConfigured: Set DJANGO_SECRET_KEY", "ImproperlyConfigured: Set DJANGO_SECRET_KEY"],
  ["KeyError: 'a.B: c'", "KeyError: 'a.B: c'"],
  ["shop.errors.Closed", "Closed"],
  ["the shop is closed", "the shop is closed"],
])("%s, in short: %s", (error, short) => {
  expect(shortError(error)).toBe(short);
});

test.each([
  ["", undefined],
  ["\n \n", undefined],
  ["one\nE: Unable to locate package foo\n", "E: Unable to locate package foo"],
])("the cause in %j is %j", (text, cause) => {
  expect(causeOf(text)).toBe(cause);
});

describe("what failed, in one line", () => {
  test("a migration, by its name, with the exception", () => {
    expect(migrationFailure(said("bad-migration"))).toBe(
      "Migration catalogue.0005_count_leaves failed: RuntimeError: nobody can count the leaves of a fern",
    );
  });

  test("a migration that the database refuses, with the database's own words", () => {
    expect(migrationFailure(said("postgresql-migration"))).toBe(
      'Migration blog.0009_entries failed: relation "blog_entrys" does not exist',
    );
  });

  test("migrate itself, where no migration had begun", () => {
    expect(migrationFailure("CommandError: Conflicting migrations detected")).toBeUndefined();
    expect(migrationFailure("  Applying a.1... OK\nCommandError: no")).toBeUndefined();
  });

  test("the first of Django's checks that failed", () => {
    expect(checkFailure(said("bad-check"))).toMatch(/catalogue\.admin\.PlantAdmin: \(admin\.E108\) The value of /);
    const two = "ERRORS:\nshop.A: (models.E001) one\n\tHINT: x\nshop.B: (models.E002) two\n";
    expect(checkFailure(two)).toMatch(/shop\.A: \(models\.E001\) one .*1 more/);
    expect(checkFailure("ImproperlyConfigured: no")).toBeUndefined();
  });

  test("a health check: the answer, and the exception from the log", () => {
    expect(causeOf(said("bad-health"))).toMatch(
      /^http:\/\/shop\.example\.com\/healthz .*500.*: RuntimeError: the till does not open$/,
    );
  });
});
