// The records of local nodes, with which other processes can list, enter and remove them.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { WovenError } from "../errors.ts";
import { ownerSchema } from "./node-owner.ts";
import { kernelName, nodeDirectory, nodesDirectory, type Places } from "./places.ts";
import { asRoot, rootScript } from "./privileged.ts";

export const loginSchema = v.variant("kind", [
  v.object({ kind: v.literal("root") }),
  v.object({ kind: v.literal("admin"), user: v.string() }),
]);

export const stockSchema = v.object({
  suite: v.picklist(["trixie", "bookworm"]),
  base: v.string(),
  /** Saved layers over the base, the newest first. */
  layers: v.array(v.string()),
  login: loginSchema,
});

/** The base and layers that a node starts from. */
export type Stock = v.InferOutput<typeof stockSchema>;
export type Login = v.InferOutput<typeof loginSchema>;

const recordSchema = v.object({
  ...stockSchema.entries,
  name: v.string(),
  /** Distinguishes this node from others that had the same name. */
  id: v.string(),
  owner: ownerSchema,
  started: v.string(),
  host: v.string(),
  /** The host's end of the node's link. Empty until there is one. */
  link: v.string(),
  port: v.number(),
});

export type NodeRecord = v.InferOutput<typeof recordSchema>;

export const loginUser = (login: Login): string => (login.kind === "root" ? "root" : login.user);

/** Reserves the name. If two processes try it at the same time, one gets the error. */
export async function createRecord(record: NodeRecord, places: Places): Promise<void> {
  const script = `test ! -e "/run/netns/$3"
umask 022
new=$(mktemp -d "$1/.new.XXXXXX"); chmod 755 "$new"
install -d -m 700 "$new/disk"
echo "$4" > "$new/id"
cat > "$new/node.json"
mv -T "$new" "$1/$2" || { rm -rf "$new"; exit 1; }`;
  const values = [nodesDirectory(places), record.name, kernelName(record.name), record.id];
  const made = await asRoot(["sh", "-euc", script, "woven-local", ...values], { input: JSON.stringify(record) });
  if (made.code === 0) return;
  throw new WovenError({
    code: "local-node-name",
    message: `there is already a local node with the name ${record.name}`,
    next: `Use another name, or remove it first: npm run node -- down ${record.name}`,
    output: made.stderr.trim() || undefined,
  });
}

export async function updateRecord(record: NodeRecord, places: Places): Promise<void> {
  const script = 'umask 022; cat > "$1.new"; mv "$1.new" "$1"';
  const path = join(nodeDirectory(places, record.name), "node.json");
  await rootScript(`writing ${path}`, script, [path], { input: JSON.stringify(record) });
}

export async function readRecord(name: string, places: Places): Promise<NodeRecord | undefined> {
  const text = await readFile(join(nodeDirectory(places, name), "node.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = v.safeParse(recordSchema, JSON.parse(text));
  if (parsed.success) return parsed.output;
  throw new WovenError({
    code: "local-node-record",
    message: `the record of the local node ${name} was written by another version of Woven`,
    next: "Remove the node with the version that made it, or reboot this machine and remove the node's folder.",
    file: join(nodeDirectory(places, name), "node.json"),
  });
}

export async function readRecords(places: Places): Promise<readonly NodeRecord[]> {
  const names = await readdir(nodesDirectory(places)).catch(() => []);
  const records = await Promise.all(
    names.filter((name) => !name.startsWith(".")).map((name) => readRecord(name, places)),
  );
  return records.filter((record) => record !== undefined);
}
