// The lines that an error tells the user to write into the configuration, with the name of its file.

/** `file`: `woven.toml`, which is the default, or `pyproject.toml`. */
export function toWrite(file: string | undefined, lines: string, what: "exactly" | "for example" = "exactly"): string {
  const table = file === undefined || file === "woven.toml" ? "" : "[tool.woven]\n";
  const sentence = `Write in ${file ?? "woven.toml"}${what === "exactly" ? "" : ", for example"}`;
  return `${sentence}:\n${table}${lines}`;
}
