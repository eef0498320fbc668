"""Writes files atomically: the new content, or the old one if anything fails."""

import grp
import os
import pwd
import sys


def write(name, mode, owner, group):
    replace(name, sys.stdin.buffer.read(), int(mode, 8), pwd.getpwnam(owner).pw_uid, grp.getgrnam(group).gr_gid)


def replace(name, content, mode, uid, gid):
    temporary = os.path.join(os.path.dirname(name), f".woven-{os.urandom(8).hex()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchown(file.fileno(), uid, gid)
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(temporary, name)
    except BaseException:
        os.unlink(temporary)
        raise
