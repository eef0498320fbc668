// The project that the benchmark deploys: the example shop, in as many versions as are needed.
import { gzipSync } from "node:zlib";
import type { Checkout } from "../../__tests__/e2e/support/checkout.ts";
import { run } from "../../src/local/privileged.ts";

/** Releases that a node keeps: few, so that each measured deployment removes one. */
export const keptReleases = 3;

let count = 0;

/** Makes the next version, with the same requirements, in which four files differ. Returns it, and the gzipped size of these files. */
export async function nextVersion(project: Checkout): Promise<{ readonly version: string; readonly bytes: number }> {
  count += 1;
  const version = `0.2.${count}`;
  const texts: string[] = [];
  for (const file of ["pyproject.toml", "shop/__init__.py", "static/version.txt", "templates/version.txt"]) {
    const text = (await project.read(file)).replace(/\b0\.2(\.\d+)?\b/, version);
    await project.write(file, text);
    texts.push(text);
  }
  return { version, bytes: gzipSync(texts.join("")).length };
}

const page = "templates/catalogue/plants.html";

/** Changes the template of the front page. Returns its gzipped size, and what only the new page has. */
export async function changePage(project: Checkout): Promise<{ readonly bytes: number; readonly mark: string }> {
  count += 1;
  const mark = `<!-- ${count} -->`;
  const text = (await project.read(page)).replace(/(\{% block main %\})(<!-- \d+ -->)?/, `$1${mark}`);
  await project.write(page, text);
  return { bytes: gzipSync(text).length, mark };
}

/** Adds ten thousand small files, in a hundred folders. */
export async function addFiles(project: Checkout): Promise<void> {
  const script = `for folder in $(seq 100); do mkdir -p "$1/data/$folder"; for file in $(seq 100); do echo "$folder $file" >"$1/data/$folder/$file.txt"; done; done
git -C "$1" add data`;
  const { code, stderr } = await run(["sh", "-euc", script, "add-files", project.path]);
  if (code !== 0) throw new Error(`adding files: ${stderr}`);
}

/** Sends the files of the index as git would: what a script would send. Returns the path of the archive. */
export const archiveScript = 'git -C "$1" archive --format=tar.gz --output="$2" "$(git -C "$1" write-tree)"';
