"""State of previews that a run left behind when it died right at its start: a lease, and nothing else. Their names have a `~`."""

import fcntl
import glob
import os
import shutil

from woven_node.folders import STATE
from woven_node.lease import left, of


def remove_orphans():
    """Removes the folders of previews that have no record, unless a run is working on them. Prints their names."""
    for folder in sorted(glob.glob(f"{STATE}/*~*")):
        name = os.path.basename(folder)
        if os.path.exists(f"{STATE}/previews/{name}/record.json"):
            continue
        handle = os.open(f"{folder}/.lease.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = of({"state": folder})
            if held is None or left(held) <= 0:
                shutil.rmtree(folder)
                print(name)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)
