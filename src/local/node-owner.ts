// The owner of a local node: a process, known by its id and its start time, because ids are reused.
import { readFile } from "node:fs/promises";
import * as v from "valibot";

const processSchema = v.object({
  kind: v.literal("process"),
  pid: v.number(),
  /** Clock ticks after boot: field 22 of proc_pid_stat(5). */
  started: v.string(),
  boot: v.string(),
});

// A node without an owner stays until it is taken down. But no node survives a reboot of this machine.
export const ownerSchema = v.variant("kind", [
  processSchema,
  v.object({ kind: v.literal("nobody"), boot: v.string() }),
]);

export type Owner = v.InferOutput<typeof ownerSchema>;

const bootId = async (): Promise<string> => (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();

/** The process `pid`, or this one. If it has ended, the next process that starts a node removes its nodes. */
export async function processOwner(pid = process.pid): Promise<Owner> {
  return { kind: "process", pid, started: (await startTime(pid)) ?? "", boot: await bootId() };
}

export async function nobody(): Promise<Owner> {
  return { kind: "nobody", boot: await bootId() };
}

export async function hasEnded(owner: Owner): Promise<boolean> {
  if (owner.boot !== (await bootId())) return true;
  return owner.kind === "process" && (await startTime(owner.pid)) !== owner.started;
}

async function startTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The second field is the program's name in brackets, and may contain anything.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields?.[0] === "Z" ? undefined : fields?.[19];
}
