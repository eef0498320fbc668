// A build: one making of a version. A patch and an overwrite make new ones, so that nothing changes under the processes of the old build.
import { randomInt } from "node:crypto";
import type { Layout } from "./layout.ts";

/**
 * The id of a new build: six hexadecimal digits. Random, and such that `loopbackAddress` is one that can be listened on. Should the
 * address be taken, the unit fails to start and nothing is switched.
 */
export function newBuild(): string {
  return [randomInt(1, 255), randomInt(0, 256), randomInt(1, 255)]
    .map((octet) => octet.toString(16).padStart(2, "0"))
    .join("");
}

/** `<root>/env/.<dist>-<version>.<build>`: as deep as the release's own path and its staging folder, so that relative paths hold. */
export function buildFolder({ root, distribution, name }: Layout, build: string): string {
  return `${root}/env/.${distribution}-${name}.${build}`;
}

/**
 * The loopback address of a build, for servers that listen on TCP. All of 127.0.0.0/8 is this machine (RFC 1122, 3.2.1.3 g), so builds
 * can have one port side by side.
 */
export function loopbackAddress(build: string): string {
  return `127.${(build.match(/../g) ?? []).map((octet) => Number.parseInt(octet, 16)).join(".")}`;
}

/** The build whose loopback address this is. */
export function buildAt(address: string): string {
  const octets = address.split(".").slice(1);
  return octets.map((octet) => Number(octet).toString(16).padStart(2, "0")).join("");
}

/** The text with each word of the map replaced, where it stands by itself: never in the middle of a longer one. */
export function replaceWords(text: string, words: ReadonlyMap<string, string>): string {
  const escaped = [...words.keys()].map((word) => word.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  if (escaped.length === 0) return text;
  const whole = new RegExp(`(?<![A-Za-z0-9])(?:${escaped.join("|")})(?![A-Za-z0-9])`, "g");
  return text.replaceAll(whole, (word) => words.get(word) ?? word);
}
