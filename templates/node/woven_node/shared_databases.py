"""SQLite files that every user in the group of their folder can write."""

import os
import pwd
import stat


def share(verb, folder, user, *names):
    """SQLite creates a database that only its owner can write, and journals with the same mode. So the database is created before."""
    names = [(name, suffix) for name in names for suffix in ("", "-journal", "-wal", "-shm")]
    for name, suffix in names:
        path = os.path.join(folder, name + suffix)
        # A user who can write in the folder may have put a link there. Do not follow it.
        if os.path.lexists(path):
            wrong = open_up(path, verb)
        else:
            wrong = suffix == ""
            if wrong and verb == "apply":
                make_shared(path, pwd.getpwnam(user).pw_uid)
        if wrong:
            print(path)


def make_shared(path, uid):
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        os.fchown(handle, uid, os.stat(os.path.dirname(path)).st_gid)
        os.fchmod(handle, 0o660)
    finally:
        os.close(handle)


def open_up(path, verb):
    """Whether the group of the folder cannot write the file. `apply` fixes that."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        state = os.fstat(handle)
        group = os.stat(os.path.dirname(path)).st_gid
        if not stat.S_ISREG(state.st_mode) or state.st_nlink != 1:
            return False
        if state.st_gid == group and state.st_mode & 0o660 == 0o660:
            return False
        if verb == "apply":
            os.fchown(handle, -1, group)
            os.fchmod(handle, 0o660)
        return True
    finally:
        os.close(handle)
