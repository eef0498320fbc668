"""Changes links atomically."""

import os


def link(target, name):
    # Not `ln -sfn`: some versions unlink first, and for a moment there is no link. Hidden, because nginx reads every other file there.
    temporary = os.path.join(os.path.dirname(name), f".{os.path.basename(name)}.{os.getpid()}.new")
    os.symlink(target, temporary)
    try:
        os.replace(temporary, name)
    except BaseException:
        os.unlink(temporary)
        raise
