// Checks a package source in the deb822 format (sources.list(5)). Without this check, apt would report a mistake late, on the node.

const known = ["Types", "URIs", "Suites", "Components", "Architectures", "Signed-By", "Enabled", "Trusted"];

/** What is wrong with a source, as text after it. */
export function sourceProblem(source: string): string | undefined {
  const fields = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of source.trim().split(/\r?\n/)) {
    if (line.trim() === "") return "has an empty line: in a key, write a blank and a dot instead";
    const [, name, value = ""] = /^([A-Za-z-]+):\s*(.*)$/.exec(line) ?? [];
    if (/^\s/.test(line)) current?.push(line.trim());
    else if (name === undefined || !known.includes(name)) return strange(line);
    else if (fields.has(name)) return `has ${name} twice`;
    else {
      current = value === "" ? [] : [value.trim()];
      fields.set(name, current);
    }
  }
  const missing = ["Types", "URIs", "Suites", "Signed-By"].filter((name) => (fields.get(name) ?? []).length === 0);
  if (missing.length > 0) return `is a source without ${missing.join(" and ")}`;
  if (fields.has("Trusted"))
    return "turns off the check of signatures with Trusted: use Signed-By with the key instead";
  const words = (name: string) => (fields.get(name) ?? []).join(" ").split(/\s+/).filter(Boolean);
  return (
    typesProblem(words("Types")) ??
    addressProblem(words("URIs")) ??
    suitesProblem(words("Suites"), words("Components")) ??
    keyProblem(fields.get("Signed-By") ?? [])
  );
}

function strange(line: string): string {
  return /^(-----|=?[A-Za-z0-9+/]{4,}={0,2}$)/.test(line)
    ? "has lines of a key that do not begin with a blank: indent every line after Signed-By"
    : `is neither ppa:owner/name nor a source with fields (${known.slice(0, 4).join(", ")}, Signed-By)`;
}

function typesProblem(types: readonly string[]): string | undefined {
  const other = types.find((type) => type !== "deb" && type !== "deb-src");
  return other === undefined ? undefined : `has ${JSON.stringify(other)} in Types, which must be deb`;
}

function addressProblem(addresses: readonly string[]): string | undefined {
  const isAddress = (text: string) =>
    /^https?:\/\/[A-Za-z0-9[][A-Za-z0-9._~:/%@+[\]-]*$/.test(text) && URL.canParse(text);
  const other = addresses.find((address) => !isAddress(address));
  return other === undefined ? undefined : `has URIs that are not http or https addresses: ${other}`;
}

function suitesProblem(suites: readonly string[], components: readonly string[]): string | undefined {
  const exact = suites.filter((suite) => suite.endsWith("/"));
  if (exact.length === 0) return components.length > 0 ? undefined : "is a source without Components, such as main";
  return components.length === 0 ? undefined : `has Components, but the suite ${exact[0]} has none`;
}

/** Checks Signed-By: a key in ASCII armour (RFC 9580, 6.2), a key's path on the node, or fingerprints of keys that apt has. */
function keyProblem(lines: readonly string[]): string | undefined {
  const text = lines.join("\n");
  if (text.includes("PRIVATE KEY"))
    return "has a private key in Signed-By, which must never be in a repository: replace the key pair, and write the public key";
  if (!text.includes("-----BEGIN")) return pathProblem(text.split(/[\s,]+/));
  const armour = /-----BEGIN PGP PUBLIC KEY BLOCK-----\n([\s\S]*?)\n-----END PGP PUBLIC KEY BLOCK-----/.exec(text)?.[1];
  if (armour === undefined)
    return "has no whole PGP public key in Signed-By: copy all of it, from -----BEGIN to -----END";
  const body = armour.split("\n").filter((line) => line !== "." && !/^[A-Za-z]+: /.test(line) && !line.startsWith("="));
  const bytes = Buffer.from(body.join(""), "base64");
  // The first packet of a key is its public part: tag 6, in the old or the new form (RFC 9580, 4.2).
  const tag = (bytes[0] ?? 0) & 0x40 ? (bytes[0] ?? 0) & 0x3f : ((bytes[0] ?? 0) & 0x3c) >> 2;
  const whole = /^[A-Za-z0-9+/]+={0,2}$/.test(body.join("")) && bytes.length > 40 && tag === 6;
  return whole ? undefined : "has a text in Signed-By that is no PGP public key: copy the key again";
}

function pathProblem(words: readonly string[]): string | undefined {
  const [first = ""] = words;
  if (/^https?:/.test(first))
    return `has a URL in Signed-By, but apt fetches no keys: copy the key itself from ${first}`;
  const right = words.every((word) => /^\/[^\s]+\.(gpg|asc|pgp)$/.test(word) || /^[0-9A-Fa-f]{40}!?$/.test(word));
  return right
    ? undefined
    : `has ${JSON.stringify(first)} in Signed-By, which is neither a key, nor a key's path on the server, nor a fingerprint`;
}
