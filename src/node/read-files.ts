// Files of a node as they are, read as root.
import { WovenError } from "../errors.ts";
import type { Host } from "./host.ts";
import { sh } from "./sh.ts";

export interface NodeFile {
  readonly content: string;
  /** Octal: `644`. */
  readonly mode: string;
  readonly group: string;
}

const read = sh`for file in "$@"; do
  [ -f "$file" ] || { echo "$file is not there" >&2; exit 1; }
  printf '%s %s %s %s\n' "$(printf '%s' "$file" | base64 -w0)" "$(stat -c '%a %G' "$file")" "$(base64 -w0 <"$file")"
done`;

/** Contents and modes by path, in one round trip. Throws `file-missing` where one of them is not there. */
export async function readFiles(host: Host, paths: readonly string[]): Promise<ReadonlyMap<string, NodeFile>> {
  const { code, stdout, stderr } = await host.root(read, { args: paths, timeoutSeconds: 60 });
  if (code !== 0) {
    throw new WovenError({
      code: "file-missing",
      message: `configuration of the live release cannot be read on ${host.name}: ${stderr.trim()}`,
      state: "Nothing was changed.",
      next: "Deploy the version again with overwrite: true: that writes all of its configuration.",
      node: host.name,
    });
  }
  const decoded = (text = "") => Buffer.from(text, "base64").toString("utf8");
  const lines = stdout.split("\n").filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const [path, mode = "644", group = "root", content] = line.split(" ");
      return [decoded(path), { content: decoded(content), mode, group }];
    }),
  );
}
