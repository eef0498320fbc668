"""Gives a folder that a site filled to root, readable for everyone. The site may have put anything there, and may still be writing."""

import os
import stat

from woven_node.site_files import acting_as, open_regular, parts, write_new

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


def claim(user, folder):
    """Keeps regular files and folders, and removes everything else. A file with a second hard link is replaced by a copy.

    A folder is given to root before it is read: from then on, no name in it changes. A process of the site may still write to a file
    that it has open. That is safe: the content is the site's own anyway.
    """
    handle = os.open(folder, FOLDER)
    try:
        take(handle, user)
    finally:
        os.close(handle)


def take(folder, user):
    os.fchown(folder, 0, 0)
    os.fchmod(folder, 0o755)
    for name in os.listdir(folder):
        kind = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if stat.S_ISDIR(kind):
            handle = os.open(name, FOLDER, dir_fd=folder)
            try:
                take(handle, user)
            finally:
                os.close(handle)
        elif stat.S_ISREG(kind):
            take_file(name, folder, user)
        else:
            os.unlink(name, dir_fd=folder)


def take_file(name, folder, user):
    # With the rights of the site: a file that it cannot read is not its own.
    with acting_as(user):
        handle, size = open_regular(name, folder)
    try:
        if os.fstat(handle).st_nlink == 1:
            os.fchown(handle, 0, 0)
            os.fchmod(handle, 0o644)
        else:
            os.unlink(name, dir_fd=folder)
            write_new(name, parts(handle, size), 0o644, folder)
    finally:
        os.close(handle)
