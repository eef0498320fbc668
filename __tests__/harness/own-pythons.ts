// Relocatable builds of CPython, offered to uv as those of python-build-standalone are: archives of the same form, in a list with their
// digests. They stand in where uv's own builds cannot be reached. They are compiled once on a machine, from Debian's source packages.
import { createHash } from "node:crypto";
import { access, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { machine } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { withUserLock } from "../../src/local/lock.ts";
import { ensureTools } from "../../src/local/machine-requirements.ts";
import { userDirectory } from "../../src/local/places.ts";
import { run } from "../../src/local/privileged.ts";

const pool = "http://deb.debian.org/debian/pool/main/p";
/** Raise it when the script below makes another archive from the same source. */
const recipe = 1;

/** The sources, with the digests that Debian's signed .dsc files state: of Debian 13 and of Debian 11. */
const sources = {
  "3.13.5": {
    url: `${pool}/python3.13/python3.13_3.13.5.orig.tar.xz`,
    sha256: "93e583f243454e6e9e4588ca2c2662206ad961659863277afcdb96801647d640",
  },
  "3.9.2": {
    url: `${pool}/python3.9/python3.9_3.9.2.orig.tar.xz`,
    sha256: "3c2034c54f811448f516668dce09d24008a0716c3a794dd8639b5388cbde247d",
  },
} as const;
export type OwnPython = keyof typeof sources;

/** Not optimised and without tests: about two minutes on two cores. Its program finds its library from wherever it is. */
const compile = `url=$1 sha256=$2 minor=$3 archive=$4
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
curl -fsS --retry 3 -o source.tar.xz "$url"
printf '%s  source.tar.xz\\n' "$sha256" | sha256sum -c --quiet
mkdir source; tar -xJf source.tar.xz -C source --strip-components=1
cd source
{ ./configure -q --prefix=/install --without-ensurepip --without-doc-strings CFLAGS='-O1 -g0'
  make -s -j "$(nproc)"
  make -s install DESTDIR="$work"
} >../log 2>&1 || { tail -n 40 ../log >&2; exit 1; }
cd ../install
rm -rf share lib/*.a lib/python$minor/config-* lib/python$minor/test lib/python$minor/idlelib lib/python$minor/tkinter
find . -name __pycache__ -prune -exec rm -rf {} +
strip bin/python$minor
cd ..; mv install python
tar --sort=name --owner=0 --group=0 --numeric-owner -czf "$archive.new" python
mv "$archive.new" "$archive"`;

const tools = [
  { package: "gcc", there: ["/usr/bin/gcc"] },
  { package: "make", there: ["/usr/bin/make"] },
  { package: "xz-utils", there: ["/usr/bin/xz"] },
  { package: "curl", there: ["/usr/bin/curl"] },
  { package: "libssl-dev", there: ["/usr/include/openssl/ssl.h"] },
  { package: "zlib1g-dev", there: ["/usr/include/zlib.h"] },
  { package: "libsqlite3-dev", there: ["/usr/include/sqlite3.h"] },
  { package: "libffi-dev", there: [`/usr/include/${machine()}-linux-gnu/ffi.h`] },
];

/** Variables with which uv finds these builds, and no others. */
export async function ownPythons(
  versions: readonly OwnPython[],
): Promise<{ readonly UV_PYTHON_DOWNLOADS_JSON_URL: string }> {
  const folder = join(userDirectory(), "pythons");
  await mkdir(folder, { recursive: true });
  const list: Record<string, unknown> = {};
  for (const version of versions) {
    const archive = join(folder, `cpython-${version}-${machine()}-${recipe}-install_only_stripped.tar.gz`);
    await withUserLock(join(folder, `${version}.lock`), async () => {
      if (!(await isThere(archive))) await make(version, archive);
    });
    Object.assign(list, listed(version, archive, await sha256Of(archive)));
  }
  const file = join(folder, `${[...versions].sort().join("-")}.json`);
  await writeFile(`${file}.${process.pid}`, JSON.stringify(list));
  await rename(`${file}.${process.pid}`, file);
  return { UV_PYTHON_DOWNLOADS_JSON_URL: file };
}

/** An entry of uv's own list (crates/uv-python/download-metadata.json in its repository). */
export function listed(version: string, archive: string, sha256: string): Record<string, unknown> {
  const [major, minor, patch] = version.split(".").map(Number);
  return {
    [`cpython-${version}-linux-${machine()}-gnu`]: {
      ...{ name: "cpython", arch: { family: machine(), variant: null }, os: "linux", libc: "gnu" },
      ...{ major, minor, patch, prerelease: "", variant: null, build: "1" },
      ...{ url: pathToFileURL(archive).href, sha256 },
    },
  };
}

async function make(version: OwnPython, archive: string): Promise<void> {
  await ensureTools(tools, () => undefined);
  const { url, sha256 } = sources[version];
  const minor = version.split(".").slice(0, 2).join(".");
  const made = await run(["sh", "-euc", compile, "own-python", url, sha256, minor, archive]);
  if (made.code !== 0) throw new Error(`Python ${version} could not be compiled: ${made.stderr}`);
}

async function sha256Of(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
