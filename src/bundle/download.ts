// Fetches existing wheels with pip, each from the address and with the digest of its pin. pip handles proxies, logins and certificates.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { WovenError } from "../errors.ts";
import { type BuildContext, minorOf, type NodePython } from "./build-context.ts";
import { withDigests } from "./digests.ts";
import { withLogin } from "./index-logins.ts";
import type { Indexes } from "./indexes.ts";
import { labelOf, type Pin, placeOf } from "./pin.ts";
import { pipEnvironment } from "./pip-environment.ts";
import { pythonLimitError } from "./python-limits.ts";
import type { RequirementLine } from "./requirement-files.ts";
import { tail } from "./resolve-error.ts";
import type { Toolchain } from "./toolchain.ts";
import { normaliseName, platformTags } from "./wheel-tags.ts";

/** A pin that has a file to fetch. */
export type FilePin = Extract<Pin, { readonly url: string }>;

export interface Download {
  readonly pins: readonly FilePin[];
  readonly python: NodePython;
  readonly indexes: Indexes;
  readonly directory: string;
  readonly scratch: string;
  readonly lines: readonly RequirementLine[];
}

/** Puts the wheels of `pins` into `directory`. Throws `index-unreachable`, `hash-mismatch`, `download-failed`. */
export async function downloadWheels(download: Download, tools: Toolchain, context: BuildContext): Promise<void> {
  const [sure, unsure] = [true, false].map((isSure) =>
    download.pins.filter(({ digests }) => digests.length > 0 === isSure),
  );
  for (const pins of [sure ?? [], unsure ?? []]) await downloadSome({ ...download, pins }, tools, context);
}

async function downloadSome(download: Download, tools: Toolchain, context: BuildContext): Promise<void> {
  const { pins, indexes } = download;
  if (pins.length === 0) return;
  const list = join(download.scratch, "wheels.txt");
  await writeFile(list, requirementsFor(pins, indexes), { mode: 0o600 });
  const args = [
    tools.pip,
    "download",
    "--quiet",
    "--no-deps",
    "--only-binary=:all:",
    ...hashArguments(pins),
    ...targetArguments(download.python),
    "-d",
    download.directory,
    "-r",
    list,
  ];
  const result = await context.run("python3", args, { cwd: download.scratch, env: pipEnvironment(context) });
  if (result.code !== 0) throw downloadError(`${result.stdout}${result.stderr}`, download, context.configFile);
}

/** `name @ url --hash=…` lines. The addresses have the logins of their indexes. */
export function requirementsFor(pins: readonly FilePin[], indexes: Indexes): string {
  const lines = pins.map(({ name, url, digests }) => withDigests(name, withLogin(url, indexes), digests));
  return lines.map((line) => `${line}\n`).join("");
}

/** pip refuses a file without a digest, unless neither the index nor the requirements state one for it. */
export function hashArguments(pins: readonly FilePin[]): readonly string[] {
  return pins.every(({ digests }) => digests.length > 0) ? ["--require-hashes"] : [];
}

/** pip's options for a Python and a platform that are not its own. */
export function targetArguments(python: NodePython): string[] {
  const minor = minorOf(python.version);
  const abis = [`cp${minor.replace(".", "")}`, "abi3", "none"];
  return [
    ...["--python-version", minor, "--implementation", python.implementation],
    ...abis.flatMap((abi) => ["--abi", abi]),
    ...platformTags(python).flatMap((tag) => ["--platform", tag]),
  ];
}

function downloadError(output: string, { pins, lines, python }: Download, configFile: string | undefined): WovenError {
  const pin =
    pins.find((candidate) => output.includes(candidate.url)) ??
    pins.find((candidate) => output.includes(candidate.name));
  const place = pin && placeOf(pin, lines);
  const what = pin ? labelOf(pin) : "A wheel";
  const at = { file: place?.file, line: place?.line, output: tail(output) };
  const [, limited, range] =
    /Package '?([\w.-]+?)'? requires a different Python: \S+ not in '([^']+)'/.exec(output) ?? [];
  if (limited && range) {
    const version = pins.find(({ name }) => normaliseName(name) === normaliseName(limited))?.version;
    return pythonLimitError({ name: normaliseName(limited), version, range, python, lines, configFile });
  }
  if (/DO NOT MATCH THE HASHES/.test(output) && place?.hashes.length)
    return new WovenError({
      ...at,
      code: "hash-mismatch",
      message: `the download of ${what} has none of the hashes that ${place.file} allows`,
      state: "Nothing was deployed.",
      next: "The hashes protect you from changed packages. Find out why they changed. Only then make the hashes again.",
    });
  if (/DO NOT MATCH THE HASHES/.test(output))
    return new WovenError({
      ...at,
      code: "hash-mismatch",
      message: `the download of ${what} does not have the hash that the package index gave`,
      state: "Nothing was deployed.",
      next: "Run the job again. If it fails again, a proxy or mirror between the runner and the index changes or truncates files.",
    });
  if (/(ConnectionError|Max retries|NewConnectionError|timed out|HTTP error|SSLError|Temporary failure)/i.test(output))
    return new WovenError({
      ...at,
      code: "index-unreachable",
      message: `the runner could not fetch ${what}`,
      next: "Run the job again. If it fails again, check the proxy variables, the certificate authorities (SSL_CERT_FILE) and the login of the index.",
    });
  return new WovenError({
    ...at,
    code: "download-failed",
    message: `${what} could not be fetched`,
    next: "The output of pip below shows the reason.",
  });
}
