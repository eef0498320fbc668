"""Whether a preview has room on this node, and which others go to sleep for it: those that nobody has visited for longest."""

import contextlib
import glob
import json
import os
import re
import sys
from datetime import datetime

from woven_node.folders import STATE
from woven_node.release_names import locked

KEPT = f"{STATE}/previews"
LOGS = "/var/log/woven"
MEGABYTE = 1 << 20


def preview_room(verb, spec):
    """VERB is `check` (fails if there is no room) or `sleepers`. Both print the names of those that have to sleep, one a line.

    SPEC: {distribution, base, root, most, memory, totalMemory or null, keepFree, needs, copies: [path]}, sizes in bytes.
    """
    with open(spec, encoding="utf-8") as file:
        plan = json.load(file)
    if verb == "check":
        check_disk(plan)
        check_memory(plan)
    for name in sleepers(plan, verb):
        print(name)


def check_disk(plan):
    """Releases are built from what is sent and from copies. A preview must leave room for production."""
    needed = plan["needs"] + sum(size_of(path) for path in plan["copies"])
    place = plan["root"]
    while not os.path.isdir(place):
        place = os.path.dirname(place)
    state = os.statvfs(place)
    free = state.f_bavail * state.f_frsize
    if free < needed + plan["keepFree"]:
        sys.exit(
            f"{place} has {megabytes(free)} free. This preview needs {megabytes(needed)}, "
            f"and previews leave {megabytes(plan['keepFree'])} free ([preview] keep-free)"
        )


def check_memory(plan):
    installed, total = memory_of_node(), total_of(plan)
    if plan["memory"] > min(installed, total):
        sys.exit(
            f"a preview may use {megabytes(plan['memory'])} of memory ([preview] memory). This server has {megabytes(installed)}, "
            f"and all previews together may use {megabytes(total)} ([preview] total-memory)"
        )


def total_of(plan):
    """By default half of the memory. A small server has room for one preview all the same."""
    return plan["totalMemory"] or max(memory_of_node() // 2, plan["memory"])


def sleepers(plan, verb):
    """The names of previews. If not enough of them can sleep, `check` fails."""
    others = [one for one in (running(path, plan) for path in glob.glob(f"{KEPT}/*/record.json")) if one is not None]
    count, used = len(others), sum(memory for _, memory, _ in others)
    total = total_of(plan)

    def fits():
        return count < plan["most"] and used + plan["memory"] <= total

    found = []
    # A run is working on the others.
    for _, memory, name in sorted(one for one in others if one[0] is not None):
        if fits():
            break
        found.append(name)
        count, used = count - 1, used - memory
    if not fits() and verb == "check":
        sys.exit(
            f"{count} other previews of {plan['base']} are being updated right now, with {megabytes(used)} of memory. "
            f"At most {plan['most']} previews may run, with {megabytes(total)} in all ([preview] most and total-memory)"
        )
    return found


def running(path, plan):
    """(time of the last visit, memory, name) of another preview that runs. The time is None if a run is working on it."""
    folder = os.path.dirname(path)
    with open(path, encoding="utf-8") as file:
        record = json.load(file)
    name = record["distribution"]
    if record["base"] != plan["base"] or name == plan["distribution"]:
        return None
    memory = record.get("memory", plan["memory"])
    # Without a lease, but with the lock, a run has ended and tidies up: it may be looking for others that can sleep, too.
    if os.path.exists(f"{STATE}/{name}/lease.json") or locked(name):
        return (None, memory, name)
    if os.path.exists(f"{folder}/asleep") or not os.path.lexists(f"{record['root']}/env/{name}"):
        return None
    domains = [domain for site in record["sites"] for domain in site["domains"]]
    logs = [f"{LOGS}/{domain.replace('.', '_')}-access.log" for domain in domains]
    return (max([os.stat(path).st_mtime, *map(last_visit, logs)]), memory, name)


def last_visit(log):
    """Seconds since 1970, 0 if there was none. logrotate(8) empties the log, which is no visit: the last one is then in the log before."""
    with contextlib.suppress(OSError):
        if os.path.getsize(log):
            return os.path.getmtime(log)
        with open(f"{log}.1", "rb") as file:
            file.seek(max(os.path.getsize(f"{log}.1") - 16384, 0))
            times = re.findall(rb"\[(\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]", file.read())
        if times:
            return datetime.strptime(times[-1].decode(), "%d/%b/%Y:%H:%M:%S %z").timestamp()
    return 0


def size_of(path):
    """0 if it is not there. A site may have put a link there, which nobody copies."""
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


def memory_of_node():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def megabytes(size):
    return f"{round(size / MEGABYTE)} MB"
