import { expect, test } from "vitest";
import { missingLibraries } from "../../src/steps/libraries.ts";

test("missing libraries are named with their packages, and none is no warning", () => {
  const warning = missingLibraries("libpq.so.5 psycopg2\nlibmagic.so.1 magic\nlibpq.so.5\n$(x) y\n", "web1");
  expect(warning).toMatch(/web1.*libpq\.so\.5 \(for psycopg2\), libmagic\.so\.1 \(for magic\)/);
  expect(warning).toContain('extra-packages = ["libmagic1","libpq5"]');
  expect(warning).not.toContain("$");
  expect(missingLibraries("", "web1")).toBeUndefined();
});
