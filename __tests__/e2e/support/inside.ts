// What a test looks for on a node itself, as its administrator would.
import { expect } from "vitest";
import type { LocalNode } from "../../../src/local/node.ts";

/** What a run does after its end (`Step.afterwards`) is done then: nobody has the lease, and nobody the lock. */
const tidied = `for lock in /var/local/woven/*/.lease.lock; do
  [ ! -e "$lock" ] || [ -e "\${lock%/*}/lease.json" ] || flock -s -w 20 "$lock" true || :
done
`;

/** What the command, run as root, prints, once no run tidies up any more. The test fails where the command does. */
export async function inside(node: LocalNode, command: string): Promise<string> {
  const { code, stdout, stderr } = await node.run(["sh", "-c", `${tidied}${command}`]);
  expect(code, `${command}\n${stdout}${stderr}`).toBe(0);
  return stdout.trim();
}

/**
 * Everything that deployments leave on a node, one thing a line: releases, what is being received, state, web
 * configuration, units and whether they run. The same before and after a run that was to change nothing. What does not count: what is being
 * deleted in the background, the list of runs that failed, and installed packages, which a deployment that failed leaves for the next one.
 */
export async function footprint(node: LocalNode): Promise<readonly string[]> {
  const listing = await inside(
    node,
    `cd /
for folder in home/woven/env home/woven/.staging; do [ ! -d $folder ] || find $folder -mindepth 1 -maxdepth 1 -not -name '.discarded.*' -not -name .packages -printf '%p %l\\n'; done
[ ! -d var/local/woven ] || find var/local/woven -mindepth 2 -not -path '*/runs/*' -not -path '*/tools/*' -not -name '.*' -not -name attempts.jsonl -printf '%p\\n'
find etc/nginx etc/apache2 etc/systemd/system -type f -printf '%p ' -exec sha256sum {} ';' -o -type l -printf '%p -> %l\\n'
# What is retiring, or stopping already, ends within a minute, so it is no trace of a run.
retiring=$(systemctl list-units --plain --no-legend 'retire-*.timer' | cut -d' ' -f1)
systemctl list-units --all --plain --no-legend 'woven-*@*.service' | while read -r unit _ state _; do
  [ "$state" != deactivating ] || continue
  instance=\${unit##*@}
  case "$retiring" in *"retire-\${unit%@*}-at-\${instance%.service}.timer"*) ;; *) echo "$unit $state" ;; esac
done`,
  );
  return listing.split("\n").sort();
}

/** Every file, folder and link of the node, or of these folders, with its owner, mode, time of change and content. */
export async function everything(node: LocalNode, folders: readonly string[] = ["."]): Promise<readonly string[]> {
  const places = folders.map((folder) => (folder === "." ? folder : `./${folder}`)).join(" ");
  const apart = ["proc", "sys", "run", "tmp", "var/log", "dev"].map((folder) => `-path ./${folder}`).join(" -o ");
  const listing = await inside(
    node,
    `cd /
find ${places} -xdev \\( ${apart} \\) -prune -o -printf '%p %y %m %u %g %l\\n'
find ${places} -xdev \\( ${apart} \\) -prune -o -type f -printf '%p %T@ ' -exec sha256sum {} +`,
  );
  return listing.split("\n").toSorted();
}

/** Who has the lease of the shop, as its file says it; undefined where nobody has. */
export async function lease(node: LocalNode): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await inside(node, "cat /var/local/woven/shop/lease.json 2>/dev/null || :");
  return text === "" ? undefined : (JSON.parse(text) as Record<string, unknown>);
}
