// Reads known_hosts text: which host keys are pinned, revoked or signed by an authority, for one host and port.
// The format is sshd(8), SSH_KNOWN_HOSTS FILE FORMAT: https://man.openbsd.org/sshd.8#SSH_KNOWN_HOSTS_FILE_FORMAT

import { createHash, createHmac } from "node:crypto";
import type { Problem } from "../errors.ts";

/** A public key as SSH sends it (RFC 4253, 6.6): `blob` begins with its own type. */
export interface HostKey {
  readonly type: string;
  readonly blob: Buffer;
}

export interface KnownHost {
  /** Counted from 1. */
  readonly line: number;
  readonly marker?: "cert-authority" | "revoked";
  readonly hosts: HostPatterns;
  readonly key: HostKey;
}

export type HostPatterns =
  | { readonly kind: "hashed"; readonly salt: Buffer; readonly hash: Buffer }
  | { readonly kind: "globs"; readonly globs: readonly string[]; readonly exceptions: readonly string[] };

export interface KnownHosts {
  readonly entries: readonly KnownHost[];
  /** Lines that could not be read. They pin nothing. */
  readonly problems: readonly Problem[];
}

/** The entries of known_hosts for one host and port. */
export interface HostPins {
  readonly pinned: readonly KnownHost[];
  readonly revoked: readonly KnownHost[];
  readonly authorities: readonly KnownHost[];
}

/** Reads the whole text. Never throws: a wrong line becomes a problem with its number. */
export function parseKnownHosts(text: string): KnownHosts {
  const entries: KnownHost[] = [];
  const problems: Problem[] = [];
  // A secret that lost its newlines often holds a literal \n instead. No field can hold a backslash.
  const rows = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r|\\n/);
  for (const [index, row] of rows.entries()) {
    const line = index + 1;
    if (/^\s*(#|$)/.test(row)) continue;
    const read = readLine(row.trim(), line);
    if ("key" in read) entries.push(read);
    else problems.push({ where: `input known-hosts, line ${line}`, line, ...read });
  }
  return { entries, problems };
}

/**
 * The keys that count for a host, as in OpenSSH. Entries for `[host]:port` come first. A key pinned without a port counts for each
 * port that has no entries. A revoked key is revoked on every port.
 */
export function lookup(entries: readonly KnownHost[], host: string, port: number): HostPins {
  const name = host.toLowerCase();
  const withPort = port === 22 ? name : `[${name}]:${port}`;
  const exact = entries.filter((entry) => matches(entry.hosts, withPort));
  const bare = entries.filter((entry) => matches(entry.hosts, name));
  const marked = (list: readonly KnownHost[], marker?: KnownHost["marker"]) =>
    list.filter((entry) => entry.marker === marker);
  const preferExact = (marker?: KnownHost["marker"]) => {
    const found = marked(exact, marker);
    return found.length > 0 ? found : marked(bare, marker);
  };
  return {
    pinned: preferExact(),
    revoked: marked([...new Set([...exact, ...bare])], "revoked"),
    authorities: preferExact("cert-authority"),
  };
}

/** `SHA256:…` as `ssh-keygen -l` prints it. */
export function fingerprint(blob: Uint8Array): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/** The line to pin a key with: `host type key`, or `[host]:port type key` off port 22. */
export function knownHostsLine(host: string, port: number, key: HostKey): string {
  const name = port === 22 ? host : `[${host}]:${port}`;
  return `${name.toLowerCase()} ${key.type} ${key.blob.toString("base64")}`;
}

/** A key from its base64. Undefined if it is cut short or is not of the given type. */
export function readHostKey(type: string, base64: string): HostKey | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const blob = Buffer.from(base64, "base64");
  // ssh-keygen never writes base64 that ends inside a group, or with bits left over.
  if (blob.toString("base64").replace(/=+$/, "") !== base64.replace(/=+$/, "")) return undefined;
  const fields = wireStrings(blob);
  return fields !== undefined && fields.length > 1 && fields[0]?.toString("latin1") === type
    ? { type, blob }
    : undefined;
}

/** The kinds of host keys that Woven can check. It cannot check certificates and keys on hardware tokens. */
const hostKeyTypes = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"];

/** The keys in a public key file, one `type base64 comment` a line. Skips all other lines: a node may send anything. */
export function readPublicKeys(text: string): readonly HostKey[] {
  return text.split(/[\r\n]+/).flatMap((line) => {
    const [type = "", base64 = ""] = line.trim().split(/[ \t]+/);
    return hostKeyTypes.includes(type) ? (readHostKey(type, base64) ?? []) : [];
  });
}

/** A blob as the list of its length-prefixed strings (RFC 4251, 5). Undefined if the last one is incomplete. */
export function wireStrings(blob: Buffer): Buffer[] | undefined {
  const fields: Buffer[] = [];
  let at = 0;
  while (at < blob.length) {
    if (at + 4 > blob.length) return undefined;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return undefined;
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

type Unread = Pick<Problem, "what" | "next">;

const keyType = /^(ssh-|ecdsa-|sk-|rsa-sha2-)/;

function readLine(row: string, line: number): KnownHost | Unread {
  const words = row.split(/[ \t]+/);
  const first = words[0] ?? "";
  const marker = first.startsWith("@") ? words.shift() : undefined;
  if (marker !== undefined && marker !== "@cert-authority" && marker !== "@revoked") {
    return { what: "begins with an unknown marker", next: "The markers are @cert-authority and @revoked." };
  }
  const [hosts = "", type = "", base64 = ""] = words;
  const wrong = misplaced(row, hosts, type, base64);
  if (wrong) return wrong;
  const patterns = readPatterns(hosts);
  if (patterns === undefined) return { what: "has a hashed host name that is not |1|salt|hash", next: rewrite };
  const key = readHostKey(type, base64);
  if (key === undefined) return { what: `holds no whole key of the type ${printable(type)}`, next: rewrite };
  return {
    line,
    hosts: patterns,
    key,
    ...(marker && { marker: marker === "@revoked" ? "revoked" : "cert-authority" }),
  };
}

const rewrite = "Write `host type key` on one line, as `ssh-keyscan <host>` prints it.";

function misplaced(row: string, hosts: string, type: string, base64: string): Unread | undefined {
  if (/-----(BEGIN|END)|PRIVATE KEY/.test(row)) {
    return { what: "is a part of a private key", next: `Put private keys into the \`ssh-key\` input only. ${rewrite}` };
  }
  if (keyType.test(hosts) && /^AAAA/.test(type)) {
    return { what: "is a public key without the host it belongs to", next: `Put the host's name in front. ${rewrite}` };
  }
  if (/^SHA256:/.test(hosts) || /^(SHA256|MD5):/.test(type)) {
    return { what: "is a fingerprint; known_hosts needs the whole key", next: rewrite };
  }
  if (/^\d+$/.test(type)) return { what: "is a key of SSH 1, which no server uses any more", next: rewrite };
  if (base64 === "") return { what: "is not `host type key`", next: rewrite };
  return undefined;
}

function readPatterns(hosts: string): HostPatterns | undefined {
  if (hosts.startsWith("|")) {
    const [, salt = "", hash = ""] = /^\|1\|([A-Za-z0-9+/]+=*)\|([A-Za-z0-9+/]+=*)$/.exec(hosts) ?? [];
    const hashed = { kind: "hashed", salt: Buffer.from(salt, "base64"), hash: Buffer.from(hash, "base64") } as const;
    return hashed.hash.length === 20 ? hashed : undefined;
  }
  // OpenSSH never writes port 22 into a line, so a line with it would match nothing.
  const all = hosts
    .toLowerCase()
    .split(",")
    .filter(Boolean)
    .map((pattern) => pattern.replace(/\[(.+)\]:22$/, "$1"));
  return {
    kind: "globs",
    globs: all.filter((pattern) => !pattern.startsWith("!")),
    exceptions: all.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1)),
  };
}

function matches(hosts: HostPatterns, name: string): boolean {
  if (hosts.kind === "hashed") return createHmac("sha1", hosts.salt).update(name).digest().equals(hosts.hash);
  const hits = (pattern: string) => globMatches(pattern, name);
  return hosts.globs.some(hits) && !hosts.exceptions.some(hits);
}

/** `*` and `?` as in ssh_config(5) PATTERNS; in linear time, because a user writes the patterns. */
function globMatches(glob: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let retry = 0;
  for (let index = 0; index < name.length; ) {
    if (glob[at] === "*") {
      star = at++;
      retry = index;
    } else if (glob[at] === "?" || glob[at] === name[index]) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++retry;
    } else return false;
  }
  while (glob[at] === "*") at++;
  return at === glob.length;
}

function printable(word: string): string {
  return word.slice(0, 40).replace(/[^\x21-\x7e]/g, "?");
}
