"""A folder that a site filled becomes root's, for all to read, whatever the site has put there and still does."""

import os
import stat

from woven_node.site_files import acting_as, open_regular, parts, write_new

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


def claim(user, folder):
    """Regular files and folders stay, and all else goes. A file that has a second name is replaced by a copy of what USER may read.

    A folder is root's before anybody looks into it: from then on, no name in it changes. A program of the site that goes on
    may still write to files that it has open; they are the site's own, and nobody takes them for more.
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
    # As the site: what it may not read, it has not made.
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
