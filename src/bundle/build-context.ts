// What building a bundle needs from the machine: the environment, the clock, folders, programs. Passed in, so that tests can pass their own.
import type { Run } from "../run-process.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Keeps folders between runs, under exact keys. Neither method throws, and both have a time limit. */
export interface BundleCache {
  restore(key: string, directory: string): Promise<"hit" | "miss">;
  save(key: string, directory: string): Promise<void>;
}

export interface BuildContext {
  readonly run: Run;
  readonly log: (line: string) => void;
  /** Milliseconds since the epoch. */
  /** Hides a text in the log from now on. */
  readonly mask?: (secret: string) => void;
  readonly now: () => number;
  readonly env: Environment;
  /** Scratch space. Everything made in it is removed again. */
  readonly tempDir: string;
  /** Absolute. Bundles and tools stay here between runs on the same machine. */
  readonly cacheDir: string;
  readonly cache?: BundleCache | undefined;
  /** Names of variables that builds may see, besides those that configure pip, uv and compilers. */
  readonly buildEnv?: readonly string[];
  /** The file of the configuration, for lines that an error tells the user to write. */
  readonly configFile?: string;
}

/** The Python that the wheels are for, from the node's facts. */
export interface NodePython {
  /** `3.13.5` */
  readonly version: string;
  readonly implementation: "cp";
  /** `x86_64`, `aarch64` */
  readonly machine: string;
  /** `2.41` */
  readonly glibc: string;
}

/** `3.13` of `3.13.5`. */
export function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
