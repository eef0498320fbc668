// Checks settings with a format of their own: public keys, package repositories, migration targets.
import { distance } from "fastest-levenshtein";
import { fits } from "./grammar.ts";
import { sourceProblem } from "./package-source.ts";
import type { Migrate } from "./settings.ts";

const keyTypes = [
  "ssh-ed25519",
  "ssh-rsa",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "sk-ssh-ed25519@openssh.com",
  "sk-ecdsa-sha2-nistp256@openssh.com",
];

/** One line of authorized_keys without options (sshd(8)). */
export function authorizedKeyProblem(line: string): string | undefined {
  if (line.includes("PRIVATE KEY"))
    return "is a private key, which must never be in a repository: replace the key pair, and write the line of the .pub file";
  const [type = "", body = "", ...comment] = line.split(" ");
  if (!keyTypes.includes(type)) return `is not a public key, which starts with its type, such as ${keyTypes[0]}`;
  if (
    !/^[A-Za-z0-9+/]+={0,2}$/.test(body) ||
    Buffer.from(body, "base64")
      .subarray(4, 4 + type.length)
      .toString("latin1") !== type
  )
    return "is not a complete public key: copy the line of the .pub file again";
  return /^[\x20-\x7e]*$/.test(comment.join(" ")) ? undefined : "has a comment with characters outside ASCII";
}

/** A constraint of pip for one package: `setuptools<66`, `Cython>=0.29,<3 ; python_version < "3.12"`. */
export function buildConstraintProblem(text: string): string | undefined {
  const number = "\\s*(===?|!=|~=|<=?|>=?)\\s*[\\w.!+*-]+\\s*";
  const [, versions = "", rest] = /^[A-Za-z0-9][\w.-]*([^;@]*)(;.*)?$/.exec(text) ?? [];
  const isRight = new RegExp(`^${number}(,${number})*$`).test(versions) && !/[\r\n]/.test(rest ?? "");
  return isRight ? undefined : "is not a package with versions, such as setuptools<66";
}

/** `ppa:owner/name`, or a source in the deb822 format (sources.list(5)). */
export function repositoryProblem(repository: string): string | undefined {
  if (repository.startsWith("ppa:"))
    return /^ppa:[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*$/.test(repository) ? undefined : "is not ppa:owner/name";
  if (/^deb(-src)?\s/.test(repository))
    return "is a one-line source: write it as fields, Types, URIs, Suites, Components and Signed-By, one on each line";
  return sourceProblem(repository);
}

const migrateKinds = ["auto", "none", "fake", "manual"] as const;

/** The meaning of a migrate setting, or undefined if it has none. */
export function parseMigrate(text: string): Migrate | undefined {
  const kind = migrateKinds.find((known) => known === text);
  if (kind !== undefined) return { kind };
  const [app = "", migration, ...more] = text.trim().split(/\s+/);
  if (!fits("appLabel", app) || more.length > 0) return undefined;
  if (migration === undefined) return { kind: "target", app };
  return fits("migration", migration) ? { kind: "target", app, migration } : undefined;
}

/** The word that was probably meant, if an app's label is a misspelling of one of them: `atuo`, `Auto`, `non`. */
export function migrateSlip(app: string): (typeof migrateKinds)[number] | undefined {
  const plain = app.toLowerCase();
  const swapped = [...plain].map(
    (letter, at) => `${plain.slice(0, at)}${plain[at + 1] ?? ""}${letter}${plain.slice(at + 2)}`,
  );
  return migrateKinds.find((known) => distance(plain, known) <= 1 || swapped.includes(known));
}

export function migrateProblem(text: string): string | undefined {
  return parseMigrate(text) === undefined
    ? `is none of ${migrateKinds.join(", ")}, nor an app and a migration such as "catalogue 0003"`
    : undefined;
}
