// How this machine reaches the outside: its own certificate authorities, apt's and pip's settings. A node behind the same
// network needs the same, or https, apt and pip inside it fail where they work here.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./privileged.ts";

export interface HostTrust {
  /** PEM texts of the authorities an administrator added here, update-ca-certificates(8). */
  readonly certificates: readonly string[];
  /** Lines of apt.conf(5). */
  readonly apt: readonly string[];
  /** Text of /etc/pip.conf; empty when pip needs none. */
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

/** Of `apt-config dump`, what is about reaching an archive and trusting its dates. */
export function networkLinesOfApt(dump: string): readonly string[] {
  const wanted =
    /^Acquire::(https?::(Proxy|Timeout)\b|Retries\b|Check-Valid-Until\b|Check-Date\b|ForceIPv[46]\b)\S* ".+";$/;
  return dump.split("\n").filter((line) => wanted.test(line));
}

/** Of a pip.conf, what is about reaching an index; paths of this machine mean nothing in a node. */
export function networkLinesOfPip(text: string, authorities: "added" | "stock"): string {
  const wanted = /^\s*(index-url|extra-index-url|trusted-host|proxy|timeout|retries)\s*=/;
  const lines = text
    .split("\n")
    .filter((line) => wanted.test(line))
    .map((line) => line.trim());
  // pip in a virtualenv brings its own list of authorities, which lacks those added here.
  if (authorities === "added") lines.push("cert = /etc/ssl/certs/ca-certificates.crt");
  return lines.length > 0 ? `[global]\n${lines.join("\n")}\n` : "";
}
