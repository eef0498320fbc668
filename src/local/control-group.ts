// Every process of a node is in one control group (cgroups(7), version 2), so that it can be ended as a whole and by name.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { findUnifiedHierarchy } from "./machine-requirements.ts";
import { kernelName } from "./places.ts";
import { unsupported } from "./privileged.ts";

export async function controlGroup(node: string): Promise<string> {
  const hierarchy = await findUnifiedHierarchy();
  if (hierarchy === undefined)
    throw unsupported("no cgroup2 hierarchy is mounted", "mount -t cgroup2 none /sys/fs/cgroup");
  return join(hierarchy, kernelName(node));
}

export async function isPopulated(group: string): Promise<boolean> {
  const events = await readFile(join(group, "cgroup.events"), "utf8").catch(() => "");
  return /^populated 1$/m.test(events);
}
