// Builds dist/, the code that GitHub runs: `npm run build`. The same source and lock file give the same bytes on any machine.
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { join, resolve } from "node:path";
import { type OutputChunk, type Plugin, rolldown } from "rolldown";
import { writeDeclarations } from "./declarations.ts";
import { licenseText } from "./licenses.ts";

export const root = resolve(import.meta.dirname, "..");

const entries = { index: "src/entry/action.ts", cli: "src/entry/cli.ts", api: "src/entry/api.ts" };

// ssh2 tries two native add-ons and falls back to JavaScript. The bundle must be the same on every machine, so it has neither
// (mscdex/ssh2#1213).
const noNative: Plugin = {
  name: "no-native",
  resolveId: (id) => (/^cpu-features$|sshcrypto\.node$/.test(id) ? "\0no-native.cjs" : undefined),
  load: (id) => (id === "\0no-native.cjs" ? "throw new Error('native module is not bundled')" : undefined),
};

export interface Built {
  /** Paths relative to the folder built into, with their sizes in bytes. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  /** Absolute paths of the modules that have code in the chunks. */
  readonly modules: readonly string[];
}

/** Bundles `source` (a checkout with its node_modules) into `into`, which is emptied first. Throws on any warning. */
export async function build({ source = root, into = join(source, "dist") } = {}): Promise<Built> {
  const bundle = await rolldown({
    cwd: source,
    input: entries,
    platform: "node",
    plugins: [noNative],
    // @actions/core imports an HTTP client for one function that Woven never calls. Loading it takes half of each start.
    treeshake: {
      moduleSideEffects: [{ test: /node_modules\/(undici|tunnel|@actions\/(core|http-client))\//, sideEffects: false }],
    },
    // ssh2 is CommonJS and asks for its own folder; rolldown 1.2 leaves that name as it is in ES modules.
    transform: { define: { __dirname: "import.meta.dirname", __filename: "import.meta.filename" } },
    onLog: (_level, log) => {
      // Dependencies may use eval. Any other warning (a missing import, a cycle in names) is an error to fix.
      if (log.code !== "EVAL") throw new Error(`rolldown: ${log.message}`);
    },
  });
  try {
    const { output } = await bundle.write({
      dir: into,
      cleanDir: true,
      format: "esm",
      entryFileNames: "[name].js",
      chunkFileNames: (chunk) => `chunks/${chunkName(chunk.facadeModuleId, chunk.name)}.js`,
      minify: false,
      sourcemap: false,
    });
    const chunks = output.filter((file) => file.type === "chunk");
    for (const chunk of chunks) assertOnlyBuiltins(chunk);
    await chmod(join(into, "cli.js"), 0o755);
    const licenses = await licenseText(chunks.flatMap((chunk) => chunk.moduleIds));
    await mkdir(into, { recursive: true });
    await writeFile(join(into, "licenses.txt"), licenses);
    const types = await writeDeclarations(source, into);
    const sizes = chunks.map((chunk) => ({ path: chunk.fileName, bytes: Buffer.byteLength(chunk.code) }));
    return {
      files: [...sizes, ...types, { path: "licenses.txt", bytes: Buffer.byteLength(licenses) }],
      modules: chunks.flatMap(({ modules }) => Object.keys(modules).filter((id) => modules[id]?.code)),
    };
  } finally {
    await bundle.close();
  }
}

/** A lazily loaded package's chunk carries the package's name, so that a stack trace says where it is. */
function chunkName(facadeModuleId: string | null | undefined, name: string): string {
  const packageName = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(facadeModuleId ?? "")?.[1];
  return (packageName ?? name).replace("@", "").replaceAll("/", "-");
}

function assertOnlyBuiltins(chunk: OutputChunk): void {
  const outside = [...chunk.imports, ...chunk.dynamicImports].filter(
    (name) => !name.startsWith("node:") && !builtinModules.includes(name) && !/^(chunks\/)?[\w-]+\.js$/.test(name),
  );
  if (outside.length > 0)
    throw new Error(`${chunk.fileName} would import ${outside.join(", ")}, which is not on a runner`);
}

if (import.meta.main) {
  const started = performance.now();
  const { files } = await build();
  for (const { path, bytes } of files)
    console.log(`dist/${path}`.padEnd(40), `${Math.ceil(bytes / 1000)} kB`.padStart(8));
  console.log(`built in ${((performance.now() - started) / 1000).toFixed(2)} s`);
}
