// How this machine reaches the internet: its certificate authorities, and the settings of apt and pip. A local node is on the same
// network and needs the same. Else https, apt and pip would fail in it.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./privileged.ts";

export interface HostTrust {
  /** PEM texts of the authorities that an administrator added here, update-ca-certificates(8). */
  readonly certificates: readonly string[];
  /** Lines of apt.conf(5). */
  readonly apt: readonly string[];
  /** Text of /etc/pip.conf. Empty if pip needs none. */
  readonly pip: string;
}

export async function readHostTrust(): Promise<HostTrust> {
  const certificates = await readAddedCertificates("/usr/local/share/ca-certificates");
  const dump = await run(["apt-config", "dump"]);
  const pip = await readFile("/etc/pip.conf", "utf8").catch(() => "");
  return {
    certificates,
    apt: networkLinesOfApt(dump.stdout),
    pip: networkLinesOfPip(pip, certificates.length > 0 ? "added" : "stock"),
  };
}

async function readAddedCertificates(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith(".crt"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Promise.all(paths.map((path) => readFile(path, "utf8")));
}

/** The lines of `apt-config dump` about reaching an archive and trusting its dates. */
export function networkLinesOfApt(dump: string): readonly string[] {
  const wanted =
    /^Acquire::(https?::(Proxy|Timeout)\b|Retries\b|Check-Valid-Until\b|Check-Date\b|ForceIPv[46]\b)\S* ".+";$/;
  return dump.split("\n").filter((line) => wanted.test(line));
}

/** The lines of a pip.conf about reaching an index, without paths, which do not exist in a node. */
export function networkLinesOfPip(text: string, authorities: "added" | "stock"): string {
  const wanted = /^\s*(index-url|extra-index-url|trusted-host|proxy|timeout|retries)\s*=/;
  const lines = text
    .split("\n")
    .filter((line) => wanted.test(line))
    .map((line) => line.trim());
  // pip in a virtualenv has its own list of authorities, which lacks those that were added here.
  if (authorities === "added") lines.push("cert = /etc/ssl/certs/ca-certificates.crt");
  return lines.length > 0 ? `[global]\n${lines.join("\n")}\n` : "";
}
