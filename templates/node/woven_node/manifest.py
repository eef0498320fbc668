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


def read(folder, record):
    """The files of the release in FOLDER, by path: [hash, size, time, inode], with an `x` before the hash of executables. And its links.

    An earlier Woven listed them in the RECORD, with their hashes only. ValueError if the list is not that of the record.
    """
    with open(record, encoding="utf-8") as file:
        recorded = json.load(file)
    if "files" in recorded:
        return {path: [key] for path, key in recorded["files"].items()}, recorded["symlinks"]
    with open(os.path.join(folder, NAME), encoding="utf-8") as file:
        manifest = json.load(file)
    files, links = manifest["files"], manifest["symlinks"]
    if manifest["schema"] > SCHEMA or tree(files, links) != recorded["content"]["tree"]:
        raise ValueError(f"{folder}/{NAME} is not the list of the release")
    return files, links


def write(folder, files, links):
    """Lists the files in the folder of a new release: the hash of each by path."""
    seen = {path: [key, *look(os.lstat(os.path.join(folder, path)))] for path, key in files.items()}
    handle = os.open(os.path.join(folder, NAME), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        json.dump({"schema": SCHEMA, "files": seen, "symlinks": links}, file, separators=(",", ":"))


def look(state):
    return [state.st_size, state.st_mtime_ns, state.st_ino]


def tree(files, links):
    """The digest that the runner computes (treeDigest in file-set.ts): over kind, hash and path, in the order of JavaScript's strings."""
    lines = {path: b"symlink " + hashlib.sha256(name(to)).hexdigest().encode() for path, to in links.items()}
    for path, entry in files.items():
        key = entry if isinstance(entry, str) else entry[0]
        lines[path] = (b"executable " if key.startswith("x") else b"file ") + key.lstrip("x").encode()
    digest = hashlib.sha256()
    for path in sorted(lines, key=lambda path: path.encode("utf-16-be", "surrogatepass")):
        digest.update(b"%s %s\0" % (lines[path], name(path)))
    return digest.hexdigest()


def name(path):
    """A path as the bytes that the disk has. In JSON, a byte that is not UTF-8 is a lone surrogate (PEP 383)."""
    return path.encode("utf-8", "surrogateescape")


def is_intact(full, entry):
    """Whether the file is as Woven put it there. It is read only if it looks different, as git and rsync do it."""
    key, *seen = entry
    try:
        state = os.lstat(full)
        executable = state.st_mode & stat.S_IXUSR != 0
        if not stat.S_ISREG(state.st_mode) or executable != key.startswith("x"):
            return False
        return look(state) == seen or sha256(full) == key.lstrip("x")
    except OSError:
        return False


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for part in iter(lambda: file.read(1 << 20), b""):
            digest.update(part)
    return digest.hexdigest()


def report(folder, record):
    """Prints the list for the runner, packed, with the files that somebody has changed. Nothing if there is no list."""
    try:
        files, links = read(folder, record)
    except (OSError, ValueError, LookupError, TypeError):
        return
    drifted = [path for path, entry in files.items() if not is_intact(os.path.join(folder, path), entry)]
    answer = {"files": {path: entry[0] for path, entry in files.items()}, "symlinks": links, "drifted": drifted}
    print(base64.b64encode(zlib.compress(json.dumps(answer, separators=(",", ":")).encode(), 1)).decode())


if __name__ == "__main__":
    report(*sys.argv[1:])
