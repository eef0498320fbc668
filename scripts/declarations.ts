// Writes the types of the API into dist/types: the declarations of entry/api.ts, and those that they mention, file by file. No type is
// checked here, so the result is the same on any machine; a test compiles a script against it.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { isolatedDeclarationSync } from "rolldown/experimental";
import { parseSync } from "rolldown/utils";

const entry = "entry/api.ts";

/** One statement of a declaration file: what it declares, or hands on from another file. */
interface Statement {
  readonly text: string;
  readonly names: readonly string[];
  /** The file that it takes the names from. */
  readonly from?: string;
  readonly kind: "declaration" | "import" | "handed-on";
}

/** Returns what was written, with paths relative to `into`. Throws if a type needs a package: dist/ has none. */
export async function writeDeclarations(
  source: string,
  into: string,
): Promise<readonly { path: string; bytes: number }[]> {
  const src = join(source, "src");
  const wanted = new Map<string, Set<string>>([[join(src, entry), new Set()]]);
  const texts = new Map<string, string>();
  // A file may be wanted again, for more of its names.
  for (const queue = [...wanted.keys()]; queue.length > 0; ) {
    const file = queue.shift() ?? "";
    const names = file.endsWith(entry) ? undefined : wanted.get(file);
    const { text, mentioned } = pruned(await statementsOf(file), names);
    texts.set(file, text);
    for (const [path, more] of mentioned) {
      if (!path.startsWith(".")) {
        if (path.startsWith("node:")) continue;
        throw new Error(`${relative(source, file)}: the types of the API need ${path}, which is not in dist/`);
      }
      const other = resolve(dirname(file), path);
      const known = wanted.get(other) ?? new Set();
      const before = known.size;
      for (const name of more) known.add(name);
      wanted.set(other, known);
      if (known.size > before) queue.push(other);
    }
  }
  return await Promise.all(
    [...texts].map(async ([file, text]) => {
      const path = join("types", relative(src, file).replace(/\.ts$/, ".d.ts"));
      await mkdir(dirname(join(into, path)), { recursive: true });
      await writeFile(join(into, path), text);
      return { path, bytes: Buffer.byteLength(text) };
    }),
  );
}

/** The statements with these names, and what they mention. Undefined: all that are exported. */
function pruned(statements: readonly Statement[], names: ReadonlySet<string> | undefined) {
  const isWanted = ({ kind, names: own }: Statement) =>
    kind !== "import" && (names === undefined || own.some((name) => names.has(name)));
  const kept = new Set(statements.filter(isWanted));
  const mentioned = new Map<string, readonly string[]>();
  for (const { text, kind, from = "", names: own } of kept) {
    if (kind === "handed-on") mentioned.set(from, [...(mentioned.get(from) ?? []), ...own]);
    if (/^\s*export declare const \w+: unknown/m.test(text)) throw new Error(`write the type of this: ${text.trim()}`);
    const words = new Set(text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "").match(/[A-Za-z_$][\w$]*/g));
    for (const other of statements) if (other.names.some((name) => words.has(name))) kept.add(other);
  }
  const all = [...kept].map(({ text }) => text).join("\n");
  const lines = statements.flatMap((one) => {
    if (!kept.has(one)) return [];
    if (one.kind !== "import") return [one.text.trim()];
    const used = one.names.filter((name) => new RegExp(`\\b${name}\\b`).test(all.replace(one.text, "")));
    mentioned.set(one.from ?? "", [...(mentioned.get(one.from ?? "") ?? []), ...used]);
    return [`import type { ${used.join(", ")} } from "${one.from}";`];
  });
  const text = lines.join("\n").replaceAll(/(from "\.[^"]+)\.ts"/g, '$1.js"');
  return { text: `${text}\n`, mentioned };
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly source?: { readonly value: string } | null;
  readonly declaration?: Node | null;
  readonly declarations?: readonly { readonly id: { readonly name: string } }[];
  readonly id?: { readonly name: string };
  readonly specifiers?: readonly {
    readonly local: { readonly name: string };
    readonly exported?: { readonly name: string };
  }[];
}

async function statementsOf(file: string): Promise<readonly Statement[]> {
  const { code } = isolatedDeclarationSync(file, await readFile(file, "utf8"));
  const body = parseSync("declarations.d.ts", code).program.body as unknown as readonly Node[];
  return body.map((node, index) => {
    // From the end of the one before: with its comment.
    const text = code.slice(body[index - 1]?.end ?? 0, node.end);
    const specifiers = node.specifiers?.map(({ local, exported }) => (exported ?? local).name) ?? [];
    const from = node.source?.value;
    if (from !== undefined)
      return { text, names: specifiers, from, kind: node.type === "ImportDeclaration" ? "import" : "handed-on" };
    return { text, names: [...specifiers, ...declared(node.declaration ?? node)], kind: "declaration" };
  });
}

function declared({ id, declarations = [] }: Node): readonly string[] {
  return [...(id ? [id.name] : []), ...declarations.map((one) => one.id.name)];
}
