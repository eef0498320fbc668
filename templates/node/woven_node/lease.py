"""The lease of a distribution: it keeps a second run out between the stages of a run.

While a stage runs, the kernel's lock on .lease.lock keeps others out (the stage's descriptor 8). The lease keeps them out until the next
stage of the same run. Its time is measured by the node's boot and uptime, so a change of the clock neither ends nor extends it.
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
    """SPEC: a JSON file: {state, token, owner, command, run, release, stage, seconds, link, folder}. `stage`: first, or later."""
    with open(spec, encoding="utf-8") as file:
        wanted = json.load(file)
    {"take": take, "holds": holds, "renew": renew, "end": end, "other": other}[verb](wanted)


def take(wanted):
    """Takes the lease for this run. Fails if another run has it, or has changed the live release since this run looked.

    A later stage goes on only with the lease of the first one, even if that has expired. If another run has had the lease meanwhile,
    it may have removed or replaced what this run has built.
    """
    lock(wanted)
    held = holds(wanted) if wanted["stage"] == "later" else of(wanted)
    if held and held["token"] != wanted["token"] and left(held) > 0:
        sys.exit(f"another run is working on this server: {holder(held)}. If it has died, its lease ends in {left(held):.0f} seconds")
    # null: whatever is live.
    if wanted["folder"] is not None and live(wanted) != wanted["folder"]:
        sys.exit(f"another run has changed the live release meanwhile: {live(wanted) or 'nothing'} is live now")
    ours = held and held["token"] == wanted["token"]
    since = held.get("since") if ours else time.strftime("%H:%M:%S UTC", time.gmtime())
    named = {key: wanted[key] for key in ("token", "owner", "command", "run", "release") if key in wanted}
    write(path(wanted), {"schema": SCHEMA, **named, "since": since, **until(wanted)})


def holds(wanted):
    """Fails unless this run has the lease. As this stage has the lock, the lease stays until the stage ends."""
    lock(wanted)
    held = of(wanted)
    if held is None or held["token"] != wanted["token"]:
        sys.exit(lost(wanted, held))
    return held


def renew(wanted):
    """Extends the lease at the end of a stage that another one follows."""
    write(path(wanted), {**holds(wanted), "schema": SCHEMA, **until(wanted)})


def end(wanted):
    """Ends the lease at the end of the run."""
    holds(wanted)
    os.unlink(path(wanted))


def other(wanted):
    """Fails if another run has the lease. Does not need the lock."""
    held = of(wanted)
    if held and held["token"] != wanted["token"]:
        sys.exit(lost(wanted, held) if wanted["stage"] == "later" else f"another run is working here: {holder(held)}")


def lock(wanted):
    """Takes the lock through descriptor 8, which is open on it. It is held until the stage ends."""
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


def holder(held):
    run = f" ({held['run']})" if held.get("run") else ""
    return f"{held['owner']} runs {held['command']} since {held.get('since', 'an unknown time')}{run}"


def lost(wanted, held):
    """The message of a run that has lost its lease. HELD: the lease that is there now, if there is one."""
    to = f" to another run: {holder(held)}" if held else ", perhaps to a run that has ended since"
    return f"this run has lost its lease{to}. This run did not switch here. {live(wanted) or 'Nothing'} is live"


def live(wanted):
    """The folder of the live release; empty if there is none."""
    return os.path.basename(os.path.realpath(wanted["link"])) if os.path.exists(wanted["link"]) else ""


def until(wanted):
    # `expires`, by the clock, is for older versions of Woven.
    return {"boot": boot(), "until": round(uptime() + wanted["seconds"], 3), "expires": int(time.time()) + wanted["seconds"]}


def left(held):
    """Seconds until the lease expires."""
    if "boot" not in held:
        return held["expires"] - time.time()
    return held["until"] - uptime() if held["boot"] == boot() else 0


def boot():
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return file.read().strip()


def uptime():
    """Seconds since boot, including the time that the node was suspended."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
