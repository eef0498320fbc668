"""The files of a release: which ones Woven put there, and whether they are still the same.

`.manifest.json` of a release's folder lists them. SHA-256 over that list is the `tree` of the release's record, so a list that does not
belong to the release is noticed. The facts send this file as a program, so it imports nothing of the kit.
"""

import base64
import hashlib
import json
import os
import stat
import sys
import zlib

NAME = ".manifest.json"
SCHEMA = 1
# Of the digests of a runner's files: manifest-digests.ts.
PARTS, DIGITS = 64, 10


def read(folder, record):
    """The files of the release in FOLDER, by path: [hash, size, time, inode], with an `x` before the hash of executables. Its links, and the digest.

    An earlier Woven listed them in the RECORD, with their hashes only. ValueError if the list is not that of the record.
    """
    with open(record, encoding="utf-8") as file:
        recorded = json.load(file)
    if "files" in recorded:
        files = {path: [key] for path, key in recorded["files"].items()}
        return files, recorded["symlinks"], tree(files, recorded["symlinks"])
    with open(os.path.join(folder, NAME), encoding="utf-8") as file:
        manifest = json.load(file)
    files, links = manifest["files"], manifest["symlinks"]
    digest = tree(files, links)
    if manifest["schema"] > SCHEMA or digest != recorded["content"]["tree"]:
        raise ValueError(f"{folder}/{NAME} is not the list of the release")
    return files, links, digest


def write(folder, files, links):
    """Lists the files of a new release, as `read` gives them, in its folder."""
    handle = os.open(os.path.join(folder, NAME), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        file.write(json.dumps({"schema": SCHEMA, "files": files, "symlinks": links}, separators=(",", ":")))


def seen(key, state):
    return [key, state.st_size, state.st_mtime_ns, state.st_ino]


def tree(files, links):
    """The digest that the runner computes (treeDigest in file-set.ts): over kind, hash and path, in the order of JavaScript's strings."""
    kinds = {path: f"symlink {hashlib.sha256(name(to)).hexdigest()}" for path, to in links.items()}
    for path, (key, *_) in files.items():
        kinds[path] = f"executable {key[1:]}" if key.startswith("x") else f"file {key}"
    plain = all(map(str.isascii, kinds))
    order = sorted(kinds) if plain else sorted(kinds, key=lambda path: path.encode("utf-16-be", "surrogatepass"))
    return hashlib.sha256(name("".join([f"{kinds[path]} {path}\0" for path in order]))).hexdigest()


def name(path):
    """A path as the bytes that the disk has. In JSON, a byte that is not UTF-8 is a lone surrogate (PEP 383)."""
    return path.encode("utf-8", "surrogateescape")


def intact(full, entry):
    """The entry as the file looks now; None if it is not as Woven put it there. It is read only if it looks different, as git and rsync do it."""
    key = entry[0]
    try:
        state = os.lstat(full)
        executable = state.st_mode & stat.S_IXUSR != 0
        if not stat.S_ISREG(state.st_mode) or executable != key.startswith("x"):
            return None
        now = seen(key, state)
        return now if now == entry or sha256(full) == key.lstrip("x") else None
    except OSError:
        return None


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for part in iter(lambda: file.read(1 << 20), b""):
            digest.update(part)
    return digest.hexdigest()


def report(folder, record, own=""):
    """Prints the list for the runner, packed, with the files that somebody has changed. Nothing if there is no list.

    OWN: digests of the runner's files (manifest-digests.ts). What is in a part with the same digest is not listed.
    """
    try:
        files, links, _ = read(folder, record)
    except (OSError, ValueError, LookupError, TypeError):
        return
    folder = os.path.realpath(folder)
    drifted = [path for path, entry in files.items() if intact(f"{folder}/{path}", entry) is None]
    same = same_parts(files, links, own)
    # The runner does not know the packages before it has these facts, so its digests are without them.
    known = {path for path in (*files, *links) if same and not is_package(path) and part_of(path) in same}
    answer = {
        "files": {path: entry[0] for path, entry in files.items() if path not in known},
        "symlinks": {path: to for path, to in links.items() if path not in known},
        "drifted": drifted,
        "same": sorted(same),
    }
    print(base64.b64encode(zlib.compress(json.dumps(answer, separators=(",", ":")).encode(), 1)).decode())


def part_of(path):
    return zlib.crc32(name(path)) % PARTS


def is_package(path):
    return path.startswith("dist/")


def same_parts(files, links, own):
    if not own:
        return set()
    parts = [({}, {}) for _ in range(PARTS)]
    for kind, entries in enumerate((files, links)):
        for path, entry in entries.items():
            if not is_package(path):
                parts[part_of(path)][kind][path] = entry
    return {number for number, part in enumerate(parts) if tree(*part).startswith(own[number * DIGITS : number * DIGITS + DIGITS])}


if __name__ == "__main__":
    report(*sys.argv[1:])
