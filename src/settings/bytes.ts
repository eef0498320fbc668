// Amounts of memory and of disk space, as systemd writes them: `512M`.

const letters = ["K", "M", "G", "T"];

/** The bytes of an amount that fits `memory` or `diskSpace` of the grammar. */
export function bytesOf(amount: string): number {
  return Number.parseInt(amount, 10) * 1024 ** (letters.indexOf(amount.slice(-1)) + 1);
}
