"""State of previews that a run left behind when it died right at its start: a lease, and perhaps half of a record. Their names have a `~`."""

import fcntl
import glob
import os
import shutil

from woven_node.folders import STATE
from woven_node.lease import left, of


def remove_orphans():
    """Removes the folders of previews that have no record, unless a run is working on them. Prints their names."""
    found = glob.glob(f"{STATE}/*~*") + glob.glob(f"{STATE}/previews/*~*")
    for name in sorted({os.path.basename(path) for path in found}):
        folder, kept = f"{STATE}/{name}", f"{STATE}/previews/{name}"
        if os.path.exists(f"{kept}/record.json"):
            continue
        os.makedirs(folder, mode=0o700, exist_ok=True)
        handle = os.open(f"{folder}/.lease.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = of({"state": folder})
            if held is None or left(held) <= 0:
                shutil.rmtree(kept, ignore_errors=True)
                shutil.rmtree(folder)
                print(name)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)
