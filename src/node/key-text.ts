// Repairs what secret stores, terminals and YAML do to the text of a private key, and says what a text is that is no private key.

import { WovenError } from "../errors.ts";

/** One PEM block: its label, its legacy encryption header if there is one, and its base64 without blanks. */
export interface KeyBlock {
  readonly label: string;
  readonly cipher?: string;
  readonly body: string;
}

/**
 * Finds the private key block in a text. Newlines may be CRLF, a literal `\n`, blanks or missing. The text may be indented, quoted,
 * begin with a BOM, or be base64 as a whole. Throws WovenError `ssh-key`, which says what the text is instead.
 */
export function findKeyBlock(text: string): KeyBlock {
  const clean = unwrapBase64(unquote(text));
  const blocks = readBlocks(clean);
  const found = blocks.find((block) => block.label.endsWith("PRIVATE KEY"));
  if (found === undefined) throw notPrivate(clean, blocks);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(found.body)) {
    throw keyError("is damaged: it has more than base64 between its BEGIN and END lines", pasteAgain);
  }
  return found;
}

/** The block in the form that every parser reads. */
export function armor(block: KeyBlock): string {
  const rows = block.body.match(/.{1,64}/g) ?? [];
  const head = block.cipher === undefined ? [] : ["Proc-Type: 4,ENCRYPTED", `DEK-Info: ${block.cipher}`, ""];
  return [`-----BEGIN ${block.label}-----`, ...head, ...rows, `-----END ${block.label}-----`, ""].join("\n");
}

/** An error about the ssh-key input. `what` and `next` must never hold any text of the key. */
export function keyError(what: string, next: string): WovenError {
  return new WovenError({ code: "ssh-key", message: `the ssh-key input ${what}`, next });
}

export const pasteAgain =
  "Paste the whole file of the private key, from its -----BEGIN line to its -----END line, into the secret again: `gh secret set SSH_KEY < ~/.ssh/id_ed25519`.";

const openssh = "OPENSSH PRIVATE KEY";
// The first bytes of every OpenSSH key, "openssh-key-v1", in base64 (PROTOCOL.key).
const opensshMagic = "b3BlbnNzaC1rZXktdj";

function unquote(text: string): string {
  let clean = text.replace(/^\uFEFF/, "").trim();
  const quoted = /^(["'`])([\s\S]*)\1$/.exec(clean);
  if (quoted) clean = (quoted[2] ?? "").trim();
  return clean
    .replace(/(\\+r)?\\+n/g, "\n")
    .replace(/\\+r|\r\n?/g, "\n")
    .trim();
}

function unwrapBase64(text: string): string {
  const joined = text.replace(/\s/g, "");
  if (!/^[A-Za-z0-9+/]{40,}={0,2}$/.test(joined)) return text;
  if (joined.startsWith(opensshMagic)) return `-----BEGIN ${openssh}-----\n${joined}\n-----END ${openssh}-----`;
  const inner = Buffer.from(joined, "base64").toString("latin1");
  return /-----BEGIN |PuTTY-User-Key-File/.test(inner) ? unquote(inner) : text;
}

function readBlocks(text: string): KeyBlock[] {
  const blocks = text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g);
  return [...blocks].map(([, label = "", inside = ""]) => readBlock(label, inside));
}

// The legacy header names a cipher and its IV in hex. If the newlines are missing, only the cipher says where the IV ends.
const legacyHeader =
  /Proc-Type:\s*4,\s*ENCRYPTED\s*DEK-Info:\s*(AES-\d+-[A-Z]+,[0-9A-Fa-f]{32}|DES[A-Z0-9-]*,[0-9A-Fa-f]{16})/;

function readBlock(label: string, inside: string): KeyBlock {
  const header = legacyHeader.exec(inside);
  const body = inside.replace(legacyHeader, "").replace(/\s/g, "");
  return { label, body, ...(header?.[1] !== undefined && { cipher: header[1] }) };
}

const publicKey = /(^|\s)(ssh-(ed25519|rsa|dss)|ecdsa-sha2-nistp\d+|sk-[\w-]+@openssh\.com)\s+AAAA/;

function notPrivate(text: string, blocks: readonly KeyBlock[]): WovenError {
  if (text === "") return keyError("is empty", `${emptySecret} ${pasteAgain}`);
  if (/^PuTTY-User-Key-File-/m.test(text)) {
    return keyError(
      "is a PuTTY key (.ppk)",
      "Convert it with `puttygen key.ppk -O private-openssh -o id_woven`, and give id_woven.",
    );
  }
  return notPrivateBlock(text, blocks) ?? notPrivateLine(text) ?? keyError("is not a private key", pasteAgain);
}

const emptySecret =
  "Check the name of the secret. A secret that does not exist, or that a fork's workflow may not read, is an empty text.";

function notPrivateBlock(text: string, blocks: readonly KeyBlock[]): WovenError | undefined {
  const labels = blocks.map((block) => block.label);
  if (labels.some((label) => label.endsWith("PUBLIC KEY")) || /BEGIN SSH2 PUBLIC KEY/.test(text)) {
    return keyError("is a public key", givePrivate);
  }
  if (labels.some((label) => label.includes("CERTIFICATE")))
    return keyError("is a certificate, not a key", givePrivate);
  if (/BEGIN SSH2 (ENCRYPTED )?PRIVATE KEY/.test(text)) {
    return keyError(
      "is a key of ssh.com (SSH2)",
      "Convert it with `ssh-keygen -i -f key > id_woven`, and give id_woven.",
    );
  }
  if (/-----(BEGIN|END) [A-Z0-9 ]*PRIVATE KEY/.test(text)) {
    return keyError("is cut short: its -----BEGIN or its -----END line is missing", pasteAgain);
  }
  return undefined;
}

function notPrivateLine(text: string): WovenError | undefined {
  if (/-cert-v0\d@openssh\.com\s+AAAA/.test(text)) return keyError("is an SSH certificate, not a key", givePrivate);
  if (/^(ssh-|ecdsa-|sk-)/.test(text) && publicKey.test(text)) return keyError("is a public key", givePrivate);
  if (publicKey.test(text)) {
    return keyError(
      "is a line of known_hosts: the key of a server",
      `Put that line into the \`known-hosts\` input. ${givePrivate}`,
    );
  }
  if (/^SHA256:/.test(text)) return keyError("is a fingerprint", givePrivate);
  if (/^[~./\w-]*\/[\w./-]+$/.test(text) && text.length < 200) {
    return keyError("looks like the path of a key", "Give the key itself: the runner does not have your files.");
  }
  return undefined;
}

const givePrivate = "Give the private key: the file without .pub, which begins with -----BEGIN … PRIVATE KEY-----.";
