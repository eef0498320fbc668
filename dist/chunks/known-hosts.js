import { createHash, createHmac } from "node:crypto";

// src/node/known-hosts.ts
/** Reads the whole text. Never throws: a wrong line becomes a problem with its number. */
function parseKnownHosts(text) {
	const entries = [];
	const problems = [];
	const rows = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r|\\n/);
	for (const [index, row] of rows.entries()) {
		const line = index + 1;
		if (/^\s*(#|$)/.test(row)) continue;
		const read = readLine(row.trim(), line);
		if ("key" in read) entries.push(read);
		else problems.push({
			where: `input known-hosts, line ${line}`,
			line,
			...read
		});
	}
	return {
		entries,
		problems
	};
}
/**
* The keys that count for a host, as in OpenSSH. Entries for `[host]:port` come first. A key pinned without a port counts for each
* port that has no entries. A revoked key is revoked on every port.
*/
function lookup(entries, host, port) {
	const name = host.toLowerCase();
	const withPort = port === 22 ? name : `[${name}]:${port}`;
	const exact = entries.filter((entry) => matches(entry.hosts, withPort));
	const bare = entries.filter((entry) => matches(entry.hosts, name));
	const marked = (list, marker) => list.filter((entry) => entry.marker === marker);
	const preferExact = (marker) => {
		const found = marked(exact, marker);
		return found.length > 0 ? found : marked(bare, marker);
	};
	return {
		pinned: preferExact(),
		revoked: marked([.../* @__PURE__ */ new Set([...exact, ...bare])], "revoked"),
		authorities: preferExact("cert-authority")
	};
}
/** `SHA256:…` as `ssh-keygen -l` prints it. */
function fingerprint(blob) {
	return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}
/** The line to pin a key with: `host type key`, or `[host]:port type key` off port 22. */
function knownHostsLine(host, port, key) {
	return `${(port === 22 ? host : `[${host}]:${port}`).toLowerCase()} ${key.type} ${key.blob.toString("base64")}`;
}
/** A key from its base64. Undefined if it is cut short or is not of the given type. */
function readHostKey(type, base64) {
	if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return void 0;
	const blob = Buffer.from(base64, "base64");
	if (blob.toString("base64").replace(/=+$/, "") !== base64.replace(/=+$/, "")) return void 0;
	const fields = wireStrings(blob);
	return fields !== void 0 && fields.length > 1 && fields[0]?.toString("latin1") === type ? {
		type,
		blob
	} : void 0;
}
/** The kinds of host keys that Woven can check. It cannot check certificates and keys on hardware tokens. */
const hostKeyTypes = [
	"ssh-ed25519",
	"ecdsa-sha2-nistp256",
	"ecdsa-sha2-nistp384",
	"ecdsa-sha2-nistp521",
	"ssh-rsa"
];
/** The keys in a public key file, one `type base64 comment` a line. Skips all other lines: a node may send anything. */
function readPublicKeys(text) {
	return text.split(/[\r\n]+/).flatMap((line) => {
		const [type = "", base64 = ""] = line.trim().split(/[ \t]+/);
		return hostKeyTypes.includes(type) ? readHostKey(type, base64) ?? [] : [];
	});
}
/** A blob as the list of its length-prefixed strings (RFC 4251, 5). Undefined if the last one is incomplete. */
function wireStrings(blob) {
	const fields = [];
	let at = 0;
	while (at < blob.length) {
		if (at + 4 > blob.length) return void 0;
		const end = at + 4 + blob.readUInt32BE(at);
		if (end > blob.length) return void 0;
		fields.push(blob.subarray(at + 4, end));
		at = end;
	}
	return fields;
}
const keyType = /^(ssh-|ecdsa-|sk-|rsa-sha2-)/;
function readLine(row, line) {
	const words = row.split(/[ \t]+/);
	const marker = (words[0] ?? "").startsWith("@") ? words.shift() : void 0;
	if (marker !== void 0 && marker !== "@cert-authority" && marker !== "@revoked") return {
		what: "begins with an unknown marker",
		next: "The markers are @cert-authority and @revoked."
	};
	const [hosts = "", type = "", base64 = ""] = words;
	const wrong = misplaced(row, hosts, type, base64);
	if (wrong) return wrong;
	const patterns = readPatterns(hosts);
	if (patterns === void 0) return {
		what: "has a hashed host name that is not |1|salt|hash",
		next: rewrite
	};
	const key = readHostKey(type, base64);
	if (key === void 0) return {
		what: `holds no whole key of the type ${printable(type)}`,
		next: rewrite
	};
	return {
		line,
		hosts: patterns,
		key,
		...marker && { marker: marker === "@revoked" ? "revoked" : "cert-authority" }
	};
}
const rewrite = "Write `host type key` on one line, as `ssh-keyscan <host>` prints it.";
function misplaced(row, hosts, type, base64) {
	if (/-----(BEGIN|END)|PRIVATE KEY/.test(row)) return {
		what: "is a part of a private key",
		next: `Put private keys into the \`ssh-key\` input only. ${rewrite}`
	};
	if (keyType.test(hosts) && /^AAAA/.test(type)) return {
		what: "is a public key without the host it belongs to",
		next: `Put the host's name in front. ${rewrite}`
	};
	if (/^SHA256:/.test(hosts) || /^(SHA256|MD5):/.test(type)) return {
		what: "is a fingerprint; known_hosts needs the whole key",
		next: rewrite
	};
	if (/^\d+$/.test(type)) return {
		what: "is a key of SSH 1, which no server uses any more",
		next: rewrite
	};
	if (base64 === "") return {
		what: "is not `host type key`",
		next: rewrite
	};
}
function readPatterns(hosts) {
	if (hosts.startsWith("|")) {
		const [, salt = "", hash = ""] = /^\|1\|([A-Za-z0-9+/]+=*)\|([A-Za-z0-9+/]+=*)$/.exec(hosts) ?? [];
		const hashed = {
			kind: "hashed",
			salt: Buffer.from(salt, "base64"),
			hash: Buffer.from(hash, "base64")
		};
		return hashed.hash.length === 20 ? hashed : void 0;
	}
	const all = hosts.toLowerCase().split(",").filter(Boolean).map((pattern) => pattern.replace(/\[(.+)\]:22$/, "$1"));
	return {
		kind: "globs",
		globs: all.filter((pattern) => !pattern.startsWith("!")),
		exceptions: all.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1))
	};
}
function matches(hosts, name) {
	if (hosts.kind === "hashed") return createHmac("sha1", hosts.salt).update(name).digest().equals(hosts.hash);
	const hits = (pattern) => globMatches(pattern, name);
	return hosts.globs.some(hits) && !hosts.exceptions.some(hits);
}
/** `*` and `?` as in ssh_config(5) PATTERNS; in linear time, because a user writes the patterns. */
function globMatches(glob, name) {
	let at = 0;
	let star = -1;
	let retry = 0;
	for (let index = 0; index < name.length;) if (glob[at] === "*") {
		star = at++;
		retry = index;
	} else if (glob[at] === "?" || glob[at] === name[index]) {
		at++;
		index++;
	} else if (star >= 0) {
		at = star + 1;
		index = ++retry;
	} else return false;
	while (glob[at] === "*") at++;
	return at === glob.length;
}
function printable(word) {
	return word.slice(0, 40).replace(/[^\x21-\x7e]/g, "?");
}

export { readPublicKeys as a, parseKnownHosts as i, knownHostsLine as n, wireStrings as o, lookup as r, fingerprint as t };