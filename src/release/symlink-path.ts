// Where a symbolic link of a release leads, found as a kernel finds it: path_resolution(7).

/** Targets by path, both relative to the root of the release. */
export type Links = ReadonlyMap<string, string>;

/** Linux gives up after as many links on one way (ELOOP): such a way leads nowhere. */
const mostLinks = 40;

/**
 * Whether the way from the link at `path` passes out of the root. Unlike in text, `a/..` is not always `.`: where `a` is a link, it is
 * the folder above its target. What is not there counts as a folder: it may be there one day.
 */
export function leavesRoot(path: string, links: Links): boolean {
  const at: string[] = [];
  // The next part of the way is the last one here.
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
