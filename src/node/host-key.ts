// Judges the key a server shows against known_hosts, and says what to do about it.

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
  /** Not pinned, and taken because the policy is `accept-new`: now, or earlier in this run. */
  | { readonly kind: "new"; readonly key: HostKey }
  | { readonly kind: "refused"; readonly error: WovenError };

// In the order they are asked for. ssh-rsa (SHA-1) and ssh-dss are left out: Debian 10 and later need neither.
const algorithms = [
  ["ssh-ed25519", "ssh-ed25519"],
  ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"],
  ["ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"],
  ["ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521"],
  ["rsa-sha2-512", "ssh-rsa"],
  ["rsa-sha2-256", "ssh-rsa"],
] as const;

export type HostKeyAlgorithm = (typeof algorithms)[number][0];

/** What a host key is held against. */
export interface HostTrust {
  readonly knownHosts: KnownHosts;
  readonly hostKeyPolicy: HostKeyPolicy;
  readonly accepted: AcceptedKeys;
}

/**
 * The host-key algorithms to offer: only those of pinned kinds, so that a server with several keys shows the one that
 * is known; the kind of `accepted`, where nothing is; all, where there is neither. Empty where only kinds are pinned that cannot be
 * checked here.
 */
export function hostKeyAlgorithms(pins: HostPins, accepted?: HostKey): HostKeyAlgorithm[] {
  const pinned = pins.pinned.map((entry) => entry.key.type);
  const kinds = new Set(pinned.length > 0 || !accepted ? pinned : [accepted.type]);
  return algorithms.filter(([, type]) => kinds.size === 0 || kinds.has(type)).map(([algorithm]) => algorithm);
}

/** What to make of the key that `at` shows. One that is taken because the policy says so is the only one for `at` from then on. */
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

/** A server may write anything there. */
function typeIn(blob: Buffer): string {
  const type = wireStrings(blob)?.[0]?.toString("latin1") ?? "";
  return /^[A-Za-z0-9@._-]{1,64}$/.test(type) ? type : "unknown";
}

/** Every pinned kind is one ssh2 cannot check, such as `sk-` and certificates. */
export function unsupportedKinds(at: HostPort, pins: HostPins): WovenError {
  const kinds = [...new Set(pins.pinned.map((entry) => entry.key.type))].join(", ");
  return new WovenError({
    code: "host-key-unsupported",
    message: `known-hosts pins only ${kinds} for ${place(at)}, a kind Woven cannot check`,
    next: `Pin one of the node's Ed25519, ECDSA or RSA keys: \`ssh-keyscan -p ${at.port} ${at.host}\` lists them.`,
    node: at.host,
  });
}

export function place({ host, port }: HostPort): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function unknown(key: HostKey, at: HostPort, known: KnownHosts): WovenError {
  const unread = known.problems.map((problem) => `${problem.where} could not be read: it ${problem.what}.`);
  return new WovenError({
    code: "host-key-unknown",
    message: `the host key of ${place(at)} is not in known-hosts; it shows ${shown(key)}`,
    next: [
      ...unread,
      compare(key),
      "If they are the same, add this line to the `known-hosts` input (it is no secret: a variable will do):",
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
    next: [
      "Nothing was sent. Either the node was installed anew, or something stands between it and the runner.",
      compare(key),
      `Only if they are the same, put this line in the place of line ${pins.pinned.map((entry) => entry.line).join(", ")}:`,
      `  ${knownHostsLine(at.host, at.port, key)}`,
    ].join("\n"),
    node: at.host,
  });
}

function changedSince(key: HostKey, at: HostPort, before: HostKey): WovenError {
  return new WovenError({
    code: "host-key-changed",
    message: `the host key of ${place(at)} is not the one accepted earlier in this run: expected ${shown(before)}, seen ${shown(key)}`,
    next: [
      "Nothing was sent. Either several servers answer at this address, or something stands between them and the runner.",
      "Pin the right key in `known-hosts`, and use `host-key-policy: strict`.",
      compare(key),
    ].join("\n"),
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
    next: "Treat the node as taken over until you know better. Give it a new host key, and pin that one.",
    node: at.host,
  });
}

function onlyAuthority(key: HostKey, at: HostPort, pins: HostPins): WovenError {
  const lines = pins.authorities.map((entry) => entry.line).join(", ");
  return new WovenError({
    code: "host-key-certificate",
    message: `known-hosts knows ${place(at)} only by a @cert-authority (line ${lines}), and Woven cannot check host certificates`,
    next: [
      "Pin the node's own key beside the authority.",
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
    "Compare the fingerprint on the node itself (its provider's console, or a login you already trust):",
    `  ssh-keygen -lf /etc/ssh/ssh_host_${kind}_key.pub`,
    `  must print ${fingerprint(key.blob)}`,
  ].join("\n");
}
