"""Which names of releases are taken on this node: `shop-admin` 1.0 and `shop` admin-1.0 would both be `shop-admin-1.0`."""

import fcntl
import glob
import json
import os

from woven_node.folders import STATE
from woven_node.lease import left

RECORD = ".json"


def taken(distribution, name):
    """Other distributions whose folders, links and configuration would have the names of this release or distribution."""
    ours = {distribution, folder(distribution, name)}
    found = []
    for other in distributions():
        if other == distribution:
            continue
        if other in ours:
            found.append(f"the distribution {other}")
        in_flight = release_in_flight(other)
        found += [f"{other} {one}" for one in recorded_names(other) if folder(other, one) in ours]
        if in_flight is not None and folder(other, in_flight) in ours:
            found.append(f"{other} {in_flight}, which is being deployed")
    return found


def folder(distribution, name):
    """What the names of a release's folders and files begin with."""
    return f"{distribution}-{name}"


def distributions():
    """All distributions of this node: those that have releases, and those that a run is working on."""
    kept = [*glob.glob(f"{STATE}/*/releases"), *glob.glob(f"{STATE}/*/lease.json")]
    return sorted({os.path.basename(os.path.dirname(path)) for path in kept})


def recorded_names(distribution):
    """The names of its releases. From the names of the records, so a record that cannot be read counts, too."""
    kept = glob.glob(f"{STATE}/{glob.escape(distribution)}/releases/*{RECORD}")
    return sorted(os.path.basename(path)[: -len(RECORD)] for path in kept)


def release_in_flight(distribution):
    """The name of the release that a run is working on. None if there is no such run, or if its version of Woven does not tell."""
    try:
        with open(f"{STATE}/{distribution}/lease.json", encoding="utf-8") as file:
            held = json.load(file)
        alive = left(held) > 0
    except (OSError, ValueError, LookupError, TypeError):
        return None
    if not isinstance(held.get("release"), str):
        return None
    # While a stage runs, its lease may expire. The stage still has the lock.
    return held["release"] if alive or locked(distribution) else None


def locked(distribution):
    # A run that takes the lock at this moment waits for it.
    try:
        with open(f"{STATE}/{distribution}/.lease.lock", "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
