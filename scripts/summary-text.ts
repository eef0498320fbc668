// A job summary for a terminal: GitHub's Markdown with its tables in columns, and what is folded there left out here.

/** The text of `markdown`, readable as it stands. */
export function summaryText(markdown: string): string {
  const unfolded = markdown.replaceAll(/<details>\s*<summary>(.*?)<\/summary>.*?<\/details>/gs, "▸ $1");
  const plain = unfolded
    .replaceAll(/<(https?:[^>]*)>/g, "$1")
    .replaceAll(/<\/?[a-z][^>]*>/g, "")
    .replaceAll(/\\([^\w\s])/g, "$1");
  return plain
    .replaceAll(/^\|.*\|\n(?:^\|.*\|(?:\n|$))*/gm, columns)
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}

function columns(table: string): string {
  const rows = table
    .trim()
    .split("\n")
    .filter((line) => !/^[|\s:-]+$/.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return `${rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")}\n`;
}
