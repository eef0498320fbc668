// `npm test`: unit and end-to-end tests in one run, closed by a line that counts them. Arguments go to vitest:
// `npm test -- --project unit known-hosts`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly TestFile[];
}

interface TestFile {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly TestResult[];
}

interface TestResult {
  readonly status: string;
  readonly fullName: string;
  readonly failureMessages: readonly string[];
}

/** What a run without arguments runs; `nightly` takes too long for every change. */
const daily = ["unit", "e2e-alone", "e2e"];

const root = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "woven-test-"));
const report = join(folder, "report.json");
try {
  const status = await vitest(["--reporter=default", "--reporter=json", `--outputFile.json=${report}`]);
  if (!existsSync(report)) throw new Error(`vitest ended without a report (exit ${status})`);
  const counts: VitestReport = JSON.parse(readFileSync(report, "utf8"));
  console.log(["", ...failures(counts), closingLine(counts)].join("\n"));
  process.exitCode = status;
} finally {
  rmSync(folder, { recursive: true });
}

async function vitest(reporters: readonly string[]): Promise<number> {
  const program = join(root, "node_modules/vitest/vitest.mjs");
  const given = process.argv.slice(2);
  const projects = given.includes("--project") ? [] : daily.flatMap((name) => ["--project", name]);
  const args = [program, "run", ...reporters, ...projects, ...given];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, "close");
  return code ?? 1;
}

/** Each failed test, and the end of what it says, beside the count: where only the end of the output is kept, it still says what failed. */
function failures({ testResults }: VitestReport): readonly string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter((test) => test.status === "failed");
    if (status === "failed" && failed.length === 0) return [`FAILED ${file}`, shortened(message)];
    return failed.flatMap((test) => [`FAILED ${file}: ${test.fullName}`, shortened(test.failureMessages.join("\n"))]);
  });
}

/** Without the stack, and without the middle. */
function shortened(message: string): string {
  const text = stripVTControlCharacters(message).replace(/^ {4}at .*\n?/gm, "");
  const most = 1500;
  return text.length <= most ? text : `${text.slice(0, most / 3)}\n[…]\n${text.slice((-most * 2) / 3)}`;
}

function closingLine(counts: VitestReport): string {
  // A file that cannot be loaded has no tests that could fail: it counts as one.
  const broken = counts.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  const skipped = counts.numPendingTests + counts.numTodoTests;
  const line = `${counts.numPassedTests} passed, ${counts.numFailedTests + broken.length} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}
