// The other tools that the benchmark compares Woven with: from the package registry, at pinned versions, in a virtualenv of their own.
import { createHash } from "node:crypto";
import { access, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withUserLock } from "../../src/local/lock.ts";
import { userDirectory } from "../../src/local/places.ts";
import { timed } from "./timed.ts";

const pins = join(import.meta.dirname, "peers/requirements.txt");

/** The folder with their programs. Made once for these versions: other processes wait meanwhile. Takes what pip is configured with. */
export async function peerTools(say: (line: string) => void): Promise<string> {
  const digest = createHash("sha256")
    .update(await readFile(pins))
    .digest("hex")
    .slice(0, 12);
  const folder = join(userDirectory(), `bench-peers-${digest}`);
  await withUserLock(`${folder}.lock`, async () => {
    const done = join(folder, "complete");
    if (
      await access(done).then(
        () => true,
        () => false,
      )
    )
      return;
    say(`installing the versions in ${pins} into ${folder}`);
    await rm(folder, { recursive: true, force: true });
    await timed(["python3", "-m", "venv", folder]);
    await timed([join(folder, "bin/pip"), "install", "--quiet", "--disable-pip-version-check", "--requirement", pins]);
    await writeFile(done, "");
  });
  return join(folder, "bin");
}
