// Writes __tests__/harness/github-api.json: of GitHub's published OpenAPI description, the operations that Woven uses. Run it after you add an
// operation, or to compare with a newer description: node scripts/github-api.ts
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const [name, version, integrity] = [
  "@octokit/openapi",
  "23.0.2",
  "sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==",
];

const operations = [
  ...["issues/list-comments", "issues/create-comment", "issues/update-comment", "issues/delete-comment"],
  ...["pulls/list", "pulls/get"],
  ...["repos/list-deployments", "repos/create-deployment"],
  ...["repos/list-deployment-statuses", "repos/create-deployment-status"],
];

type Node = { readonly [key: string]: unknown };
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);

/** The keys that say something to people only. */
const prose: ReadonlySet<string> = new Set([
  "summary",
  "description",
  "example",
  "examples",
  "externalDocs",
  "tags",
  "x-github",
]);
/** Their keys are names, not keywords. */
const named: ReadonlySet<string> = new Set([
  "properties",
  "responses",
  "schemas",
  "parameters",
  "headers",
  "patternProperties",
]);

/** The description without prose, in the words of JSON Schema, which has no `nullable`. Adds what it refers to, to `found`. */
function reduced(
  value: unknown,
  all: Node,
  found: Map<string, unknown>,
  keys: "keywords" | "names" = "keywords",
): unknown {
  if (Array.isArray(value)) return value.map((one) => reduced(one, all, found));
  if (!isNode(value)) return value;
  const { $ref } = value;
  if (typeof $ref === "string") {
    if (!found.has($ref)) {
      found.set($ref, undefined);
      found.set(
        $ref,
        reduced(
          $ref
            .slice(2)
            .split("/")
            .reduce((at: unknown, key) => (isNode(at) ? at[key] : undefined), all),
          all,
          found,
        ),
      );
    }
    return { $ref };
  }
  const kept = Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => keys === "names" || !prose.has(key))
      .map(([key, one]) => [
        key,
        reduced(one, all, found, named.has(key) && keys === "keywords" ? "names" : "keywords"),
      ]),
  );
  if (keys === "names" || kept["nullable"] !== true) return kept;
  const { nullable: _, ...schema } = kept;
  return { anyOf: [schema, { type: "null" }] };
}

const folder = mkdtempSync(join(tmpdir(), "woven-openapi-"));
try {
  const pack = ["pack", `${name}@${version}`, "--json", "--pack-destination", folder];
  const [{ filename, integrity: found }] = JSON.parse(execFileSync("npm", pack, { encoding: "utf8" }));
  if (found !== integrity) throw new Error(`${name} ${version} is ${found}, and not ${integrity}`);
  execFileSync("tar", [
    "-xzf",
    join(folder, filename),
    "-C",
    folder,
    "package/generated/api.github.com.json",
    "package/LICENSE",
  ]);
  const all: Node = JSON.parse(readFileSync(join(folder, "package/generated/api.github.com.json"), "utf8"));
  const used = new Map<string, unknown>();
  const paths = Object.entries(all["paths"] as Readonly<Record<string, Readonly<Record<string, Node>>>>).flatMap(
    ([path, methods]) => {
      const own = Object.entries(methods).filter(([, { operationId }]) => operations.includes(String(operationId)));
      return own.length === 0
        ? []
        : [[path, Object.fromEntries(own.map(([method, one]) => [method, reduced(one, all, used)]))] as const];
    },
  );
  const lines = (entries: Iterable<readonly [string, unknown]>) =>
    [...entries].map(([key, one]) => `${JSON.stringify(key)}: ${JSON.stringify(one)}`).join(",\n");
  const components = Map.groupBy(used, ([key]) => key.split("/")[2] ?? "");
  const parts = [...components].map(
    ([kind, ones]) =>
      `${JSON.stringify(kind)}: {\n${lines(ones.map(([key, one]) => [key.split("/")[3] ?? "", one] as const))}\n}`,
  );
  const head = [
    [
      "source",
      `https://github.com/github/rest-api-description, as in the npm package ${name} ${version}; written by scripts/github-api.ts`,
    ],
    ["license", readFileSync(join(folder, "package/LICENSE"), "utf8").trim()],
  ] as const;
  const file = resolve(import.meta.dirname, "../__tests__/harness/github-api.json");
  writeFileSync(
    file,
    `{\n${lines(head)},\n"paths": {\n${lines(paths)}\n},\n"components": {\n${parts.join(",\n")}\n}\n}\n`,
  );
  const present = new Set(
    paths.flatMap(([, methods]) => Object.values(methods).map((one) => String((one as Node)["operationId"]))),
  );
  const absent = operations.filter((one) => !present.has(one));
  if (absent.length > 0) throw new Error(`the description has no ${absent.join(", ")}`);
} finally {
  rmSync(folder, { recursive: true });
}
