import { i as __toESM } from "./rolldown-runtime.js";
import { t as require_lib } from "./lib.js";
import { n as WovenError } from "./errors.js";
import { o as wireStrings, t as fingerprint } from "./known-hosts.js";
import { createPrivateKey, createPublicKey } from "node:crypto";

// src/node/key-text.ts
var import_lib = /* @__PURE__ */ __toESM(require_lib(), 1);
/**
* Finds the private key block in a text. Newlines may be CRLF, a literal `\n`, blanks or missing. The text may be indented, quoted,
* begin with a BOM, or be base64 as a whole. Throws WovenError `ssh-key`, which says what the text is instead.
*/
function findKeyBlock(text) {
	const clean = unwrapBase64(unquote(text));
	const blocks = readBlocks(clean);
	const found = blocks.find((block) => block.label.endsWith("PRIVATE KEY"));
	if (found === void 0) throw notPrivate(clean, blocks);
	if (!/^[A-Za-z0-9+/]+={0,2}$/.test(found.body)) throw keyError("is damaged: it has more than base64 between its BEGIN and END lines", pasteAgain);
	return found;
}
/** The block in the form that every parser reads. */
function armor(block) {
	const rows = block.body.match(/.{1,64}/g) ?? [];
	const head = block.cipher === void 0 ? [] : [
		"Proc-Type: 4,ENCRYPTED",
		`DEK-Info: ${block.cipher}`,
		""
	];
	return [
		`-----BEGIN ${block.label}-----`,
		...head,
		...rows,
		`-----END ${block.label}-----`,
		""
	].join("\n");
}
/** An error about the ssh-key input. `what` and `next` must never hold any text of the key. */
function keyError(what, next) {
	return new WovenError({
		code: "ssh-key",
		message: `the ssh-key input ${what}`,
		next
	});
}
const pasteAgain = "Paste the whole file of the private key, from its -----BEGIN line to its -----END line, into the secret again: `gh secret set SSH_KEY < ~/.ssh/id_ed25519`.";
const openssh = "OPENSSH PRIVATE KEY";
const opensshMagic = "b3BlbnNzaC1rZXktdj";
function unquote(text) {
	let clean = text.replace(/^\uFEFF/, "").trim();
	const quoted = /^(["'`])([\s\S]*)\1$/.exec(clean);
	if (quoted) clean = (quoted[2] ?? "").trim();
	return clean.replace(/(\\+r)?\\+n/g, "\n").replace(/\\+r|\r\n?/g, "\n").trim();
}
function unwrapBase64(text) {
	const joined = text.replace(/\s/g, "");
	if (!/^[A-Za-z0-9+/]{40,}={0,2}$/.test(joined)) return text;
	if (joined.startsWith(opensshMagic)) return `-----BEGIN ${openssh}-----\n${joined}\n-----END ${openssh}-----`;
	const inner = Buffer.from(joined, "base64").toString("latin1");
	return /-----BEGIN |PuTTY-User-Key-File/.test(inner) ? unquote(inner) : text;
}
function readBlocks(text) {
	return [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g)].map(([, label = "", inside = ""]) => readBlock(label, inside));
}
const legacyHeader = /Proc-Type:\s*4,\s*ENCRYPTED\s*DEK-Info:\s*(AES-\d+-[A-Z]+,[0-9A-Fa-f]{32}|DES[A-Z0-9-]*,[0-9A-Fa-f]{16})/;
function readBlock(label, inside) {
	const header = legacyHeader.exec(inside);
	return {
		label,
		body: inside.replace(legacyHeader, "").replace(/\s/g, ""),
		...header?.[1] !== void 0 && { cipher: header[1] }
	};
}
const publicKey = /(^|\s)(ssh-(ed25519|rsa|dss)|ecdsa-sha2-nistp\d+|sk-[\w-]+@openssh\.com)\s+AAAA/;
function notPrivate(text, blocks) {
	if (text === "") return keyError("is empty", `${emptySecret} ${pasteAgain}`);
	if (/^PuTTY-User-Key-File-/m.test(text)) return keyError("is a PuTTY key (.ppk)", "Convert it with `puttygen key.ppk -O private-openssh -o id_woven`, and give id_woven.");
	return notPrivateBlock(text, blocks) ?? notPrivateLine(text) ?? keyError("is not a private key", "Paste the whole file of the private key, from its -----BEGIN line to its -----END line, into the secret again: `gh secret set SSH_KEY < ~/.ssh/id_ed25519`.");
}
const emptySecret = "Check the name of the secret. A secret that does not exist, or that a fork's workflow may not read, is an empty text.";
function notPrivateBlock(text, blocks) {
	const labels = blocks.map((block) => block.label);
	if (labels.some((label) => label.endsWith("PUBLIC KEY")) || /BEGIN SSH2 PUBLIC KEY/.test(text)) return keyError("is a public key", givePrivate);
	if (labels.some((label) => label.includes("CERTIFICATE"))) return keyError("is a certificate, not a key", givePrivate);
	if (/BEGIN SSH2 (ENCRYPTED )?PRIVATE KEY/.test(text)) return keyError("is a key of ssh.com (SSH2)", "Convert it with `ssh-keygen -i -f key > id_woven`, and give id_woven.");
	if (/-----(BEGIN|END) [A-Z0-9 ]*PRIVATE KEY/.test(text)) return keyError("is cut short: its -----BEGIN or its -----END line is missing", pasteAgain);
}
function notPrivateLine(text) {
	if (/-cert-v0\d@openssh\.com\s+AAAA/.test(text)) return keyError("is an SSH certificate, not a key", givePrivate);
	if (/^(ssh-|ecdsa-|sk-)/.test(text) && publicKey.test(text)) return keyError("is a public key", givePrivate);
	if (publicKey.test(text)) return keyError("is a line of known_hosts: the key of a server", `Put that line into the \`known-hosts\` input. ${givePrivate}`);
	if (/^SHA256:/.test(text)) return keyError("is a fingerprint", givePrivate);
	if (/^[~./\w-]*\/[\w./-]+$/.test(text) && text.length < 200) return keyError("looks like the path of a key", "Give the key itself: the runner does not have your files.");
}
const givePrivate = "Give the private key: the file without .pub, which begins with -----BEGIN … PRIVATE KEY-----.";

// src/node/private-key.ts
/**
* Reads a key as users paste it (findKeyBlock repairs the text): Ed25519, RSA or ECDSA, in OpenSSH's own format, PKCS#1, SEC 1 or
* PKCS#8. Decrypts an encrypted key. Throws WovenError `ssh-key`.
*/
function readPrivateKey(text, passphrase) {
	const block = findKeyBlock(text);
	return describe(block.label === "OPENSSH PRIVATE KEY" ? openOpenSsh(block, passphrase) : openPem(block, passphrase));
}
function openOpenSsh(block, passphrase) {
	const { cipher, type } = readContainer(Buffer.from(block.body, "base64"));
	if (!isSupported(type)) throw wrongType(type);
	if (cipher !== "none" && !passphrase) throw noPassphrase();
	const parsed = import_lib.default.utils.parseKey(armor(block), passphrase);
	if (parsed instanceof Error) throw cipher === "none" ? damaged() : wrongPassphrase();
	try {
		return createPrivateKey(parsed.getPrivatePEM());
	} catch {
		throw damaged();
	}
}
/** The unencrypted part of OpenSSH's format: https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key */
function readContainer(data) {
	if (data.subarray(0, 15).toString("latin1") !== "openssh-key-v1\0") throw damaged();
	const strings = takeStrings(data.subarray(15), 3);
	const rest = data.subarray(15 + strings.length);
	const parts = wireStrings(rest.subarray(4));
	const type = wireStrings(parts?.[0] ?? Buffer.alloc(0))?.[0]?.toString("latin1");
	if (type === void 0 || (parts?.length ?? 0) < 2) throw cutShort();
	return {
		cipher: strings.fields[0] ?? "",
		type
	};
}
function takeStrings(data, count) {
	const fields = [];
	let at = 0;
	while (fields.length < count) {
		const end = at + 4 + (at + 4 <= data.length ? data.readUInt32BE(at) : data.length);
		if (end > data.length) throw cutShort();
		fields.push(data.subarray(at + 4, end).toString("latin1"));
		at = end;
	}
	return {
		fields,
		length: at
	};
}
function openPem(block, passphrase) {
	const encrypted = block.cipher !== void 0 || block.label === "ENCRYPTED PRIVATE KEY";
	if (encrypted && !passphrase) throw noPassphrase();
	try {
		return createPrivateKey({
			key: armor(block),
			format: "pem",
			...passphrase !== void 0 && { passphrase }
		});
	} catch {
		throw encrypted ? wrongPassphrase() : damaged();
	}
}
const curves = {
	prime256v1: "ecdsa-sha2-nistp256",
	secp384r1: "ecdsa-sha2-nistp384",
	secp521r1: "ecdsa-sha2-nistp521"
};
function describe(key) {
	const type = typeOf(key);
	const blob = publicBlob(key, type);
	return {
		key: exportFor(key, type, blob),
		type,
		publicKey: `${type} ${blob.toString("base64")}`,
		fingerprint: fingerprint(blob)
	};
}
function typeOf(key) {
	const kind = key.asymmetricKeyType ?? "unknown";
	if (kind === "ed25519") return "ssh-ed25519";
	if (kind === "rsa") return "ssh-rsa";
	const curve = key.asymmetricKeyDetails?.namedCurve ?? "";
	const type = kind === "ec" ? curves[curve] : void 0;
	if (type === void 0) throw wrongType(kind === "ec" ? `ECDSA on the curve ${curve}` : kind);
	return type;
}
/** The public half as RFC 4253 6.6, RFC 5656 3.1 and RFC 8709 4 lay it out. */
function publicBlob(key, type) {
	const jwk = createPublicKey(key).export({ format: "jwk" });
	const part = (value) => Buffer.from(value ?? "", "base64url");
	if (type === "ssh-ed25519") return wire(type, part(jwk.x));
	if (type === "ssh-rsa") return wire(type, positive(part(jwk.e)), positive(part(jwk.n)));
	const point = Buffer.concat([
		Buffer.from([4]),
		part(jwk.x),
		part(jwk.y)
	]);
	return wire(type, type.replace("ecdsa-sha2-", ""), point);
}
function exportFor(key, type, blob) {
	if (type === "ssh-rsa") return key.export({
		type: "pkcs1",
		format: "pem"
	}).toString();
	if (type !== "ssh-ed25519") return key.export({
		type: "sec1",
		format: "pem"
	}).toString();
	const jwk = key.export({ format: "jwk" });
	const raw = [jwk.d, jwk.x].map((value) => Buffer.from(value ?? "", "base64url"));
	const check = Buffer.alloc(8, 7);
	const secret = Buffer.concat([check, wire(type, raw[1] ?? "", Buffer.concat(raw), "")]);
	const padding = Buffer.from(Array.from({ length: (8 - secret.length % 8) % 8 }, (_, index) => index + 1));
	const body = Buffer.concat([
		Buffer.from("openssh-key-v1\0"),
		wire("none", "none", ""),
		Buffer.from([
			0,
			0,
			0,
			1
		]),
		wire(blob, Buffer.concat([secret, padding]))
	]);
	return armor({
		label: "OPENSSH PRIVATE KEY",
		body: body.toString("base64")
	});
}
function wire(...fields) {
	return Buffer.concat(fields.flatMap((field) => {
		const length = Buffer.alloc(4);
		length.writeUInt32BE(Buffer.byteLength(field));
		return [length, Buffer.from(field)];
	}));
}
/** An mpint. A zero byte goes in front if the first bit would make the number negative. */
function positive(number) {
	return (number[0] ?? 0) & 128 ? Buffer.concat([Buffer.from([0]), number]) : number;
}
function isSupported(type) {
	return type === "ssh-ed25519" || type === "ssh-rsa" || Object.values(curves).includes(type);
}
const noPassphrase = () => keyError("is encrypted, and no passphrase was given", "Set `ssh-passphrase` from a secret, or make a key without a passphrase for deployments.");
const wrongPassphrase = () => keyError("cannot be decrypted with the given passphrase", "Check `ssh-passphrase`: `ssh-keygen -y -f <key>` asks for it, and prints the public key if it is right.");
const damaged = () => keyError("is damaged between its BEGIN and END lines", pasteAgain);
const cutShort = () => keyError("is cut short", pasteAgain);
function wrongType(type) {
	const kind = /^[\w@. -]{1,60}$/.test(type) ? type : "unknown";
	const why = kind.startsWith("sk-") ? "needs a touch on its hardware token" : "servers do not accept";
	return keyError(`is of the type ${kind}, which ${why}`, "Make a new key with `ssh-keygen -t ed25519 -N '' -f id_woven`, and put id_woven.pub on the servers.");
}

export { readPrivateKey };