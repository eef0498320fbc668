"""Reads the records of all releases on this node: which configuration files belong to a distribution, and what a release needs."""

import glob
import os
import sys

from woven_node.folders import STATE
from woven_node.release_names import distributions
from woven_node.state import read, unreadable

SCHEMA = 4
# The packages of the only server that a release of schema 1 can have.
FIRST_PACKAGES = ["apache2", "apache2-bin", "libapache2-mod-wsgi-py3"]


def owned():
    """Prints the configuration files of all releases, each behind its distribution: `shop /etc/nginx/…`, one a line."""
    for path, distribution in sorted({(path, record["distribution"]) for record in records("*") for path in files(record)}):
        print(distribution, path)


def releases_with(package):
    """The releases on this node that need a Debian package."""
    if package == "nginx" or package.startswith("nginx-"):
        return [named(record) for record in records("*")]
    return [named(record) for record in records("*") if package in packages(record)]


def named(record):
    return f"{record['distribution']}-{record['name']}"


def unshared(distribution):
    """Prints the site users and SQLite files that no other distribution on this node uses.

    While a run works on another distribution, no user is removed: the run's release has no record yet, so nobody knows which it needs.
    """
    ours, others = records(distribution), [record for record in records("*") if record["distribution"] != distribution]
    neighbours = [other for other in distributions() if other != distribution]
    busy = busy_beside(distribution)
    used = {site["id"] for record in others for site in record["sites"]}
    for number in sorted({site["id"] for record in ours for site in record["sites"]} - used):
        print(f"{'kept' if busy else 'user'} site_{number}")
    # All distributions share the user that builds releases.
    if not neighbours:
        print("user woven-build")
    kept = {name for record in others for name in databases(record)}
    for name in sorted({name for record in ours for name in databases(record)} - kept):
        print(f"database {name}")


def busy_beside(distribution):
    """Whether a run is working on another distribution. Also after its lease has expired: a stage may run for longer."""
    return any(other != distribution and os.path.exists(f"{STATE}/{other}/lease.json") for other in distributions())


def records(distribution):
    """The records of a distribution, or of all (`*`). The step fails if one cannot be read: it may be the one that matters."""
    folder = STATE if distribution == "*" else f"{STATE}/{glob.escape(distribution)}"
    pattern = f"{folder}/*/releases/*.json" if distribution == "*" else f"{folder}/releases/*.json"
    return [recorded(path) for path in sorted(glob.glob(pattern))]


def recorded(path):
    document = read(path, SCHEMA)
    lacking = [key for key in ("schema", "distribution", "name", "sites") if key not in document]
    if lacking:
        sys.exit(unreadable(path, f"it has no {', '.join(lacking)}"))
    return document


def files(record):
    if record["schema"] >= 2:
        return [path for service in record["services"] for path in service["files"]]
    confs = [f"{site['domains'][0].replace('.', '_')}-{record['name']}.conf" for site in record["sites"]]
    return [
        *(f"/etc/{server}/sites-available/{conf}" for server in ("apache2", "nginx") for conf in confs),
        f"/etc/apache2/woven/{named(record)}.conf",
        f"/etc/systemd/system/{record['unit']}@.service",
    ]


def packages(record):
    if record["schema"] >= 2:
        # Without certbot, nobody renews the certificate of the release.
        renewing = ["certbot"] if record.get("tls", {}).get("kind") == "acme" else []
        return renewing + [package for service in record["services"] for package in service["packages"]]
    return FIRST_PACKAGES


def databases(record):
    return record.get("described", {}).get("sqliteFiles", [f"{record['distribution']}.db"])
