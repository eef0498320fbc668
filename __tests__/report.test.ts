// What a run's report shows, wherever it is shown, holds no secret: not even a part of one that was cut or escaped.
import { expect, test } from "vitest";
import { WovenError } from "../src/errors.ts";
import { outputsOf } from "../src/github/outputs.ts";
import { renderSummary } from "../src/github/summary.ts";
import { createLog } from "../src/log.ts";
import { cleanReport } from "../src/report.ts";
import { node, report, step } from "./github/reports.ts";

const secret = "k9&x<Tq_w*p|7Zr~vB-Sup3rSecretPassw0rdOfMine";

function shown(said: string): string {
  const log = createLog(() => undefined);
  log.mask(secret);
  const error = new WovenError({ code: "step-failed", message: said, next: said, output: said });
  const made = report({ nodes: [node({ status: "failed", error, text: said, steps: [step({ details: [said] })] })] });
  const clean = cleanReport(made, (text) => log.clean(text));
  return renderSummary(clean) + outputsOf(clean)["results"];
}

test.each([
  ["in its middle", `DATABASE_URL=${secret} and more`],
  ["where a line is cut", `${"x".repeat(180)}${secret}`],
])("a secret %s", (_, said) => {
  const text = shown(said);
  expect(text).toContain("***");
  expect(text).not.toMatch(/k9|Sup3r|7Zr/);
});

test("a clean report is the same report", () => {
  const made = report();
  expect(cleanReport(made, (text) => text)).toEqual(made);
});
