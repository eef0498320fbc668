// Checks ufw rules in the settings: `allow 80,443/tcp`, `allow proto tcp from 10.0.0.0/8 to any port 5432` (ufw(8)).
import { isIP } from "node:net";
import { portNumber } from "./address.ts";

const verbs = ["allow", "deny", "reject", "limit"];
const protocols = ["tcp", "udp", "any", "ah", "esp", "gre", "ipv6", "igmp"];

/** What is wrong with a rule, as text after the rule. Undefined if ufw accepts it. Only Woven writes comments and numbers. */
export function ufwRuleProblem(rule: string): string | undefined {
  if (!/^[A-Za-z0-9 .,:/_-]+$/.test(rule)) return "has characters that ufw does not allow";
  const words = rule.split(" ");
  if (words.includes("")) return "has too many blanks";
  const [verb = "", ...rest] = words[0] === "route" ? words.slice(1) : words;
  if (!verbs.includes(verb)) return `does not start with ${verbs.join(", ")}, such as "allow 80,443/tcp"`;
  const body = withoutDirection(rest);
  // A rule for a whole interface needs no port.
  return body.length === 0 && rest.includes("on") ? undefined : bodyProblem(body);
}

function withoutDirection(words: readonly string[]): readonly string[] {
  let rest = words;
  while (rest[0] === "in" || rest[0] === "out")
    rest = rest[1] === "on" && /^[a-z][a-z0-9._-]{0,14}$/.test(rest[2] ?? "") ? rest.slice(3) : rest.slice(1);
  return rest[0] === "log" || rest[0] === "log-all" ? rest.slice(1) : rest;
}

function bodyProblem(words: readonly string[]): string | undefined {
  const [first = "", ...more] = words;
  if (words.length === 0) return "names no port and no address";
  if (words.length === 1) return simpleProblem(first);
  return ["from", "to", "proto"].includes(first)
    ? clausesProblem([first, ...more])
    : `has ${JSON.stringify(first)} instead of a port, from, to or proto`;
}

function simpleProblem(word: string): string | undefined {
  const swapped = /^(tcp|udp)\/(.+)$/.exec(word);
  if (swapped) return `has port and protocol the wrong way round: write ${swapped[2]}/${swapped[1]}`;
  const [ports = "", protocol, ...others] = word.split("/");
  if (others.length > 0) return "has more than one /";
  if (!/^\d/.test(ports)) return protocol === undefined ? undefined : `has ${JSON.stringify(ports)} instead of a port`;
  if (protocol !== undefined && protocol !== "tcp" && protocol !== "udp")
    return `has the protocol ${JSON.stringify(protocol)} instead of tcp or udp`;
  return portsProblem(ports, protocol);
}

function portsProblem(ports: string, protocol: string | undefined): string | undefined {
  const parts = ports.split(",");
  if (parts.length > 15) return "has more than 15 ports";
  for (const part of parts) {
    const [low = "", high, ...more] = part.split(":");
    const from = portNumber(low);
    const to = high === undefined ? from : portNumber(high);
    if (from === undefined || to === undefined || more.length > 0)
      return `has ${JSON.stringify(part)} instead of a port from 1 to 65535`;
    if (to < from) return `has the range ${part}, which ends before it starts`;
  }
  if (/[,:]/.test(ports) && protocol === undefined)
    return "has several ports, so ufw needs a protocol: add /tcp or /udp";
  return undefined;
}

function clausesProblem(words: readonly string[]): string | undefined {
  const proto = words.includes("proto") ? words[words.indexOf("proto") + 1] : undefined;
  const seen = new Set<string>();
  let index = 0;
  let side = "";
  while (index < words.length) {
    const [word = "", value = ""] = words.slice(index, index + 2);
    const name = word === "port" || word === "app" ? `${side} ${word}` : word;
    if (seen.has(name)) return `has ${JSON.stringify(word)} twice`;
    seen.add(name);
    if (word === "from" || word === "to") side = word;
    const problem = clauseProblem(word, value, { proto, side });
    if (problem !== undefined) return problem;
    index += 2;
  }
  const families = new Set(["from", "to"].map((word) => isIP(wordAfter(words, word).split("/")[0] ?? "")));
  return families.has(4) && families.has(6) ? "mixes an IPv4 and an IPv6 address" : undefined;
}

function wordAfter(words: readonly string[], word: string): string {
  return words.includes(word) ? (words[words.indexOf(word) + 1] ?? "") : "";
}

function clauseProblem(
  word: string,
  value: string,
  rule: { readonly proto: string | undefined; readonly side: string },
): string | undefined {
  if (value === "") return `ends with ${JSON.stringify(word)} and no value`;
  switch (word) {
    case "from":
    case "to":
      return value === "any" ? undefined : networkProblem(value);
    case "proto":
      return protocols.includes(value)
        ? undefined
        : `has the protocol ${JSON.stringify(value)} instead of ${protocols.slice(0, 2).join(" or ")}`;
    case "port":
      return rule.side === "" ? 'has "port" before "from" or "to"' : portsProblem(value, rule.proto);
    case "app":
      return rule.side === "" ? 'has "app" before "from" or "to"' : undefined;
    default:
      return `has ${JSON.stringify(word)}, which ufw does not know`;
  }
}

/** What is wrong with an address or a network, as text after the rule. */
export function networkProblem(text: string): string | undefined {
  const [address = "", mask, ...more] = text.split("/");
  const family = isIP(address);
  const right =
    family !== 0 &&
    more.length === 0 &&
    (mask === undefined ||
      (/^\d{1,3}$/.test(mask) && Number(mask) <= (family === 4 ? 32 : 128)) ||
      (family === 4 && isIP(mask) === 4));
  if (!right) return `has ${JSON.stringify(text)} instead of an address, a network or any`;
  const network = family === 4 && /^\d+$/.test(mask ?? "") ? networkOf(address, Number(mask)) : address;
  return network === address ? undefined : `has ${text}, an address inside a network: write ${network}/${mask}`;
}

/** The network of the address, without the bits of the host, as ufw writes it. */
function networkOf(address: string, bits: number): string {
  const all = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - bits);
  const first = Math.floor(all / size) * size;
  return [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".");
}
