"""Static files that a release takes over from another one, because they would be made from the same."""

import hashlib
import os

from woven_node import whole_files

# In a release: a digest of its static files, as they were when it got them.
NOTE = ".woven-static"


def offer(inputs, release):
    """Prints INPUTS, the digest of what the static files of RELEASE were made from, and their folder. Nothing if they have changed since."""
    folder = f"{release}/static"
    if noted(release) == digest(folder):
        print(f"{inputs}\n{folder}")


def note(release):
    """Notes the static files of a release that has just got them."""
    text = digest(f"{release}/static")
    whole_files.replace(f"{release}/{NOTE}", text.encode(), 0o600, os.getuid(), os.getgid())


def noted(release):
    """Earlier versions of Woven noted none."""
    try:
        with open(f"{release}/{NOTE}", encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def digest(folder):
    """Over path, size and time of each file: a copy has the same."""
    found = []
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            state = os.lstat(path)
            found.append((os.path.relpath(path, folder), state.st_size, state.st_mtime_ns))
    return hashlib.sha256(repr(sorted(found)).encode("utf-8", "surrogateescape")).hexdigest()
