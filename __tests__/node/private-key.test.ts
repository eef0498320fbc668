import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { afterAll, describe, expect, test } from "vitest";
import { WovenError } from "../../src/errors.ts";
import { readPrivateKey } from "../../src/node/private-key.ts";

const folder = mkdtempSync(join(tmpdir(), "woven-private-key-"));
afterAll(() => rmSync(folder, { recursive: true }));

function keygen(name: string, ...args: readonly string[]): string {
  const path = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-C", "me@here", "-f", path, ...(args.includes("-N") ? [] : ["-N", ""]), ...args]);
  return readFileSync(path, "utf8");
}

function openssl(name: string, ...args: readonly string[]): string {
  const path = join(folder, name);
  execFileSync("openssl", [...args, "-out", path], { stdio: "ignore" });
  return readFileSync(path, "utf8");
}

/** What ssh-keygen says the public half is. */
function publicHalf(name: string, passphrase = ""): string {
  const printed = execFileSync("ssh-keygen", ["-y", "-P", passphrase, "-f", join(folder, name)], { encoding: "utf8" });
  return printed.trim().split(" ").slice(0, 2).join(" ");
}

function failure(text: string, passphrase?: string): WovenError {
  try {
    readPrivateKey(text, passphrase);
  } catch (error) {
    if (error instanceof WovenError) return error;
    throw error;
  }
  throw new Error("the key was read");
}

const ed = keygen("ed", "-t", "ed25519");
const edLocked = keygen("ed-locked", "-t", "ed25519", "-N", "open sesame");
const rsaPem = keygen("rsa-pem", "-t", "rsa", "-b", "2048", "-m", "PEM");
const rsaPemLocked = keygen("rsa-pem-locked", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "open sesame");
const EC = ["-algorithm", "EC", "-pkeyopt"];

describe("kinds of keys", () => {
  test.each([
    ["Ed25519, OpenSSH", "ed", () => ed],
    ["RSA, OpenSSH", "rsa", () => keygen("rsa", "-t", "rsa", "-b", "2048")],
    ["ECDSA 256, OpenSSH", "ec256", () => keygen("ec256", "-t", "ecdsa", "-b", "256")],
    ["ECDSA 384, OpenSSH", "ec384", () => keygen("ec384", "-t", "ecdsa", "-b", "384")],
    ["ECDSA 521, OpenSSH", "ec521", () => keygen("ec521", "-t", "ecdsa", "-b", "521")],
    ["RSA, PKCS#1", "rsa-pem", () => rsaPem],
    ["RSA, PKCS#8", "rsa-8", () => keygen("rsa-8", "-t", "rsa", "-b", "2048", "-m", "PKCS8")],
    ["ECDSA, SEC 1", "ec-pem", () => keygen("ec-pem", "-t", "ecdsa", "-m", "PEM")],
    ["ECDSA, PKCS#8", "ec-8", () => openssl("ec-8", "genpkey", ...EC, "ec_paramgen_curve:P-384")],
    [
      "ECDSA, with its parameters in front",
      "ec-par",
      () => openssl("ec-par", "ecparam", "-genkey", "-name", "prime256v1"),
    ],
  ])("%s", (_what, name, make) => {
    const key = readPrivateKey(make());
    expect(key.publicKey).toBe(publicHalf(name));
    const printed = execFileSync("ssh-keygen", ["-lf", "-"], { input: key.publicKey, encoding: "utf8" });
    expect(printed).toContain(`${key.fingerprint} `);
    expectUsable(key.key, key.publicKey);
  });

  test("Ed25519, PKCS#8 (which ssh2 and ssh-keygen cannot read)", () => {
    const key = readPrivateKey(openssl("ed-8", "genpkey", "-algorithm", "ed25519"));
    expect(key.type).toBe("ssh-ed25519");
    expectUsable(key.key, key.publicKey);
  });

  test.each([
    ["Ed25519, OpenSSH", "ed-locked", () => edLocked],
    ["RSA, PKCS#1", "rsa-pem-locked", () => rsaPemLocked],
    [
      "RSA, PKCS#8",
      "rsa-8-locked",
      () => keygen("rsa-8-locked", "-t", "rsa", "-b", "2048", "-m", "PKCS8", "-N", "open sesame"),
    ],
  ])("with a passphrase: %s", (_what, name, make) => {
    const text = make();
    const key = readPrivateKey(text, "open sesame");
    expect(key.publicKey).toBe(publicHalf(name, "open sesame"));
    expectUsable(key.key, key.publicKey);
    expect(failure(text).message).toMatch(/encrypted, and no passphrase/);
    expect(failure(text, "").message).toMatch(/encrypted, and no passphrase/);
    expect(failure(text, "wrong").message).toMatch(/cannot be decrypted.*passphrase/);
  });

  test("a passphrase for a key that has none does no harm", () => {
    expect(readPrivateKey(ed, "unused").publicKey).toBe(publicHalf("ed"));
    expect(readPrivateKey(rsaPem, "unused").publicKey).toBe(publicHalf("rsa-pem"));
  });
});

/** ssh2 reads what we hand it, without a passphrase, as the same key, and its signature holds. */
function expectUsable(text: string, publicKey: string): void {
  const parsed = ssh2.utils.parseKey(text);
  if (parsed instanceof Error) throw parsed;
  expect(`${parsed.type} ${parsed.getPublicSSH().toString("base64")}`).toBe(publicKey);
  const signature = parsed.sign("message");
  expect(parsed.verify("message", signature)).toBe(true);
}

const damage: readonly [string, (text: string) => string][] = [
  ["as it is", (text) => text],
  ["CRLF", (text) => text.replaceAll("\n", "\r\n")],
  ["old Mac newlines", (text) => text.replaceAll("\n", "\r")],
  ["literal \\n", (text) => text.replaceAll("\n", "\\n")],
  ["literal \\r\\n", (text) => text.replaceAll("\n", "\\r\\n")],
  ["doubly escaped \\\\n", (text) => text.replaceAll("\n", "\\\\n")],
  ["blanks for newlines", (text) => text.replaceAll("\n", " ")],
  ["no newlines at all", (text) => text.replaceAll("\n", "")],
  ["indentation", (text) => text.replace(/^/gm, "      ")],
  ["no final newline", (text) => text.trimEnd()],
  ["empty lines around and between", (text) => `\n\n${text.replaceAll("\n", "\n\n")}\n`],
  ["double quotes", (text) => `"${text}"`],
  ["single quotes and literal \\n", (text) => `'${text.replaceAll("\n", "\\n")}'`],
  ["a BOM", (text) => `\ufeff${text}`],
  ["base64 of the whole", (text) => Buffer.from(text).toString("base64")],
  ["wrapped base64 of the whole", (text) => Buffer.from(text).toString("base64").replace(/.{76}/g, "$&\n")],
  ["base64 of a key with CRLF", (text) => Buffer.from(text.replaceAll("\n", "\r\n")).toString("base64")],
];

describe("what secrets stores do to a key is put right", () => {
  test.each(damage)("%s", (_what, spoil) => {
    expect(readPrivateKey(spoil(ed)).publicKey).toBe(publicHalf("ed"));
    expect(readPrivateKey(spoil(rsaPem)).publicKey).toBe(publicHalf("rsa-pem"));
    expect(readPrivateKey(spoil(rsaPemLocked), "open sesame").publicKey).toBe(
      publicHalf("rsa-pem-locked", "open sesame"),
    );
  });

  test("the BEGIN and END lines of an OpenSSH key are lost", () => {
    expect(readPrivateKey(ed.split("\n").slice(1, -2).join("\n")).publicKey).toBe(publicHalf("ed"));
  });
});

describe("what is not a private key is told apart", () => {
  const pub = () => readFileSync(join(folder, "ed.pub"), "utf8");
  const lines = ed.split("\n");
  test.each([
    ["nothing", () => "", /is empty/],
    ["blanks", () => " \n ", /is empty/],
    ["quotes around nothing", () => '""', /is empty/],
    ["a public key", pub, /is a public key/],
    [
      "a public key, PEM",
      () => openssl("pub.pem", "rsa", "-in", join(folder, "rsa-pem"), "-pubout"),
      /is a public key/,
    ],
    [
      "a public key, RFC 4716",
      () => execFileSync("ssh-keygen", ["-e", "-f", join(folder, "ed.pub")], { encoding: "utf8" }),
      /is a public key/,
    ],
    ["a line of known_hosts", () => `web1 ${pub()}`, /line of known_hosts/],
    ["a hashed line of known_hosts", () => `|1|abc=|def= ${pub()}`, /line of known_hosts/],
    ["a fingerprint", () => "SHA256:abcdef", /fingerprint/],
    ["a path", () => "~/.ssh/id_ed25519", /path/],
    ["a password", () => "correct horse", /is not a private key/],
    ["a PuTTY key", () => "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", /PuTTY/],
    ["an SSH certificate", () => `ssh-ed25519-cert-v01@openssh.com ${pub().split(" ")[1]}`, /certificate/],
    ["a PEM certificate", () => "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", /certificate/],
    ["a key without its end", () => lines.slice(0, 4).join("\n"), /cut short/],
    ["a key without its begin", () => lines.slice(2).join("\n"), /cut short/],
    ["a key with lines missing", () => [lines[0], lines[1], ...lines.slice(-2)].join("\n"), /cut short/],
    ["a PEM key with lines missing", () => rsaPem.split("\n").toSpliced(5, 9).join("\n"), /damaged/],
    ["a key with the masks of a log", () => [lines[0], "***", lines.at(-2)].join("\n"), /damaged/],
    ["the curve of Bitcoin", () => openssl("k1", "ecparam", "-genkey", "-name", "secp256k1"), /secp256k1/],
    ["Ed448", () => openssl("ed448", "genpkey", "-algorithm", "ed448"), /ed448/],
    [
      "DSA",
      () =>
        openssl("dsa", "genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", "dsa_paramgen_bits:1024") &&
        openssl("dsa.key", "genpkey", "-paramfile", join(folder, "dsa")),
      /type dsa/,
    ],
  ])("%s", (_what, make, message) => {
    const error = failure(make());
    expect(error.code).toBe("ssh-key");
    expect(error.message).toMatch(message);
    expect(error.details.next).toBeTruthy();
  });

  test("no error shows a piece of the key", () => {
    const spoilt = [ed, rsaPem, edLocked, rsaPemLocked].flatMap((key) => {
      const rows = key.split("\n");
      return [
        key.slice(0, -40),
        rows.slice(1).join("\n"),
        rows.toSpliced(2, 1).join("\n"),
        key.replace(/[A-Za-z]{9}/, "?"),
      ];
    });
    const shown = spoilt.flatMap((key) => {
      try {
        readPrivateKey(key, "wrong");
        return [];
      } catch (error) {
        const details = error instanceof WovenError ? error.details : {};
        return [
          {
            key,
            text: `${String(error)} ${JSON.stringify(details)} ${error instanceof Error ? String(error.cause) : ""}`,
          },
        ];
      }
    });
    expect(shown.length).toBeGreaterThan(10);
    for (const { key, text } of shown) {
      const pieces = key.replace(/-----[^-]*-----/g, "").match(/[A-Za-z0-9+/]{8}/g) ?? [];
      for (const piece of pieces) expect(text).not.toContain(piece);
    }
  });
});
