"""Links that lead somewhere else from one moment to the next."""

import os


def link(target, name):
    # Not `ln -sfn`: some of them unlink first, and a reader sees nothing for a moment. Hidden: nginx reads all else in its folder.
    temporary = os.path.join(os.path.dirname(name), f".{os.path.basename(name)}.{os.getpid()}.new")
    os.symlink(target, temporary)
    try:
        os.replace(temporary, name)
    except BaseException:
        os.unlink(temporary)
        raise
