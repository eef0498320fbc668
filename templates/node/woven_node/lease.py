"""Keeps two runs apart: whose turn it is on a distribution, between the stages of a run, and until when.

While a stage runs, the kernel's lock on .lease.lock keeps others out (the stage's descriptor 8). The lease holds the place until
the next stage of the same run. It counts by the node's boot and its uptime, so no change of the clock ends or lengthens it.
"""

import fcntl
import json
import os
import sys
import time

from woven_node.state import read, write

SCHEMA = 2
LOCK = 8


def lease(verb, spec):
    """SPEC: {state, token, owner, command, run, seconds, link, folder}, a JSON file."""
    with open(spec, encoding="utf-8") as file:
        wanted = json.load(file)
    {"take": take, "holds": holds, "renew": renew, "end": end, "other": other}[verb](wanted)


def take(wanted):
    """The lease is this run's. Fails where another run has it, or has ended since this one looked."""
    lock(wanted)
    held = of(wanted)
    if held and held["token"] != wanted["token"] and left(held) > 0:
        sys.exit(f"another run is at work here: {told(held)}; it counts as gone in {left(held):.0f} seconds")
    active = os.path.basename(os.path.realpath(wanted["link"])) if os.path.exists(wanted["link"]) else ""
    if active != wanted["folder"]:
        sys.exit(f"another run has ended here meanwhile, and {active or 'nothing'} is live now")
    ours = held and held["token"] == wanted["token"]
    since = held.get("since") if ours else time.strftime("%H:%M:%S UTC", time.gmtime())
    named = {key: wanted[key] for key in ("token", "owner", "command", "run") if key in wanted}
    write(path(wanted), {"schema": SCHEMA, **named, "since": since, **until(wanted)})


def holds(wanted):
    """Fails unless the lease is this run's, under the lock: then it stays so until the stage ends."""
    lock(wanted)
    held = of(wanted)
    if held is None or held["token"] != wanted["token"]:
        sys.exit(f"this run has lost its lease{' to another one: ' + told(held) if held else ''}. Nothing was switched.")
    return held


def renew(wanted):
    """The stage has ended, and another one is to follow."""
    write(path(wanted), {**holds(wanted), "schema": SCHEMA, **until(wanted)})


def end(wanted):
    """The run has ended."""
    holds(wanted)
    os.unlink(path(wanted))


def other(wanted):
    """Prints whose the lease is, if it is another run's."""
    held = of(wanted)
    if held and held["token"] != wanted["token"]:
        print(told(held))


def lock(wanted):
    """Descriptor 8 is open on the lock, and nobody else has it; from now on until the end of the stage, nobody else can."""
    try:
        ours, named = os.fstat(LOCK), os.stat(f"{wanted['state']}/.lease.lock")
        if (ours.st_dev, ours.st_ino) != (named.st_dev, named.st_ino):
            sys.exit(f"{wanted['state']}/.lease.lock was replaced while this run had it open. Nothing was switched.")
        fcntl.flock(LOCK, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        sys.exit(f"this run does not have the lock {wanted['state']}/.lease.lock: {error.strerror}. Nothing was switched.")


def path(wanted):
    return f"{wanted['state']}/lease.json"


def of(wanted):
    return read(path(wanted), SCHEMA)


def told(held):
    run = f" ({held['run']})" if held.get("run") else ""
    return f"{held['owner']} runs {held['command']} since {held.get('since', 'a time that is not known')}{run}"


def until(wanted):
    # `expires`, by the clock, is for versions of Woven that know no other measure.
    return {"boot": boot(), "until": round(uptime() + wanted["seconds"], 3), "expires": int(time.time()) + wanted["seconds"]}


def left(held):
    """Seconds until the lease ends by itself."""
    if "boot" not in held:
        return held["expires"] - time.time()
    return held["until"] - uptime() if held["boot"] == boot() else 0


def boot():
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return file.read().strip()


def uptime():
    """Seconds since the node was booted, also those in which it slept."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
