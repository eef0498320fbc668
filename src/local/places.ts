// The folders of local nodes, and the names of a node's namespaces and tables in the kernel.
import { homedir } from "node:os";
import { join } from "node:path";
import { WovenError } from "../errors.ts";
import { rootScript } from "./privileged.ts";

export interface Places {
  /** Bases and saved images: useful to keep, safe to lose. */
  readonly cache: string;
  /** The existing nodes. */
  readonly state: string;
}

/** WOVEN_LOCAL_HOME: another folder for everything, also the keys. */
const home = process.env["WOVEN_LOCAL_HOME"] || undefined;

export const defaultPlaces: Places = home
  ? { cache: join(home, "cache"), state: join(home, "state") }
  : { cache: "/var/cache/woven/local", state: "/var/lib/woven/local" };

/** The user's own folder, because OpenSSH refuses keys that others can read. In the state directory of the XDG Base Directory Specification. */
export function userDirectory(): string {
  if (home) return join(home, "user");
  return join(process.env["XDG_STATE_HOME"] || join(homedir(), ".local/state"), "woven/local");
}

export const basesDirectory = (places: Places): string => join(places.cache, "bases");
export const layersDirectory = (places: Places): string => join(places.cache, "layers");
export const imagesDirectory = (places: Places): string => join(places.cache, "images");
export const nodesDirectory = (places: Places): string => join(places.state, "nodes");
export const nodeDirectory = (places: Places, name: string): string => join(nodesDirectory(places), name);
/** The lock for changes of bases, of layers and of the records that name them. */
export const storeLock = (places: Places): string => join(places.cache, "store.lock");
/** The folder for the whole machine, independent of the folders of nodes: the lock on its network, and the changes to it. */
export const machineDirectory = "/run/woven-local";
/** The lock for checking and installing packages of this machine. */
export const packagesLock = join(machineDirectory, "packages.lock");

/** The name of a node's network namespace, nft table, control group and machine. */
export const kernelName = (node: string): string => `woven-${node}`;

/** Throws if the name cannot be both a host name and a file name. */
export function checkName(kind: "node" | "image", name: string): string {
  if (/^[a-z][a-z0-9-]{0,39}$/.test(name)) return name;
  throw new WovenError({
    code: "local-node-name",
    message: `${JSON.stringify(name)} cannot be the name of a local ${kind}`,
    next: "Use at most 40 lower-case letters, digits and hyphens. Begin with a letter.",
  });
}

export async function makePlaces(places: Places): Promise<void> {
  for (const place of [places.cache, places.state]) {
    // `,` and `:` separate the options of an overlay mount.
    if (/^\/[\w./@+-]+$/.test(place)) continue;
    throw new WovenError({
      code: "local-node-name",
      message: `${JSON.stringify(place)} cannot hold local nodes`,
      next: "Use an absolute path of letters, digits and . _ - @ +",
    });
  }
  await rootScript("making its directories", 'install -d -m 755 "$@"', [
    basesDirectory(places),
    layersDirectory(places),
    imagesDirectory(places),
    nodesDirectory(places),
    machineDirectory,
  ]);
}
