// A project folder and a runner to build bundles with: real uv and pip, in folders of their own.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { BuildContext, NodePython } from "../../src/bundle/build-context.ts";
import { type Bundle, type BundleOptions, buildBundle } from "../../src/bundle/bundle.ts";
import { signingKey } from "../../src/bundle/bundle-trust.ts";
import { WovenError } from "../../src/errors.ts";
import type { Requirements } from "../../src/settings/settings.ts";
import { commandRunner } from "./run-command.ts";

export const bookworm: NodePython = { version: "3.11.2", implementation: "cp", machine: "x86_64", glibc: "2.36" };
export const trixie: NodePython = { version: "3.13.5", implementation: "cp", machine: "x86_64", glibc: "2.41" };

export interface Workbench extends AsyncDisposable {
  readonly root: string;
  readonly context: BuildContext;
  readonly logged: string[];
  /** A folder with these files. */
  project(files: Readonly<Record<string, string>>): Promise<string>;
}

/** What a run with this ssh-key believes. */
export const trust = { key: signingKey("the ssh-key of the tests"), digests: [] };

/** The tools (uv, pip) are fetched once into its cache folder. */
export async function workbench(): Promise<Workbench> {
  const root = await mkdtemp(join(tmpdir(), "woven-bundle-"));
  const logged: string[] = [];
  const context: BuildContext = {
    run: commandRunner(),
    log: (line) => logged.push(line),
    now: Date.now,
    env: process.env,
    tempDir: join(root, "temp"),
    cacheDir: join(root, "cache"),
  };
  return {
    root,
    context,
    logged,
    async project(files) {
      const directory = await mkdtemp(join(root, "project-"));
      for (const [file, content] of Object.entries(files)) {
        await mkdir(dirname(join(directory, file)), { recursive: true });
        await writeFile(join(directory, file), content);
      }
      return directory;
    },
    async [Symbol.asyncDispose]() {
      await rm(root, { recursive: true, force: true });
    },
  };
}

export interface Order extends Partial<Omit<BundleOptions, "workingDirectory">> {
  readonly files: Readonly<Record<string, string>>;
}

export async function build(bench: Workbench, { files, ...options }: Order): Promise<Bundle> {
  const requirements: Requirements = { kind: "files", paths: ["requirements.txt"] };
  return buildBundle({
    requirements,
    python: trixie,
    context: bench.context,
    trust,
    workingDirectory: await bench.project(files),
    ...options,
  });
}

/** The error that building ends with. */
export async function failure(bench: Workbench, order: Order): Promise<WovenError> {
  try {
    await build(bench, order);
  } catch (error) {
    if (error instanceof WovenError) return error;
    throw error;
  }
  throw new Error("it was built");
}
