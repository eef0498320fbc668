// A version of a package may need an older Python than the server's. uv takes no notice of such limits, so the build of the package
// fails, or that of another one. The package index knows them.
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { WovenError } from "../errors.ts";
import { type BuildContext, minorOf, type NodePython } from "./build-context.ts";
import { rangeAdvice } from "./check-python.ts";
import { buildIndexVariables } from "./index-logins.ts";
import type { Indexes } from "./indexes.ts";
import { pipEnvironment } from "./pip-environment.ts";
import { lineOf, type RequirementLine } from "./requirement-files.ts";
import type { Toolchain } from "./toolchain.ts";

export interface Limited {
  readonly name: string;
  readonly version?: string | undefined;
  readonly python: NodePython;
  readonly indexes: Indexes;
  readonly lines: readonly RequirementLine[];
}

/** No package has it, so pip lists the versions that it passes over, and fetches nothing. */
const noVersion = "9999999";

/** The error for a package whose version excludes the server's Python. Undefined if the index states no such limit. */
export async function limitError(
  limited: Limited,
  tools: Toolchain,
  context: BuildContext,
): Promise<WovenError | undefined> {
  const { name, version, python, indexes } = limited;
  if (version === undefined) return undefined;
  const folder = await mkdtemp(join(context.tempDir, "limits-"));
  const variables = await buildIndexVariables(indexes, folder, context.env);
  const args = [
    "download",
    "--no-deps",
    ...["--retries", "1", "--timeout", "15"],
    "--python-version",
    minorOf(python.version),
    "-d",
    folder,
    `${name}==${noVersion}`,
  ];
  const asked = await context.run("python3", [tools.pip, ...args], {
    cwd: folder,
    env: { ...pipEnvironment(context), ...variables },
  });
  const range = limitIn(`${asked.stdout}\n${asked.stderr}`, version);
  return range === undefined ? undefined : pythonLimitError({ ...limited, range, configFile: context.configFile });
}

/** The `Requires-Python` of a version in pip's list of ignored versions. */
export function limitIn(output: string, version: string): string | undefined {
  const [, list = ""] =
    /Ignored the following versions that require a different python version: (.*)/.exec(output) ?? [];
  const found = list.split("; ").find((one) => one.startsWith(`${version} Requires-Python `));
  return found?.slice(`${version} Requires-Python `.length).trim();
}

export function pythonLimitError({
  name,
  version,
  range,
  python,
  lines,
  configFile,
}: Omit<Limited, "indexes"> & { readonly range: string; readonly configFile?: string | undefined }): WovenError {
  const place = lineOf(lines, name);
  const instead = `require a version of ${name} that supports Python ${minorOf(python.version)}.`;
  return new WovenError({
    code: "requirement-python",
    message: `${name} ${version ?? ""} needs Python ${range}, and the server has Python ${python.version}`.replace(
      "  ",
      " ",
    ),
    next: rangeAdvice(range, { python, configFile, instead }),
    file: place?.file,
    line: place?.line,
  });
}
