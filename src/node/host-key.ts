// Checks the host key of a server against known_hosts. Each refusal says what to do.

import { WovenError } from "../errors.ts";
import type { HostKeyPolicy } from "../settings/settings.ts";
import type { AcceptedKeys } from "./accepted-keys.ts";
import {
  fingerprint,
  type HostKey,
  type HostPins,
  type KnownHosts,
  knownHostsLine,
  lookup,
  wireStrings,
} from "./known-hosts.ts";

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

export type HostKeyVerdict =
  | { readonly kind: "pinned"; readonly key: HostKey }
  /** Not pinned, but accepted because the policy is `accept-new`: now, or earlier in this run. */
  | { readonly kind: "new"; readonly key: HostKey }
  | { readonly kind: "refused"; readonly error: WovenError };

// In order of preference. ssh-rsa (SHA-1) and ssh-dss are left out: Debian 10 and later need neither.
const algorithms = [
  ["ssh-ed25519", "ssh-ed25519"],
  ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"],
  ["ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"],
  ["ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521"],
  ["rsa-sha2-512", "ssh-rsa"],
  ["rsa-sha2-256", "ssh-rsa"],
] as const;

export type HostKeyAlgorithm = (typeof algorithms)[number][0];

/** What a host key is checked against. */
export interface HostTrust {
  readonly knownHosts: KnownHosts;
  readonly hostKeyPolicy: HostKeyPolicy;
  readonly accepted: AcceptedKeys;
}

/**
 * The host-key algorithms to offer. If keys are pinned, only their kinds, so that a server with several keys shows a pinned one.
 * Else the kind of `accepted`. Else all. Empty if every pinned kind is one that Woven cannot check.
 */
export function hostKeyAlgorithms(pins: HostPins, accepted?: HostKey): HostKeyAlgorithm[] {
  const pinned = pins.pinned.map((entry) => entry.key.type);
  const kinds = new Set(pinned.length > 0 || !accepted ? pinned : [accepted.type]);
  return algorithms.filter(([, type]) => kinds.size === 0 || kinds.has(type)).map(([algorithm]) => algorithm);
}

/** Whether to accept the key that `at` shows. A key that the policy accepts is the only one for `at` for the rest of the run. */
export function judgeHostKey(blob: Buffer, at: HostPort, trust: HostTrust): HostKeyVerdict {
  const { knownHosts, hostKeyPolicy, accepted } = trust;
  const key: HostKey = { type: typeIn(blob), blob };
  const pins = lookup(knownHosts.entries, at.host, at.port);
  const same = (entry: { readonly key: HostKey }) => entry.key.blob.equals(blob);
  const refused = (error: WovenError): HostKeyVerdict => ({ kind: "refused", error });
  const revokedBy = pins.revoked.filter(same);
  if (revokedBy.length > 0) return refused(revoked(key, at, revokedBy));
  if (pins.pinned.some(same)) return { kind: "pinned", key };
  if (pins.pinned.length > 0) return refused(changed(key, at, pins));
  if (pins.authorities.length > 0) return refused(onlyAuthority(key, at, pins));
  if (hostKeyPolicy !== "accept-new") return refused(unknown(key, at, knownHosts));
  const before = accepted.at(at);
  if (before !== undefined && !before.blob.equals(blob)) return refused(changedSince(key, at, before));
  accepted.accept(at, key);
  return { kind: "new", key };
}

/** The type that the key names, or `unknown`: a server may send anything there. */
function typeIn(blob: Buffer): string {
  const type = wireStrings(blob)?.[0]?.toString("latin1") ?? "";
  return /^[A-Za-z0-9@._-]{1,64}$/.test(type) ? type : "unknown";
}

/** Every pinned kind is one that ssh2 cannot check, such as `sk-` and certificates. */
export function unsupportedKinds(at: HostPort, pins: HostPins): WovenError {
  const kinds = [...new Set(pins.pinned.map((entry) => entry.key.type))].join(", ");
  return new WovenError({
    code: "host-key-unsupported",
    message: `known-hosts pins only ${kinds} for ${place(at)}, a kind that Woven cannot check`,
    next: `Pin an Ed25519, ECDSA or RSA key of the server: \`ssh-keyscan -p ${at.port} ${at.host}\` lists them.`,
    node: at.host,
  });
}

export function place({ host, port }: HostPort): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function unknown(key: HostKey, at: HostPort, known: KnownHosts): WovenError {
  const unread = known.problems.map((problem) => `${problem.where} could not be read, because it ${problem.what}.`);
  return new WovenError({
    code: "host-key-unknown",
    message: `the host key of ${place(at)} is not in known-hosts: the server shows ${shown(key)}`,
    next: [
      ...unread,
      compare(key),
      "If they are the same, add this line to the `known-hosts` input. It is not secret, so a variable is enough:",
      `  ${knownHostsLine(at.host, at.port, key)}`,
    ].join("\n"),
    node: at.host,
  });
}

function changed(key: HostKey, at: HostPort, pins: HostPins): WovenError {
  const expected = pins.pinned.map((entry) => `${shown(entry.key)} (known-hosts line ${entry.line})`).join(" or ");
  return new WovenError({
    code: "host-key-changed",
    message: `the host key of ${place(at)} is not the pinned one: expected ${expected}, seen ${shown(key)}`,
    state:
      "Nothing was changed on the server, and nothing was sent to it. Either it was installed again, or somebody intercepts the connection.",
    next: [
      compare(key),
      `Only if they are the same, replace line ${pins.pinned.map((entry) => entry.line).join(", ")} with this one:`,
      `  ${knownHostsLine(at.host, at.port, key)}`,
    ].join("\n"),
    node: at.host,
  });
}

function changedSince(key: HostKey, at: HostPort, before: HostKey): WovenError {
  return new WovenError({
    code: "host-key-changed",
    message: `the host key of ${place(at)} is not the one accepted earlier in this run: expected ${shown(before)}, seen ${shown(key)}`,
    state: "Nothing was sent. Either several servers answer at this address, or somebody intercepts the connection.",
    next: [compare(key), "Pin the right key in `known-hosts`, and use `host-key-policy: strict`."].join("\n"),
    node: at.host,
  });
}

function revoked(key: HostKey, at: HostPort, by: readonly { readonly line: number }[]): WovenError {
  const numbers = by
    .map(({ line }) => line)
    .toSorted((one, other) => one - other)
    .join(", ");
  return new WovenError({
    code: "host-key-revoked",
    message: `${place(at)} shows ${shown(key)}, which known-hosts marks @revoked (line ${numbers})`,
    state: "Nothing was sent.",
    next: "Treat the server as compromised until you know better. Give it a new host key, and pin that key.",
    node: at.host,
  });
}

function onlyAuthority(key: HostKey, at: HostPort, pins: HostPins): WovenError {
  const lines = pins.authorities.map((entry) => entry.line).join(", ");
  return new WovenError({
    code: "host-key-certificate",
    message: `known-hosts has only a @cert-authority for ${place(at)} (line ${lines}), and Woven cannot check host certificates`,
    next: [
      "Pin the server's own key too.",
      compare(key),
      "If they are the same, add this line to the `known-hosts` input:",
      `  ${knownHostsLine(at.host, at.port, key)}`,
    ].join("\n"),
    node: at.host,
  });
}

function shown(key: HostKey): string {
  return `${key.type} ${fingerprint(key.blob)}`;
}

function compare(key: HostKey): string {
  const kind = /ed25519|ecdsa|rsa/.exec(key.type)?.[0] ?? "*";
  return [
    "Compare the fingerprint on the server itself, in its provider's console or over a login that you trust:",
    `  ssh-keygen -lf /etc/ssh/ssh_host_${kind}_key.pub`,
    `  must print ${fingerprint(key.blob)}`,
  ].join("\n");
}
