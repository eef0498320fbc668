import { expect, test } from "vitest";
import { sudo } from "../../src/steps/sudo.ts";

test("a program that the deploy user starts with sudo has a terminal of its own: in the user's, it could type", () => {
  const [file] = sudo("woven").files ?? [];
  const defaults = /^Defaults:woven (.+)$/m.exec(String(file?.content))?.[1]?.split(/,\s*/);
  expect(defaults).toContain("use_pty");
});
