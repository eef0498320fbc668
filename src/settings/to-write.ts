// The lines that an error tells the user to write into the configuration, with the name of its file.

/** `file`: `woven.toml`, which is the default, or `pyproject.toml`. */
export function toWrite(file: string | undefined, lines: string): string {
  const table = file === undefined || file === "woven.toml" ? "" : "[tool.woven]\n";
  return `Write in ${file ?? "woven.toml"}:\n${table}${lines}`;
}
