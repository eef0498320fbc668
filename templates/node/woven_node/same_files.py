"""Files of a new release that another release has, too: both folders then have one file between them."""

import filecmp
import os
import stat


def share_same(source, target):
    """Replaces files below TARGET by hard links to equal files of the same path below SOURCE. Both folders belong to root.

    Only where nobody but root can write to the file: a site must not change that of another one.
    """
    for folder, _, names in os.walk(target):
        others = os.path.join(source, os.path.relpath(folder, target))
        for name in names:
            mine, other = os.path.join(folder, name), os.path.join(others, name)
            if is_of_root(mine) and is_of_root(other) and not os.path.samefile(mine, other) and filecmp.cmp(mine, other, shallow=False):
                os.link(other, f"{mine}.shared", follow_symlinks=False)
                os.replace(f"{mine}.shared", mine)


def is_of_root(path):
    try:
        state = os.lstat(path)
    except FileNotFoundError:
        return False
    return stat.S_ISREG(state.st_mode) and state.st_uid == 0 and not state.st_mode & 0o022
