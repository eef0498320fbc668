// Where the local nodes keep what they make, and how the kernel's things of one node are called.
import { homedir } from "node:os";
import { join } from "node:path";
import { WovenError } from "../errors.ts";
import { rootScript } from "./privileged.ts";

export interface Places {
  /** Bases, saved images: worth keeping, safe to lose. */
  readonly cache: string;
  /** The nodes there are now. */
  readonly state: string;
}

/** A directory to keep everything in instead, keys too: WOVEN_LOCAL_HOME. */
const home = process.env["WOVEN_LOCAL_HOME"] || undefined;

export const defaultPlaces: Places = home
  ? { cache: join(home, "cache"), state: join(home, "state") }
  : { cache: "/var/cache/woven/local", state: "/var/lib/woven/local" };

/** This user's own: OpenSSH refuses keys that others can read. In the state directory of the XDG Base Directory Specification. */
export function userDirectory(): string {
  if (home) return join(home, "user");
  return join(process.env["XDG_STATE_HOME"] || join(homedir(), ".local/state"), "woven/local");
}

export const basesDirectory = (places: Places): string => join(places.cache, "bases");
export const layersDirectory = (places: Places): string => join(places.cache, "layers");
export const imagesDirectory = (places: Places): string => join(places.cache, "images");
export const nodesDirectory = (places: Places): string => join(places.state, "nodes");
export const nodeDirectory = (places: Places, name: string): string => join(nodesDirectory(places), name);
/** Held while bases, layers and the records that name them change. */
export const storeLock = (places: Places): string => join(places.cache, "store.lock");
/** What concerns the whole machine, wherever nodes are kept: the lock on its network, and what was changed in it. */
export const machineDirectory = "/run/woven-local";
/** Held while packages of this machine are looked at and installed. */
export const packagesLock = join(machineDirectory, "packages.lock");

/** Network namespace, nft table, control group and machine of a node all have this name. */
export const kernelName = (node: string): string => `woven-${node}`;

/** Host names and file names at once, and short enough for both. */
export function checkName(kind: "node" | "image", name: string): string {
  if (/^[a-z][a-z0-9-]{0,39}$/.test(name)) return name;
  throw new WovenError({
    code: "local-node-name",
    message: `${JSON.stringify(name)} cannot be the name of a local ${kind}`,
    next: "Use up to 40 small letters, digits and hyphens, beginning with a letter.",
  });
}

export async function makePlaces(places: Places): Promise<void> {
  for (const place of [places.cache, places.state]) {
    // `,` and `:` divide the options of an overlay mount.
    if (/^\/[\w./@+-]+$/.test(place)) continue;
    throw new WovenError({
      code: "local-node-name",
      message: `${JSON.stringify(place)} cannot hold local nodes`,
      next: "Give an absolute path of letters, digits and . _ - @ +",
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
