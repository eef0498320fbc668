"""The Pythons that Woven has brought to this node (STATE/python/<version>), and which of them no release needs."""

import glob
import os
import re

from woven_node import recorded_services
from woven_node.folders import STATE
from woven_node.release_names import distributions

VERSION = re.compile(r"3\.\d{1,2}\.\d{1,2}")


def unused(root, distribution):
    """Prints the versions that nothing uses, one a line. None if that is not certain.

    Releases are built under the lease of their distribution, and have no record until their switch. So nothing is certain while another
    distribution has a lease, or if a record cannot be read.
    """
    if any(os.path.exists(f"{STATE}/{other}/lease.json") for other in distributions() if other != distribution):
        return
    try:
        recorded = [record.get("interpreter", "") for record in recorded_services.records("*")]
    except SystemExit:
        return
    used = {version_of(path) for path in (*recorded, *linked(root))}
    for version in sorted(set(installed()) - used):
        print(version)


def installed():
    folder = f"{STATE}/python"
    if not os.path.isdir(folder):
        return []
    return [name for name in os.listdir(folder) if VERSION.fullmatch(name) and not os.path.islink(f"{folder}/{name}")]


def linked(root):
    """Where the virtualenvs below ROOT lead to: also those of builds that are being made, or that finish their last requests."""
    here = glob.escape(root)
    for place in ("env/*", "env/.*", "env/.packages/*", ".staging/*", ".staging/*/.build/venv"):
        for link in glob.glob(f"{here}/{place}/bin/python*"):
            if os.path.islink(link):
                yield os.readlink(link)


def version_of(path):
    below = f"{STATE}/python/"
    return path[len(below) :].split("/")[0] if path.startswith(below) else ""
