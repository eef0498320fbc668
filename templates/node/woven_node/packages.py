"""Debian packages: which are missing, what apt would take off the node for them, and which of Woven's own are no longer listed."""

import json
import os
import re
import subprocess
import sys

from woven_node.programs import ask
from woven_node.protected_packages import is_protected
from woven_node.recorded_services import releases_with
from woven_node.stage_run import detail, needed
from woven_node.state import keep, remembered

# Where Woven remembers what it installed.
MEMORY = "packages"

# Of each of these a node has one: who names another one in the settings means the change.
ONE_OF_A_KIND = [
    re.compile("exim4.*|postfix.*|sendmail.*|ssmtp|msmtp-mta|nullmailer|dma|opensmtpd|courier-mta|esmtp-run"),
    re.compile("systemd-timesyncd|chrony|ntp|ntpsec|openntpd"),
    re.compile("rsyslog|syslog-ng.*|busybox-syslogd|inetutils-syslogd"),
]

SIMULATE = ["apt-get", "-s", "-y", "-q", "-o", "Debug::NoLocking=1", "-o", "APT::Get::AutomaticRemove=false"]


def packages(verb, spec, run):
    """SPEC: a JSON list of the packages that the settings list. What is for apt-get to do is left in RUN, a name a line."""
    with open(spec, encoding="utf-8") as file:
        listed = json.load(file)
    verbs = {
        "missing": check_missing,
        "conflicts": check_conflicts,
        "plan": plan_install,
        "install": begin_install,
        "known": check_known,
        "forget": forget,
        "unlisted": check_unlisted,
        "removed": removed,
        "taken": taken,
    }
    verbs[verb](listed, run)


def installed(names):
    """Those of the names that are installed, of any architecture."""
    plain = [name for name in names if re.fullmatch(r"[a-z0-9][a-z0-9+.-]*", name)]
    found = set()
    if plain:
        _, said = ask("dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n", *plain)
        found = {name for status, _, name in (line.partition(" ") for line in said.splitlines()) if status == "installed"}
    # One that names an architecture is not called so in the answer.
    for name in set(names) - set(plain):
        _, said = ask("dpkg-query", "-W", "-f", "${db:Status-Status}\n", name)
        if "installed" in said.splitlines():
            found.add(name)
    return found


def missing(listed):
    there = installed(listed)
    return [name for name in listed if name not in there]


def unlisted(listed):
    """What Woven installed and the settings do not list any more."""
    return sorted(set(remembered(MEMORY)) - set(listed))


def simulate(*words):
    """Exit status, names that apt would remove, names that it would install, and all that it said."""
    code, said = ask(*SIMULATE, *words, stderr=subprocess.STDOUT)
    return code, re.findall(r"^Remv ([^ \n]*)", said, re.M), re.findall(r"^Inst ([^ \n]*)", said, re.M), said


def conflicts(wanted, listed):
    """What would go for the wanted ones: those that may, and those that must not."""
    code, going, _, said = simulate("--no-install-recommends", "install", *wanted)
    if code:
        sys.stderr.write(said)
        sys.exit(f"apt finds no way to install {' '.join(wanted)}")
    ours = [name for name in unlisted(listed) if not is_protected(name)]
    may = [name for name in going if name in ours or is_exchanged(name, wanted)]
    return may, [name for name in going if name not in may]


def is_exchanged(package, wanted):
    return any(kind.fullmatch(package) and any(kind.fullmatch(name) for name in wanted) for kind in ONE_OF_A_KIND)


def leave(run, name, lines):
    with open(os.path.join(run, name), "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def check_missing(listed, run):
    needed(missing(listed))


def check_conflicts(listed, run):
    replaced_by(missing(listed), listed)


def replaced_by(wanted, listed):
    """What goes for the wanted ones. Fails where something would go that must not."""
    replaced, lost = conflicts(wanted, listed) if wanted else ([], [])
    if lost:
        sys.exit(f"to install {' '.join(wanted)}, apt would remove {' '.join(lost)}")
    return replaced


def plan_install(listed, run):
    wanted = missing(listed)
    detail(run, *(f"install {name}" for name in wanted))
    replaced, lost = conflicts(wanted, listed) if wanted else ([], [])
    detail(run, *(f"remove {name}: another one takes its place" for name in replaced))
    if lost:
        detail(run, f"this would fail: apt would have to remove {' '.join(lost)}")


def begin_install(listed, run):
    """Leaves `packages-wanted` and `packages-replaced`. What is about to be installed is noted as Woven's before it is."""
    wanted = missing(listed)
    leave(run, "packages-replaced", replaced_by(wanted, listed))
    leave(run, "packages-wanted", wanted)
    keep(MEMORY, sorted({*remembered(MEMORY), *wanted}))


def check_known(listed, run):
    """What somebody else removed is not Woven's any more, should it come back."""
    ours = unlisted(listed)
    needed(set(ours) - installed(ours))


def forget(listed, run):
    ours = unlisted(listed)
    drop(set(ours) - installed(ours))


def drop(names):
    keep(MEMORY, [name for name in remembered(MEMORY) if name not in names])


def check_unlisted(listed, run):
    """Leaves `packages-going`, which apt removes together and nothing with them; says why others stay."""
    going, kept = goes(unlisted(listed))
    detail(run, *kept)
    leave(run, "packages-going", going)
    needed(going)


def goes(names):
    going, kept = [], []
    there = installed(names)
    for package in (name for name in names if name in there):
        if is_protected(package):
            kept.append(f"{package}: kept, for it may hold data or be needed to log in")
        elif releases_with(package):
            kept.append(f"{package}: kept, for releases on this node are served with it: {' '.join(releases_with(package))}")
        else:
            going.append(package)
    while going and beyond(going, going):
        left = []
        for package in going:
            others = beyond([package], going)
            if others:
                kept.append(f"{package}: kept, for {' '.join(others)} needs it")
            else:
                left.append(package)
        if left == going:
            left = []
            kept.append("all: kept, for apt would not remove them alone")
        going = left
    return going, kept


def beyond(names, going):
    """What apt would do besides removing those that go: remove others, or install what takes their place."""
    code, removed_too, come, _ = simulate("remove", *names)
    if code:
        return ["something that apt does not tell"]
    return [name for name in removed_too if name not in going] + come


def removed(listed, run):
    """apt has removed what `unlisted` left to it."""
    with open(os.path.join(run, "packages-going"), encoding="utf-8") as file:
        going = file.read().split()
    detail(run, *(f"removed {name}" for name in going))
    drop(going)


def taken(listed, run):
    """Prints what settings that list these would take off the node."""
    for name in unlisted(listed):
        if not is_protected(name):
            print(name)
