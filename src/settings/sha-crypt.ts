// Passwords as crypt(3) keeps them, in its form $6$: https://www.akkadia.org/drepper/SHA-crypt.txt. nginx reads this form.
import { createHash } from "node:crypto";

const letters = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const rounds = 5000;

/** `$6$<salt>$<hash>`. The salt has 16 characters of `./0-9A-Za-z` at most. */
export function shaCrypt(password: string, salt: string): string {
  const key = Buffer.from(password);
  const salted = Buffer.from(salt);
  const first = sha(key, salted, key);
  const bits = [...key.length.toString(2)].toReversed();
  let digest = sha(key, salted, repeated(first, key.length), ...bits.map((bit) => (bit === "1" ? first : key)));
  const keys = repeated(sha(...Array.from({ length: key.length }, () => key)), key.length);
  const times = 16 + (digest[0] ?? 0);
  const salts = repeated(sha(...Array.from({ length: times }, () => salted)), salted.length);
  for (let round = 0; round < rounds; round += 1) {
    const odd = round % 2 === 1;
    digest = sha(
      odd ? keys : digest,
      ...(round % 3 === 0 ? [] : [salts]),
      ...(round % 7 === 0 ? [] : [keys]),
      odd ? digest : keys,
    );
  }
  return `$6$${salt}$${encoded(digest)}`;
}

function sha(...parts: readonly Buffer[]): Buffer {
  const hash = createHash("sha512");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The digest again and again, up to this length. */
function repeated(digest: Buffer, length: number): Buffer {
  return Buffer.alloc(length, digest);
}

/** The bytes in the order of the standard, six bits a letter. */
function encoded(digest: Buffer): string {
  const byte = (index: number) => digest[index] ?? 0;
  const groups = Array.from({ length: 21 }, (_, group) => {
    const three = [group, group + 21, group + 42];
    return [0, 1, 2].map((index) => byte(three[(index + group) % 3] ?? 0));
  });
  const words = groups.map(([high = 0, middle = 0, low = 0]) => sixBits((high << 16) | (middle << 8) | low, 4));
  return `${words.join("")}${sixBits(byte(63), 2)}`;
}

function sixBits(value: number, count: number): string {
  return Array.from({ length: count }, (_, index) => letters[(value >> (6 * index)) & 63]).join("");
}
