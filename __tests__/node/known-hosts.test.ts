import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { AcceptedKeys } from "../../src/node/accepted-keys.ts";
import { hostKeyAlgorithms, judgeHostKey } from "../../src/node/host-key.ts";
import { fingerprint, knownHostsLine, lookup, parseKnownHosts, readHostKey } from "../../src/node/known-hosts.ts";

const folder = mkdtempSync(join(tmpdir(), "woven-known-hosts-"));
afterAll(() => rmSync(folder, { recursive: true }));

function keygen(name: string, ...args: readonly string[]): { type: string; base64: string; path: string } {
  const path = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-N", "", "-C", "", "-f", path, ...args]);
  const [type = "", base64 = ""] = readFileSync(`${path}.pub`, "utf8").trim().split(" ");
  return { type, base64, path };
}

const ed = keygen("ed", "-t", "ed25519");
const ed2 = keygen("ed2", "-t", "ed25519");
const rsa = keygen("rsa", "-t", "rsa", "-b", "2048");
const ec = keygen("ec", "-t", "ecdsa", "-b", "384");
const E = `${ed.type} ${ed.base64}`;
const R = `${rsa.type} ${rsa.base64}`;

/** Lines of the entries that pin a key for this host. */
function pinned(text: string, host: string, port = 22): number[] {
  return lookup(parseKnownHosts(text).entries, host, port).pinned.map((entry) => entry.line);
}

function hashed(name: string): string {
  const salt = Buffer.alloc(20, 3);
  return `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`;
}

describe("which host a line is for", () => {
  test.each([
    ["a plain name", `web1 ${E}`, "web1", 22, [1]],
    ["another name", `web1 ${E}`, "web2", 22, []],
    ["letters of any case", `Web1.Example ${E}`, "wEB1.example", 22, [1]],
    ["a list", `a,web1,10.0.0.1 ${E}`, "10.0.0.1", 22, [1]],
    ["several keys", `web1 ${E}\nweb1 ${R}`, "web1", 22, [1, 2]],
    ["a wildcard", `*.example.com ${E}`, "web1.example.com", 22, [1]],
    ["a wildcard and the bare domain", `*.example.com ${E}`, "example.com", 22, []],
    ["one unknown letter", `web? ${E}`, "web1", 22, [1]],
    ["a negated name", `*.example.com,!web1.example.com ${E}`, "web1.example.com", 22, []],
    ["only negated names", `!web1 ${E}`, "web2", 22, []],
    ["a port", `[web1]:2222 ${E}`, "web1", 2222, [1]],
    ["a port, asked for another", `[web1]:2222 ${E}`, "web1", 22, []],
    ["port 22 written out", `[web1]:22 ${E}`, "web1", 22, [1]],
    ["no port holds for other ports", `web1 ${E}`, "web1", 10022, [1]],
    ["unless that port has a key of its own", `web1 ${E}\n[web1]:10022 ${R}`, "web1", 10022, [2]],
    ["IPv6", `::1 ${E}`, "::1", 22, [1]],
    ["IPv6 with a port", `[::1]:2222 ${E}`, "::1", 2222, [1]],
    ["a hashed name", `${hashed("web1")} ${E}`, "web1", 22, [1]],
    ["a hashed name with a port", `${hashed("[web1]:2222")} ${E}`, "web1", 2222, [1]],
    ["a hashed name, another host", `${hashed("web1")} ${E}`, "web2", 22, []],
    ["CRLF, blanks, tabs, comments", `# a\r\n\r\n  web1\t${E} a comment\r\n`, "web1", 22, [3]],
    ["newlines written as \\n", `web1 ${E}\\nweb2 ${R}`, "web2", 22, [2]],
    ["a dot is a dot", `web1.example.com ${E}`, "web1xexample.com", 22, []],
  ])("%s", (_what, text, host, port, lines) => {
    expect(parseKnownHosts(text).problems).toEqual([]);
    expect(pinned(text, host, port)).toEqual(lines);
  });

  test("markers are kept apart from pins, and a revoked key is revoked on every port", () => {
    const { entries } = parseKnownHosts(
      `@cert-authority *.example.com ${R}\n@revoked * ${E}\n@revoked web1.example.com ${R}`,
    );
    const pins = lookup(entries, "web1.example.com", 2222);
    expect(pins.pinned).toEqual([]);
    expect(pins.authorities.map((entry) => entry.line)).toEqual([1]);
    expect(pins.revoked.map((entry) => entry.line).toSorted()).toEqual([2, 3]);
  });

  test("what ssh-keygen hashes is found again", () => {
    const path = join(folder, "hashed");
    writeFileSync(path, `web1,10.0.0.1 ${E}\n[web1]:2222 ${R}\n`);
    execFileSync("ssh-keygen", ["-H", "-f", path], { stdio: "ignore" });
    const text = readFileSync(path, "utf8");
    expect(text).not.toContain("web1");
    expect(lookup(parseKnownHosts(text).entries, "web1", 22).pinned).toHaveLength(1);
    expect(lookup(parseKnownHosts(text).entries, "10.0.0.1", 22).pinned).toHaveLength(1);
    expect(lookup(parseKnownHosts(text).entries, "web1", 2222).pinned[0]?.key.type).toBe("ssh-rsa");
  });
});

describe("lines that cannot be read", () => {
  test.each([
    ["a key without its host", E, /without the host/],
    ["a fingerprint", "web1 SHA256:abcdefgh", /fingerprint/],
    ["a private key", "-----BEGIN OPENSSH PRIVATE KEY-----", /private key/],
    ["a host alone", "web1", /not `host type key`/],
    ["a key cut short", `web1 ${E.slice(0, -8)}`, /no whole key/],
    ["a type that is not the key's", `web1 ssh-rsa ${ed.base64}`, /no whole key/],
    ["a marker nobody knows", `@trusted web1 ${E}`, /unknown marker/],
    ["a broken hash", `|1|abc ${E}`, /hashed/],
    ["a key of SSH 1", "web1 1024 35 1234567", /SSH 1/],
  ])("%s", (_what, line, what) => {
    const { entries, problems } = parseKnownHosts(`web0 ${E}\n${line}\nweb2 ${R}`);
    expect(entries.map((entry) => entry.line)).toEqual([1, 3]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      line: 2,
      where: "input known-hosts, line 2",
      what: expect.stringMatching(what),
    });
  });
});

describe("properties", () => {
  const host = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?$/);
  const port = fc.integer({ min: 1, max: 65535 });
  const key = fc.constantFrom(ed, rsa, ec);

  test("a line we write is a line we find, for its host alone", () => {
    fc.assert(
      fc.property(host, port, key, host, (name, number, { type, base64 }, other) => {
        const hostKey = readHostKey(type, base64);
        if (!hostKey) throw new Error("a key of ssh-keygen was not read");
        const { entries, problems } = parseKnownHosts(knownHostsLine(name, number, hostKey));
        expect(problems).toEqual([]);
        expect(lookup(entries, name, number).pinned[0]?.key).toEqual(hostKey);
        expect(lookup(entries, other, number).pinned).toHaveLength(name === other ? 1 : 0);
      }),
    );
  });

  test("any text is read without throwing, and every line is an entry, a problem, a comment or blank", () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom("@revoked", "web1", "|1|x|y", ed.type, ed.base64, "#", "!", "*"),
    );
    const text = fc.array(fc.array(word).map((words) => words.join(" "))).map((rows) => rows.join("\n"));
    fc.assert(
      fc.property(text, (rows) => {
        const { entries, problems } = parseKnownHosts(rows);
        const lines = [...entries.map((entry) => entry.line), ...problems.map((problem) => problem.line ?? 0)];
        expect(new Set(lines).size).toBe(lines.length);
      }),
    );
  });

  test("patterns match what the same regular expression matches", () => {
    const glob = fc.array(fc.constantFrom("a", "b", ".", "*", "?"), { minLength: 1 }).map((parts) => parts.join(""));
    const name = fc.array(fc.constantFrom("a", "b", "."), { minLength: 1 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(glob, name, (pattern, asked) => {
        const source = pattern.replaceAll(".", "\\.").replaceAll("*", ".*").replaceAll("?", ".");
        expect(pinned(`${pattern} ${E}`, asked).length > 0).toBe(new RegExp(`^${source}$`).test(asked));
      }),
    );
  });
});

describe("judging a key that a server shows", () => {
  const blob = Buffer.from(ed.base64, "base64");
  const at = { host: "web1", port: 10022 };
  const judge = (text: string, policy: "strict" | "accept-new" = "strict") =>
    judgeHostKey(blob, at, {
      knownHosts: parseKnownHosts(text),
      hostKeyPolicy: policy,
      accepted: new AcceptedKeys(),
    });
  const refusal = (text: string, policy: "strict" | "accept-new" = "strict") => {
    const verdict = judge(text, policy);
    return verdict.kind === "refused" ? verdict.error : undefined;
  };

  test("the fingerprint is the one ssh-keygen prints", () => {
    const printed = execFileSync("ssh-keygen", ["-lf", `${ed.path}.pub`], { encoding: "utf8" });
    expect(printed).toContain(`${fingerprint(blob)} `);
  });

  test("a pinned key is trusted", () => expect(judge(`web1 ${R}\nweb1 ${E}`).kind).toBe("pinned"));

  test("an unknown one is refused with the line to add and how to check it", () => {
    const error = refusal(`web2 ${E}\nnonsense`);
    expect(error?.code).toBe("host-key-unknown");
    expect(error?.message).toContain(`ssh-ed25519 ${fingerprint(blob)}`);
    expect(error?.details.next).toContain(`[web1]:10022 ${E}`);
    expect(error?.details.next).toContain("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub");
    expect(error?.details.next).toContain("line 2 could not be read");
  });

  test("a changed one is refused with what was expected and what was seen", () => {
    const error = refusal(`web1 ssh-ed25519 ${ed2.base64}`);
    expect(error?.code).toBe("host-key-changed");
    expect(error?.message).toContain(fingerprint(Buffer.from(ed2.base64, "base64")));
    expect(error?.message).toContain(fingerprint(blob));
    expect(error?.message).toContain("known-hosts line 1");
  });

  test("a revoked one is refused even where it is pinned", () => {
    const error = refusal(`web1 ${E}\n@revoked web1 ${E}\n@revoked * ${R}\n@revoked * ${E}`);
    expect(error?.code).toBe("host-key-revoked");
    expect(error?.message).toContain(`${fingerprint(blob)}, which known-hosts marks @revoked (line 2, 4)`);
  });

  test("a host known only by an authority is refused, and told what to pin", () => {
    const error = refusal(`@cert-authority * ${R}`, "accept-new");
    expect(error?.code).toBe("host-key-certificate");
    expect(error?.details.next).toContain(`[web1]:10022 ${E}`);
  });

  test("accept-new takes a key only where nothing is pinned", () => {
    expect(judge("", "accept-new").kind).toBe("new");
    expect(refusal(`web1 ${R}`, "accept-new")?.code).toBe("host-key-changed");
    expect(refusal(`@revoked * ${E}`, "accept-new")?.code).toBe("host-key-revoked");
  });

  test("what accept-new took is the only key of that host and port for the rest of the run", () => {
    const trust = {
      knownHosts: parseKnownHosts(""),
      hostKeyPolicy: "accept-new",
      accepted: new AcceptedKeys(),
    } as const;
    const other = Buffer.from(ed2.base64, "base64");
    expect(judgeHostKey(blob, at, trust).kind).toBe("new");
    expect(judgeHostKey(blob, { ...at, host: "WEB1" }, trust).kind).toBe("new");
    expect(judgeHostKey(other, at, trust)).toMatchObject({ kind: "refused", error: { code: "host-key-changed" } });
    // Another server behind the same address.
    expect(judgeHostKey(other, { ...at, port: 10023 }, trust).kind).toBe("new");
    expect([trust.accepted.isNews(at), trust.accepted.isNews(at)]).toEqual([true, false]);
    expect(hostKeyAlgorithms(lookup([], "web1", 10022), trust.accepted.at(at))).toEqual(["ssh-ed25519"]);
  });

  test("only algorithms of pinned kinds are asked for, and never SHA-1", () => {
    const asked = (text: string) => hostKeyAlgorithms(lookup(parseKnownHosts(text).entries, "web1", 22));
    expect(asked(`web1 ${R}`)).toEqual(["rsa-sha2-512", "rsa-sha2-256"]);
    expect(asked(`web1 ${R}\nweb1 ${E}`)).toEqual(["ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256"]);
    expect(asked("")).toContain("ecdsa-sha2-nistp521");
    expect(asked("")).not.toContain("ssh-rsa");
  });
});
