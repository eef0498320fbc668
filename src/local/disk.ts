// A node's disk: an overlay (overlayfs) of its own changes over saved layers over a base.
import { join } from "node:path";
import { baseTree } from "./base.ts";
import { layersDirectory, nodeDirectory, type Places } from "./places.ts";
import { asRoot, unsupported } from "./privileged.ts";
import type { NodeRecord } from "./records.ts";

export const nodeTree = (places: Places, name: string): string => join(nodeDirectory(places, name), "disk", "root");
export const ownChanges = (places: Places, name: string): string => join(nodeDirectory(places, name), "disk", "upper");
export const layerTree = (places: Places, layer: string): string =>
  join(layersDirectory(places), layer, "disk", "upper");

/** Mounts the node's disk, without changes. Throws `local-node-unsupported` if the kernel refuses. */
export async function mountDisk(record: NodeRecord, places: Places): Promise<void> {
  const lower = [...record.layers.map((layer) => layerTree(places, layer)), baseTree(places, record.base)].join(":");
  // `volatile`: a throwaway node need not wait for the host's disk at each fsync of apt.
  const script = `cd "$1"; mkdir upper work root
exec mount -t overlay "woven-$2" -o "volatile,lowerdir=$3,upperdir=$1/upper,workdir=$1/work" "$1/root"`;
  const disk = join(nodeDirectory(places, record.name), "disk");
  const mounted = await asRoot(["sh", "-euc", script, "woven-local", disk, record.name, lower]);
  if (mounted.code === 0) return;
  throw unsupported(
    "a local node's disk could not be mounted with overlayfs",
    `Check that ${places.state} is on ext4, xfs or tmpfs, not on an overlay as in a container, and that this machine allows mounting.`,
    mounted.stderr.trim(),
  );
}
