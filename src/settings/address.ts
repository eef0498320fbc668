// Reads `user@host[:port]`: the address of a node in roles, in the role input and for jump hosts.
import { isIPv4, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";
import { fits, misfit } from "./grammar.ts";
import { quoted } from "./problems.ts";

export type Address =
  | { readonly kind: "address"; readonly user?: string; readonly host: string; readonly port?: number }
  | { readonly kind: "bad"; readonly what: string; readonly next?: string };

const shape = "Write user@host or user@host:port, and an IPv6 address in brackets: woven@[2001:db8::1]:22.";

/** Reads one entry. Returns an IPv6 address without its brackets. A problem shows no text but that of this entry. */
export function parseAddress(text: string): Address {
  const entry = text.trim();
  if (entry === "") return bad("an empty entry", shape);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(entry)) return bad(`${quoted(entry)} is a URL`, shape);
  const at = entry.lastIndexOf("@");
  const user = at === -1 ? undefined : entry.slice(0, at);
  if (user?.includes(":"))
    return bad(
      "an entry holds a password before its @",
      "Put a password into the password input, and a key into ssh-key.",
    );
  if (user !== undefined && !fits("existingUser", user))
    return bad(`the user ${quoted(user)} of ${quoted(entry)} ${misfit("user")}`, shape);
  return withUser(user, entry.slice(at + 1), entry);
}

function withUser(user: string | undefined, place: string, entry: string): Address {
  if (isIPv6(place))
    return bad(
      `${quoted(entry)} has an IPv6 address without brackets`,
      `Write ${user === undefined ? "" : `${user}@`}[${place}].`,
    );
  const parts = /^(?:\[(?<six>[^\]]*)\]|(?<name>[^:[\]]*))(?::(?<port>.*))?$/.exec(place)?.groups;
  if (parts === undefined) return bad(`${quoted(entry)} ${misfit("host")}`, shape);
  const problem =
    parts["six"] === undefined ? hostProblem(parts["name"] ?? "", entry) : sixProblem(parts["six"], entry);
  if (problem !== undefined) return problem;
  const host = (parts["six"] ?? parts["name"] ?? "").toLowerCase();
  const base = { kind: "address" as const, ...(user === undefined ? {} : { user }), host };
  if (parts["port"] === undefined) return base;
  const port = portNumber(parts["port"]);
  return port === undefined
    ? bad(`the port ${quoted(parts["port"])} of ${quoted(entry)} is not a number from 1 to 65535`, shape)
    : { ...base, port };
}

function hostProblem(host: string, entry: string): Address | undefined {
  if (/[^\0-\x7f]/.test(host)) {
    const ascii = domainToASCII(host);
    return bad(
      `the host of ${quoted(entry)} has letters outside ASCII`,
      ascii === "" ? "Write it in its ASCII form (xn--…)." : `Write it in its ASCII form: ${ascii}`,
    );
  }
  if (!fits("host", host)) return bad(`the host ${quoted(host)} of ${quoted(entry)} ${misfit("host")}`, shape);
  // Every resolver reads a name whose last part is a number as an IPv4 address.
  if (/(^|\.)(\d+|0x[0-9a-f]*)$/i.test(host) && !isIPv4(host))
    return bad(`the host ${quoted(host)} of ${quoted(entry)} looks like an IPv4 address, but is not one`, shape);
  return undefined;
}

function sixProblem(host: string, entry: string): Address | undefined {
  return isIPv6(host) && !host.includes("%")
    ? undefined
    : bad(`${quoted(`[${host}]`)} of ${quoted(entry)} is not an IPv6 address`, shape);
}

function bad(what: string, next: string): Address {
  return { kind: "bad", what, next };
}

/** A TCP port written in digits, or undefined. */
export function portNumber(text: string): number | undefined {
  if (!/^[1-9][0-9]{0,4}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
}
