"""Copies media files of a release into the media folder of a site."""

import os
import time

from woven_node.folders import ORIGINALS
from woven_node.site_files import acting_as, open_regular, parts, write_new


def seed(user, source, target, verb):
    """Prints each file that it copied. `replace` keeps a copy of the previous file in ORIGINALS, with the time in its name."""
    for folder, folders, names in os.walk(source):
        folders.sort()
        for name in sorted(names):
            file = os.path.join(folder, name)
            if os.path.islink(file):
                continue
            path = os.path.relpath(file, source)
            with acting_as(user):
                there = wanted(file, os.path.join(target, path), verb)
            if there is not None:
                copy(file, os.path.join(target, path), there, user)
                print(f"{path} (replaced something that was not a regular file)" if there == "odd" else path)


def wanted(file, to, verb):
    """What the copy would replace: `nothing`, `a file`, or something `odd`; None if no copy is needed."""
    if not os.path.lexists(to):
        return "nothing"
    if verb == "add":
        return None
    found = open_regular(to)
    if found is None:
        return "odd"
    handle, size = found
    with open(file, "rb") as mine:
        try:
            same = os.fstat(mine.fileno()).st_size == size and all(
                part == mine.read(len(part)) for part in parts(handle, size)
            )
        finally:
            os.close(handle)
    return None if same else "a file"


def copy(file, to, there, user):
    with acting_as(user):
        os.makedirs(os.path.dirname(to), exist_ok=True)
        found = open_regular(to) if there == "a file" else None
    if found is not None:
        keep(to, *found)
    with acting_as(user), open(file, "rb") as mine:
        temporary = f"{to}.{os.urandom(8).hex()}.new"
        write_new(temporary, parts(mine.fileno(), os.fstat(mine.fileno()).st_size), 0o666)
        os.replace(temporary, to)


def keep(path, handle, size):
    """Copies the opened file at PATH to ORIGINALS. It uses at most half of the free space: the user decides how large the file is."""
    try:
        kept = f"{ORIGINALS}{path}.{time.strftime('%Y%m%dT%H%M%S')}"
        mask = os.umask(0o077)
        try:
            os.makedirs(os.path.dirname(kept), exist_ok=True)
            room = os.statvfs(os.path.dirname(kept))
            if size > room.f_bavail * room.f_frsize // 2:
                raise SystemExit(f"{path} has {size} bytes: there is not enough space in {ORIGINALS} for a copy of it, so it was not replaced")
            write_new(kept, parts(handle, size), 0o600)
        finally:
            os.umask(mask)
    finally:
        os.close(handle)
