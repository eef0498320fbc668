"""Debian packages: which are missing, what apt would remove to install them, and which of Woven's own are no longer listed."""

import json
import os
import re
import subprocess
import sys

from woven_node.programs import run_program
from woven_node.protected_packages import is_protected
from woven_node.recorded_services import releases_with
from woven_node.stage_run import detail, needed
from woven_node.state import keep, remembered

# The key under which node.json records what Woven installed.
MEMORY = "packages"

# A node has one of each kind. If the settings list another one, it may replace the installed one.
ONE_OF_A_KIND = [
    re.compile("exim4.*|postfix.*|sendmail.*|ssmtp|msmtp-mta|nullmailer|dma|opensmtpd|courier-mta|esmtp-run"),
    re.compile("systemd-timesyncd|chrony|ntp|ntpsec|openntpd"),
    re.compile("rsyslog|syslog-ng.*|busybox-syslogd|inetutils-syslogd"),
]

SIMULATE = ["apt-get", "-s", "-y", "-q", "-o", "Debug::NoLocking=1", "-o", "APT::Get::AutomaticRemove=false"]


def packages(verb, spec, run):
    """SPEC: a JSON file with the listed packages. What apt-get has to do is written to files in RUN, one name a line."""
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
    """The names that are installed, for any architecture."""
    plain = [name for name in names if re.fullmatch(r"[a-z0-9][a-z0-9+.-]*", name)]
    found = set()
    if plain:
        _, output = run_program("dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n", *plain)
        found = {name for status, _, name in (line.partition(" ") for line in output.splitlines()) if status == "installed"}
    # In its answer, dpkg-query leaves out the architecture that a name has.
    for name in set(names) - set(plain):
        _, output = run_program("dpkg-query", "-W", "-f", "${db:Status-Status}\n", name)
        if "installed" in output.splitlines():
            found.add(name)
    return found


def missing(listed):
    there = installed(listed)
    return [name for name in listed if name not in there]


def unlisted(listed):
    """What Woven installed and the settings no longer list."""
    return sorted(set(remembered(MEMORY)) - set(listed))


def simulate(*words):
    """Exit status, packages that apt would remove, packages that it would install, and its output."""
    code, output = run_program(*SIMULATE, *words, stderr=subprocess.STDOUT)
    return code, re.findall(r"^Remv ([^ \n]*)", output, re.M), re.findall(r"^Inst ([^ \n]*)", output, re.M), output


def conflicts(wanted, listed):
    """What apt would remove to install the wanted packages: what it may remove, and what it must not."""
    code, going, _, output = simulate("--no-install-recommends", "install", *wanted)
    if code:
        sys.stderr.write(output)
        sys.exit(f"apt cannot install {' '.join(wanted)}")
    ours = [name for name in unlisted(listed) if not is_protected(name)]
    may = [name for name in going if name in ours or may_be_replaced(name, wanted)]
    return may, [name for name in going if name not in may]


def may_be_replaced(package, wanted):
    return any(kind.fullmatch(package) and any(kind.fullmatch(name) for name in wanted) for kind in ONE_OF_A_KIND)


def write_lines(run, name, lines):
    with open(os.path.join(run, name), "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def check_missing(listed, run):
    needed(missing(listed))


def check_conflicts(listed, run):
    replaced_by(missing(listed), listed)


def replaced_by(wanted, listed):
    """What the wanted packages replace. Fails if apt would remove something that it must not."""
    replaced, lost = conflicts(wanted, listed) if wanted else ([], [])
    if lost:
        sys.exit(f"to install {' '.join(wanted)}, apt would remove {' '.join(lost)}")
    return replaced


def plan_install(listed, run):
    wanted = missing(listed)
    detail(run, *(f"install {name}" for name in wanted))
    replaced, lost = conflicts(wanted, listed) if wanted else ([], [])
    detail(run, *(f"remove {name}: replaced by a listed package" for name in replaced))
    if lost:
        detail(run, f"this would fail: apt would remove {' '.join(lost)}")


def begin_install(listed, run):
    """Writes `packages-wanted` and `packages-replaced`. Records the packages as Woven's before apt installs them."""
    wanted = missing(listed)
    write_lines(run, "packages-replaced", replaced_by(wanted, listed))
    write_lines(run, "packages-wanted", wanted)
    keep(MEMORY, sorted({*remembered(MEMORY), *wanted}))


def check_known(listed, run):
    """A package that somebody else removed is no longer Woven's, even if it is installed again later."""
    ours = unlisted(listed)
    needed(set(ours) - installed(ours))


def forget(listed, run):
    ours = unlisted(listed)
    drop(set(ours) - installed(ours))


def drop(names):
    keep(MEMORY, [name for name in remembered(MEMORY) if name not in names])


def check_unlisted(listed, run):
    """Writes `packages-to-remove`, which apt can remove without touching anything else. Reports why others stay."""
    going, kept = removable(unlisted(listed))
    detail(run, *kept)
    write_lines(run, "packages-to-remove", going)
    needed(going)


def removable(names):
    going, kept = [], []
    there = installed(names)
    for package in (name for name in names if name in there):
        if is_protected(package):
            kept.append(f"{package}: kept, because it may hold data or be needed to log in")
        elif releases_with(package):
            kept.append(f"{package}: kept, because releases on this server use it: {' '.join(releases_with(package))}")
        else:
            going.append(package)
    while going and side_effects(going, going):
        left = []
        for package in going:
            others = side_effects([package], going)
            if others:
                kept.append(f"{package}: kept, because apt would also change {' '.join(others)}")
            else:
                left.append(package)
        if left == going:
            left = []
            kept.append("all: kept, because apt would also change other packages")
        going = left
    return going, kept


def side_effects(names, going):
    """Other packages that apt would remove, or install, if it removed these."""
    code, removed_too, come, _ = simulate("remove", *names)
    if code:
        return ["packages that apt does not name"]
    return [name for name in removed_too if name not in going] + come


def removed(listed, run):
    """Runs after apt has removed the packages in `packages-to-remove`."""
    with open(os.path.join(run, "packages-to-remove"), encoding="utf-8") as file:
        going = file.read().split()
    detail(run, *(f"removed {name}" for name in going))
    drop(going)


def taken(listed, run):
    """Prints what would be removed with settings that list these packages."""
    for name in unlisted(listed):
        if not is_protected(name):
            print(name)
