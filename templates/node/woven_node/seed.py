"""Media files that come with a release, copied to where a site keeps its own."""

import os
import time

from woven_node.folders import ORIGINALS
from woven_node.site_files import acting_as, open_regular, parts, write_new


def seed(user, source, target, verb):
    """Prints what it copied, a line each. `replace` keeps a copy of what was there in ORIGINALS, named by the time."""
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
                print(f"{path} (in the place of something that was no regular file)" if there == "odd" else path)


def wanted(file, to, verb):
    """What is to be replaced: `nothing`, `a file`, or what is `odd`; None where what is there stays."""
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
    """Copies what the user could open as PATH to where only root looks. It leaves room: a file may claim to have any size."""
    try:
        kept = f"{ORIGINALS}{path}.{time.strftime('%Y%m%dT%H%M%S')}"
        mask = os.umask(0o077)
        try:
            os.makedirs(os.path.dirname(kept), exist_ok=True)
            room = os.statvfs(os.path.dirname(kept))
            if size > room.f_bavail * room.f_frsize // 2:
                raise SystemExit(f"{path} has {size} bytes: there is no room in {ORIGINALS} to keep it before it is replaced")
            write_new(kept, parts(handle, size), 0o600)
        finally:
            os.umask(mask)
    finally:
        os.close(handle)
