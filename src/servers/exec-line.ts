// Words of a command for ExecStart= in a unit file (systemd.service(5), "Command lines").

/** One line, each word quoted. Nothing in a word is expanded: no variable, no specifier, no escape. */
export function execLine(words: readonly string[]): string {
  return words.map(execWord).join(" ");
}

function execWord(word: string): string {
  if (word.includes("\0")) throw new TypeError("a word of a command cannot hold a NUL character");
  // A percent sign would begin a specifier, and a dollar sign a variable.
  const plain = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
  if (/^[A-Za-z0-9_@%+=:,./$-]+$/.test(plain)) return plain;
  const quoted = plain
    .replaceAll(/["\\]/g, "\\$&")
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, (character) =>
      [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""),
    );
  return `"${quoted}"`;
}
