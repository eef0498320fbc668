// What docs/design.md says of the direction of imports, and of who may touch `process`.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./harness/run-action.ts";

const src = join(root, "src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
const textOf = (file: string) => readFileSync(join(src, file), "utf8");

/** What all may use, and what uses nothing but settings itself. */
const ground = [
  "cancellation.ts",
  "errors.ts",
  "report.ts",
  "log.ts",
  "mask.ts",
  "package-files.ts",
  "program-variables.ts",
  "proxy-variables.ts",
  "run-process.ts",
  "traceback.ts",
  "failure-text.ts",
  "escapes.ts",
  "secret-forms.ts",
  "encoded-pieces.ts",
];
/** Whom each part may import from, beside itself and the ground. */
const below: Readonly<Record<string, readonly string[]>> = {
  entry: ["handover.ts", "main.ts", "cli.ts", "api.ts", "node"],
  "handover.ts": [],
  "main.ts": ["handover.ts", "open-runtime.ts", "commands", "github", "settings"],
  "cli.ts": ["open-runtime.ts", "command-line.ts", "commands", "starting", "node", "settings"],
  "api.ts": ["command-line.ts", "open-runtime.ts", "commands", "rollout", "node", "settings"],
  "command-line.ts": ["settings"],
  "open-runtime.ts": ["local", "rollout", "bundle", "node", "settings"],
  commands: ["setup", "rollout", "steps", "servers", "bundle", "release", "node", "settings"],
  starting: ["rollout", "settings"],
  setup: ["rollout", "steps", "servers", "node", "settings"],
  rollout: ["steps", "servers", "bundle", "release", "node", "settings"],
  github: ["settings"],
  steps: ["servers", "release", "node", "settings"],
  servers: ["release", "node", "settings"],
  bundle: ["release", "settings"],
  release: ["settings"],
  node: ["release", "settings"],
  local: ["settings"],
  settings: [],
};

interface Import {
  readonly file: string;
  readonly from: string;
  readonly kind: "value" | "type";
}

const part = (path: string) => (path.includes("/") ? (path.split("/")[0] ?? path) : path);

const imports: readonly Import[] = files.flatMap((file) =>
  [...textOf(file).matchAll(/^(?:import|export)( type)?\b[^;"]*?from "(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gm)].map(
    ([, type, named, lazy]) => ({
      file,
      from: relative(src, join(src, dirname(file), named ?? lazy ?? "")),
      kind: type ? ("type" as const) : ("value" as const),
    }),
  ),
);

describe("imports run downward", () => {
  test("each part takes from those below it only", () => {
    const wrong = imports.filter(({ file, from, kind }) => {
      const [one, other] = [part(file), part(from)];
      if (other === ".." || one === other || (ground.includes(other) && one !== "settings")) return false;
      if (ground.includes(one)) return !(ground.includes(other) || (other === "settings" && kind === "type"));
      return !(below[one] ?? []).includes(other) && !(one === "settings" && other === "errors.ts");
    });
    expect(wrong).toEqual([]);
    expect(imports.length).toBeGreaterThan(300);
  });

  test("and every part is known", () => {
    const parts = new Set(files.map(part));
    expect([...parts].filter((name) => !ground.includes(name)).sort()).toEqual(Object.keys(below).sort());
  });
});

test("process is handed down by the entries; of the others only programs on the runner and the local node touch it", () => {
  const touching = files.filter((file) => {
    const text = textOf(file).replaceAll(/\/\/.*|\/\*[\s\S]*?\*\//g, "");
    return /(?<![.\w`-])process\.\w|\(process\)|, process\)/.test(text) && !text.includes("process: NodeJS.Process");
  });
  const others = touching.filter((file) => !file.startsWith("entry/") && !file.startsWith("local/"));
  expect(others).toEqual(["run-process.ts"]);
});
