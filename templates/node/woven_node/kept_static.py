"""Static files that a release takes over from another one, because they would be made from the same."""

import hashlib
import os
import shutil
import sys

from woven_node import whole_files
from woven_node.site_files import open_regular, parts, write_new

# In a release: a digest of its static files, as they were when it got them, and how many bytes they had.
NOTE = ".woven-static"


def offer(inputs, release):
    """Prints INPUTS, the digest of what the static files of RELEASE were made from, and their folder. Nothing if they have changed since."""
    folder = f"{release}/static"
    if noted(release) == look(folder):
        print(f"{inputs}\n{folder}")


def note(release):
    """Notes the static files of a release that has just got them."""
    digest, size = look(f"{release}/static")
    whole_files.replace(f"{release}/{NOTE}", f"{digest} {size}".encode(), 0o600, os.getuid(), os.getgid())


def noted(release):
    """What `look` found then. None if it is not known: earlier versions of Woven noted nothing."""
    try:
        with open(f"{release}/{NOTE}", encoding="utf-8") as file:
            digest, size = file.read().split(" ")
            return digest, int(size)
    except (OSError, ValueError):
        return None


def look(folder):
    """A digest over path, size and time of each file, and the sum of their sizes. A copy has the same."""
    found = []
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            state = os.lstat(path)
            found.append((os.path.relpath(path, folder), state.st_size, state.st_mtime_ns))
    digest = hashlib.sha256(repr(sorted(found)).encode("utf-8", "surrogateescape")).hexdigest()
    return digest, sum(size for _, size, _ in found)


def take_over(release, folder):
    """Adds copies of the static files of RELEASE to FOLDER, whose own files stay. Both folders belong to root.

    Copies, because a process that the other release has left running may have one of its files open. It may make that one larger at any time,
    so no more is copied than was noted.
    """
    source, copied = f"{release}/static", f"{folder}.copied"
    _, left = noted(release) or ("", 0)
    for base, _, names in os.walk(source):
        target = make_folder(os.path.join(copied, os.path.relpath(base, source)))
        for name in names:
            path = os.path.join(base, name)
            handle, size = open_regular(path) or sys.exit(f"{path} is not a regular file any more")
            left -= size
            if left < 0:
                sys.exit(f"the static files in {source} are changing")
            time = os.fstat(handle).st_mtime_ns
            write_new(os.path.join(target, name), parts(handle, size), 0o644)
            os.close(handle)
            os.chmod(os.path.join(target, name), 0o644)
            os.utime(os.path.join(target, name), ns=(time, time))
    for base, _, names in os.walk(folder):
        target = make_folder(os.path.join(copied, os.path.relpath(base, folder)))
        for name in names:
            clear(os.path.join(target, name))
            os.rename(os.path.join(base, name), os.path.join(target, name))
    shutil.rmtree(folder)
    os.rename(copied, folder)


def make_folder(path):
    if not os.path.isdir(path):
        clear(path)
        os.makedirs(path)
    os.chmod(path, 0o755)
    return path


def clear(path):
    if os.path.isdir(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)
