// Finds where a symbolic link of a release leads, by the kernel's rules: path_resolution(7).

/** Targets by path, both relative to the root of the release. */
export type Links = ReadonlyMap<string, string>;

/** Linux gives up after this many links in one path (ELOOP). */
const mostLinks = 40;

/**
 * Whether following the link at `path` leaves the root. `a/..` is not always `.`: if `a` is a link, it is the folder above a's target.
 * A path that does not exist counts as a folder, because it may exist later.
 */
export function leavesRoot(path: string, links: Links): boolean {
  const at: string[] = [];
  // A stack: the next part of the path is the last item.
  const ahead = path.split("/").reverse();
  let followed = 0;
  for (let part = ahead.pop(); part !== undefined; part = ahead.pop()) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (at.pop() === undefined) return true;
      continue;
    }
    const target = links.get([...at, part].join("/"));
    if (target === undefined) at.push(part);
    else if (target.startsWith("/")) return true;
    else if (followed < mostLinks) {
      followed += 1;
      ahead.push(...target.split("/").reverse());
    } else return false;
  }
  return false;
}
