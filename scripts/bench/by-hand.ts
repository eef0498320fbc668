// The same work by hand: scripts on the node itself, or over ssh, that do the essential steps and nothing else.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LocalNode } from "../../src/local/node.ts";
import { loopbackAddress, newBuild } from "../../src/release/build.ts";

/** The parts of release.sh, in order, after `unpack`. */
export const releaseSteps = [
  "packages",
  "configure",
  "check",
  "static",
  "migrate",
  "services",
  "start",
  "switch",
  "prune",
] as const;

export async function inNode(node: LocalNode, command: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await node.run(command, input === undefined ? {} : { input });
  if (code !== 0) throw new Error(`in the node: exit code ${code}\n${stdout}${stderr}`);
  return stdout;
}

/** Puts the scripts on the node, as /root/release.sh and /root/setup.sh, and the live release's files, as /root/files. */
export async function placeScripts(node: LocalNode): Promise<void> {
  for (const name of ["release.sh", "setup.sh"]) {
    const script = await readFile(join(import.meta.dirname, name), "utf8");
    await inNode(node, ["sh", "-euc", 'cat >"/root/$1"', "place", name], script);
  }
  await inNode(node, ["sh", "-euc", "cp -a /home/woven/env/shop/project /root/files; rm -rf /root/files/sitesettings"]);
}

let count = 0;

/** The name of a new release, and the address of its Apache. */
export function nextRelease(by: string): { readonly name: string; readonly address: string } {
  count += 1;
  return { name: `${by}-${count}`, address: loopbackAddress(newBuild()) };
}

/** Brings out the next version on the node itself, with the files already there. Returns the seconds. */
export async function releaseByHand(node: LocalNode): Promise<number> {
  const { name, address } = nextRelease("hand");
  const began = performance.now();
  await inNode(node, ["sh", "-eu", "/root/release.sh", name, address, "all", "/root/files"]);
  return (performance.now() - began) / 1000;
}
