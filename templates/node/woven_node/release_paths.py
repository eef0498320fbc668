"""Which paths on this node belong to one release, and to nothing else. What is removed is on this list."""

import glob
import json
import os
import re

from woven_node.folders import STATE
from woven_node.recorded_services import SCHEMA, files, records
from woven_node.release_names import folder, recorded_names, taken
from woven_node.state import read

BUILD = re.compile(r"[0-9a-f]{6}")


def names(distribution, name, *configuration):
    """Prints what other distributions have of the names of this release, and of the paths of its configuration, one a line."""
    for line in taken(distribution, name):
        print(line)
    for path, other in sorted(used_by_others(configuration, distribution).items()):
        print(f"{path} of {other}")


def paths(root, distribution, *names):
    """Prints the builds, the link and the configuration of releases, one a line: those that are there."""
    for name in names:
        for path in of_release(root, distribution, name):
            if os.path.lexists(path):
                print(path)


def all_paths(root, distribution):
    """Prints everything of a distribution in the deployment root, and its configuration, one a line."""
    names = recorded_names(distribution)
    active = f"{root}/env/{distribution}"
    if os.path.islink(active) and os.readlink(active) in {f"{root}/env/{folder(distribution, name)}" for name in names}:
        print(active)
    staging = [f"{root}/.staging/{folder(distribution, name)}" for name in names if not taken(distribution, name)]
    shared = (f"/run/woven/{distribution}", f"/run/woven-locks/{distribution}", *https_files(distribution))
    for path in (*staging, *shared):
        if os.path.lexists(path):
            print(path)
    paths(root, distribution, *names)


def https_files(distribution):
    """What all its releases share for HTTPS: the certificate, and the answer to unknown hosts if no other distribution needs it."""
    yield f"/etc/nginx/woven/certificates/{distribution}.pem"
    others = [record for record in records("*") if record["distribution"] != distribution]
    if not any("certificate" in record.get("tls", {}) for record in others):
        yield "/etc/nginx/conf.d/woven-https.conf"


def of_release(root, distribution, name):
    record = read(f"{STATE}/{distribution}/releases/{name}.json", SCHEMA)
    builds = builds_of(root, distribution, name, record)
    link = f"{root}/env/{folder(distribution, name)}"
    yield from builds
    target = os.readlink(link) if os.path.islink(link) else ""
    if target in builds or (is_build(target, root, distribution, name) and not taken(distribution, name)):
        yield link
    ours = files(record) if record else []
    foreign = used_by_others(ours, distribution)
    yield from (path for path in ours if path not in foreign)


def builds_of(root, distribution, name, record):
    """All its builds. Where another distribution has a release of the same name, only the build that the record names."""
    prefix = f"{root}/env/.{folder(distribution, name)}."
    found = [path for path in glob.glob(f"{glob.escape(prefix)}*") if is_build(path, root, distribution, name) and not os.path.islink(path)]
    others = taken(distribution, name)
    return sorted(path for path in found if not others or (record and path == f"{prefix}{record.get('build')}"))


def is_build(path, root, distribution, name):
    prefix = f"{root}/env/.{folder(distribution, name)}."
    return path.startswith(prefix) and BUILD.fullmatch(path[len(prefix) :]) is not None


def used_by_others(ours, distribution):
    """The files that a record of another distribution names, with that distribution.

    A record that cannot be read has the files whose paths are in its text.
    """
    named = {}
    for path in glob.glob(f"{STATE}/*/releases/*.json"):
        other = path.split("/")[-3]
        if other == distribution:
            continue
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                text = file.read()
        except FileNotFoundError:
            # Another run has just removed it.
            continue
        named.update({one: other for one in ours if json.dumps(one) in text or one in derived(text)})
    return named


def derived(text):
    """The files of a record of the first schema, which does not list them."""
    try:
        record = json.loads(text)
        return files(record) if record["schema"] == 1 else []
    except (ValueError, LookupError, TypeError):
        return []
