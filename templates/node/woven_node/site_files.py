"""Files in a folder that a site can write. Root must not follow a link there, nor block on a FIFO."""

import contextlib
import os
import pwd
import stat

READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


@contextlib.contextmanager
def acting_as(user):
    """Runs the block with the rights of that user and its groups."""
    account = pwd.getpwnam(user)
    groups, mask = os.getgroups(), os.umask(0o002)
    os.initgroups(user, account.pw_gid)
    os.setegid(account.pw_gid)
    os.seteuid(account.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)
        os.umask(mask)


def open_regular(path, folder=None):
    """Opens a regular file to read; returns its handle and size. None for anything else: a link, a folder, a FIFO, a device."""
    if not stat.S_ISREG(os.stat(path, dir_fd=folder, follow_symlinks=False).st_mode):
        return None
    try:
        handle = os.open(path, READ, dir_fd=folder)
    except OSError:
        # Between the two calls, it may have become a link.
        if stat.S_ISREG(os.stat(path, dir_fd=folder, follow_symlinks=False).st_mode):
            raise
        return None
    found = os.fstat(handle)
    if stat.S_ISREG(found.st_mode):
        return handle, found.st_size
    os.close(handle)
    return None


def parts(handle, size):
    """The content in parts: at most `size` bytes, even if the file grows meanwhile."""
    while size > 0 and (part := os.read(handle, min(size, 1 << 20))):
        yield part
        size -= len(part)


def write_new(path, content, mode, folder=None):
    """Creates a file from parts. It must not exist yet."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode, dir_fd=folder)
    with os.fdopen(handle, "wb") as file:
        for part in content:
            file.write(part)
