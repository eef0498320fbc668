// Reads the private key that Woven logs in with. There is an error for each way it can be wrong, and none shows any of the key.

import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import ssh2 from "ssh2";
import { armor, findKeyBlock, type KeyBlock, keyError, pasteAgain } from "./key-text.ts";
import { fingerprint, wireStrings } from "./known-hosts.ts";

export interface PrivateKey {
  /** OpenSSH or PEM text that ssh2 reads, not encrypted. Kept in memory only: mask it before anything is printed. */
  readonly key: string;
  readonly type: "ssh-ed25519" | "ssh-rsa" | "ecdsa-sha2-nistp256" | "ecdsa-sha2-nistp384" | "ecdsa-sha2-nistp521";
  /** `type base64`, as a line of authorized_keys. */
  readonly publicKey: string;
  /** `SHA256:…` */
  readonly fingerprint: string;
}

/**
 * Reads a key as users paste it (findKeyBlock repairs the text): Ed25519, RSA or ECDSA, in OpenSSH's own format, PKCS#1, SEC 1 or
 * PKCS#8. Decrypts an encrypted key. Throws WovenError `ssh-key`.
 */
export function readPrivateKey(text: string, passphrase?: string): PrivateKey {
  const block = findKeyBlock(text);
  const key = block.label === "OPENSSH PRIVATE KEY" ? openOpenSsh(block, passphrase) : openPem(block, passphrase);
  return describe(key);
}

function openOpenSsh(block: KeyBlock, passphrase: string | undefined): KeyObject {
  const { cipher, type } = readContainer(Buffer.from(block.body, "base64"));
  if (!isSupported(type)) throw wrongType(type);
  if (cipher !== "none" && !passphrase) throw noPassphrase();
  const parsed = ssh2.utils.parseKey(armor(block), passphrase);
  if (parsed instanceof Error) throw cipher === "none" ? damaged() : wrongPassphrase();
  try {
    return createPrivateKey(parsed.getPrivatePEM());
  } catch {
    throw damaged();
  }
}

/** The unencrypted part of OpenSSH's format: https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key */
function readContainer(data: Buffer): { cipher: string; type: string } {
  const magic = "openssh-key-v1\0";
  if (data.subarray(0, magic.length).toString("latin1") !== magic) throw damaged();
  const strings = takeStrings(data.subarray(magic.length), 3);
  const rest = data.subarray(magic.length + strings.length);
  // Cipher, kdf and its options come first, then the number of keys, the public part and the private part.
  const parts = wireStrings(rest.subarray(4));
  const type = wireStrings(parts?.[0] ?? Buffer.alloc(0))?.[0]?.toString("latin1");
  if (type === undefined || (parts?.length ?? 0) < 2) throw cutShort();
  return { cipher: strings.fields[0] ?? "", type };
}

function takeStrings(data: Buffer, count: number): { fields: string[]; length: number } {
  const fields: string[] = [];
  let at = 0;
  while (fields.length < count) {
    const end = at + 4 + (at + 4 <= data.length ? data.readUInt32BE(at) : data.length);
    if (end > data.length) throw cutShort();
    fields.push(data.subarray(at + 4, end).toString("latin1"));
    at = end;
  }
  return { fields, length: at };
}

function openPem(block: KeyBlock, passphrase: string | undefined): KeyObject {
  const encrypted = block.cipher !== undefined || block.label === "ENCRYPTED PRIVATE KEY";
  if (encrypted && !passphrase) throw noPassphrase();
  try {
    return createPrivateKey({ key: armor(block), format: "pem", ...(passphrase !== undefined && { passphrase }) });
  } catch {
    throw encrypted ? wrongPassphrase() : damaged();
  }
}

const curves: Readonly<Record<string, PrivateKey["type"]>> = {
  prime256v1: "ecdsa-sha2-nistp256",
  secp384r1: "ecdsa-sha2-nistp384",
  secp521r1: "ecdsa-sha2-nistp521",
};

function describe(key: KeyObject): PrivateKey {
  const type = typeOf(key);
  const blob = publicBlob(key, type);
  return {
    key: exportFor(key, type, blob),
    type,
    publicKey: `${type} ${blob.toString("base64")}`,
    fingerprint: fingerprint(blob),
  };
}

function typeOf(key: KeyObject): PrivateKey["type"] {
  const kind = key.asymmetricKeyType ?? "unknown";
  if (kind === "ed25519") return "ssh-ed25519";
  if (kind === "rsa") return "ssh-rsa";
  const curve = key.asymmetricKeyDetails?.namedCurve ?? "";
  const type = kind === "ec" ? curves[curve] : undefined;
  if (type === undefined) throw wrongType(kind === "ec" ? `ECDSA on the curve ${curve}` : kind);
  return type;
}

/** The public half as RFC 4253 6.6, RFC 5656 3.1 and RFC 8709 4 lay it out. */
function publicBlob(key: KeyObject, type: PrivateKey["type"]): Buffer {
  const jwk = createPublicKey(key).export({ format: "jwk" });
  const part = (value: string | undefined) => Buffer.from(value ?? "", "base64url");
  if (type === "ssh-ed25519") return wire(type, part(jwk.x));
  if (type === "ssh-rsa") return wire(type, positive(part(jwk.e)), positive(part(jwk.n)));
  const point = Buffer.concat([Buffer.from([4]), part(jwk.x), part(jwk.y)]);
  return wire(type, type.replace("ecdsa-sha2-", ""), point);
}

function exportFor(key: KeyObject, type: PrivateKey["type"], blob: Buffer): string {
  if (type === "ssh-rsa") return key.export({ type: "pkcs1", format: "pem" }).toString();
  if (type !== "ssh-ed25519") return key.export({ type: "sec1", format: "pem" }).toString();
  // ssh2 reads Ed25519 only in OpenSSH's own format.
  const jwk = key.export({ format: "jwk" });
  const raw = [jwk.d, jwk.x].map((value) => Buffer.from(value ?? "", "base64url"));
  const check = Buffer.alloc(8, 7);
  const secret = Buffer.concat([check, wire(type, raw[1] ?? "", Buffer.concat(raw), "")]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const body = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    wire("none", "none", ""),
    Buffer.from([0, 0, 0, 1]),
    wire(blob, Buffer.concat([secret, padding])),
  ]);
  return armor({ label: "OPENSSH PRIVATE KEY", body: body.toString("base64") });
}

function wire(...fields: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    fields.flatMap((field) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(field));
      return [length, Buffer.from(field)];
    }),
  );
}

/** An mpint. A zero byte goes in front if the first bit would make the number negative. */
function positive(number: Buffer): Buffer {
  return (number[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), number]) : number;
}

function isSupported(type: string): boolean {
  return type === "ssh-ed25519" || type === "ssh-rsa" || Object.values<string>(curves).includes(type);
}

const noPassphrase = () =>
  keyError(
    "is encrypted, and no passphrase was given",
    "Set `ssh-passphrase` from a secret, or make a key without a passphrase for deployments.",
  );
const wrongPassphrase = () =>
  keyError(
    "cannot be decrypted with the given passphrase",
    "Check `ssh-passphrase`: `ssh-keygen -y -f <key>` asks for it, and prints the public key if it is right.",
  );
const damaged = () => keyError("is damaged between its BEGIN and END lines", pasteAgain);
const cutShort = () => keyError("is cut short", pasteAgain);

function wrongType(type: string) {
  const kind = /^[\w@. -]{1,60}$/.test(type) ? type : "unknown";
  const why = kind.startsWith("sk-") ? "needs a touch on its hardware token" : "servers do not accept";
  return keyError(
    `is of the type ${kind}, which ${why}`,
    "Make a new key with `ssh-keygen -t ed25519 -N '' -f id_woven`, and put id_woven.pub on the servers.",
  );
}
