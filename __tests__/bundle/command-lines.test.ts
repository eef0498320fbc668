// What the programs on the runner get on their command lines, which every account can read, and what they may fetch.
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { uvVersion } from "../../src/bundle/toolchain.ts";
import type { Run } from "../../src/run-process.ts";
import { failure, workbench } from "./workbench.ts";

const login = "ada:s3cret";
const hash = "a".repeat(64);
const lock = `lock-version = "1.0"
created-by = "uv"
[[packages]]
name = "django"
version = "5.2"
wheels = [{ url = "https://index.example.com/django-5.2-py3-none-any.whl", hashes = { sha256 = "${hash}" } }]
`;
const own = `lock-version = "1.0"
created-by = "uv"
[[packages]]
name = "own"
vcs = { type = "git", url = "https://${login}@git.example.com/own", commit-id = "${"b".repeat(40)}" }
`;

interface Ran {
  readonly line: string;
  /** The requirement file that it was given. */
  readonly list: string;
  /** What nobody else can read: its variables, which an isolated program gets on its input. */
  readonly hidden: string;
}

/** Everything that a bundle runs, until pip would have to give it a wheel. */
async function ran(pylock: string): Promise<readonly Ran[]> {
  await using bench = await workbench();
  const all: Ran[] = [];
  const run: Run = async (command, args, { env = {}, input = "" }) => {
    const line = [command, ...args].join(" ");
    const path = args[args.indexOf("-r") + 1] ?? "";
    const list = args.includes("-r") && existsSync(path) ? readFileSync(path, "utf8") : "";
    all.push({ line, list, hidden: `${Object.values(env).join("\n")}\n${input}` });
    const done = (stdout: string) => ({ code: 0, stdout, stderr: "" });
    if (line === "uv --version") return done(`uv ${uvVersion}`);
    if (line.includes("version_info")) return done("3.13\n");
    if (line.includes("pip compile")) return done(pylock);
    if (line.includes("python find")) return done("/usr/bin/python3");
    if (/packages\/pip (download|wheel)/.test(line)) return { ...done(""), code: 1 };
    return done("");
  };
  const env = {
    HOME: bench.root,
    PIP_CONFIG_FILE: "/dev/null",
    PIP_INDEX_URL: `https://${login}@index.example.com/simple`,
    PIP_EXTRA_INDEX_URL: `https://${login}@extra.example.com/simple`,
    PIP_FIND_LINKS: `https://${login}@links.example.com/`,
  };
  const files = { "requirements.txt": `django\nown @ git+https://${login}@git.example.com/own\n` };
  await failure({ ...bench, context: { ...bench.context, run, env } }, { files });
  return all;
}

test.each([
  ["a wheel", lock, /pip download/],
  ["a repository", own, /pip wheel/],
])("no login of an index or a repository is on a command line: %s", async (_, pylock, last) => {
  const all = await ran(pylock);
  expect(all.at(-1)?.line).toMatch(last);
  expect(all.filter(({ line }) => line.includes("s3cret")).map(({ line }) => line)).toEqual([]);
  // They do get there.
  expect(all.find(({ line }) => line.includes("pip compile"))?.hidden).toContain(login);
});

test("the tools and every wheel are fetched with a hash, and pip is never taken without one", async () => {
  const fetched = (await ran(lock)).filter(({ line }) => /pip (install|download)/.test(line));
  expect(fetched).toHaveLength(2);
  for (const { line, list } of fetched) {
    expect(line).toContain("--require-hashes");
    const wanted = list.split("\n").filter((one) => one && !one.startsWith("-"));
    expect(wanted.length).toBeGreaterThan(0);
    expect(wanted.filter((one) => !/--hash=sha256:[0-9a-f]{64}$/.test(one))).toEqual([]);
  }
});
