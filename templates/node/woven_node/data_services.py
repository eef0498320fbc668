"""Sets up the services that setupnode installs. This server makes a password for each, and keeps it where only root can read it.

A spec names the service, the distribution (for a database), and the addresses and networks of other servers that may reach it (`from`).
"""

import json
import secrets
import sys
import time

from woven_node.folders import STATE
from woven_node.service_mariadb import MariaDB
from woven_node.service_postgresql import PostgreSQL
from woven_node.service_redis import Redis
from woven_node.stage_run import detail, needed
from woven_node.state import read, write

PASSWORDS = f"{STATE}/services.json"
SCHEMA = 1
KINDS = {"redis": Redis, "valkey": Redis, "postgresql": PostgreSQL, "mariadb": MariaDB}

# Seconds in which a service that was started must let the password in.
PATIENCE = 60


def service(verb, spec, run):
    with open(spec, encoding="utf-8") as file:
        spec = json.load(file)
    name, distribution = spec["service"], spec.get("distribution")
    key = " ".join(filter(None, [name, distribution]))
    kind = KINDS[name](name, distribution, spec["from"])
    {"check": check, "preview": preview, "apply": apply}[verb](kind, key, run)


def check(kind, key, run):
    password = passwords().get(key)
    needed(password is None or kind.differs(password) or not kind.answers(password))


def preview(kind, key, run):
    if key not in passwords():
        detail(run, f"make a password for {kind.name}")
        if kind.distribution:
            detail(run, f"create the user and the database {kind.distribution}")
    detail(run, *(f"{kind.name} listens for {source}, too" for source in kind.sources))


def apply(kind, key, run):
    password = passwords().get(key)
    kind.start()
    if password is None:
        # What somebody else made is theirs: Woven sets no password of it.
        taken = kind.taken()
        if taken:
            sys.exit(
                f"{kind.name} has {taken} already, and Woven did not make it. Rename it or remove it. "
                f"Or leave {kind.name} out of services, and set its address in the input env"
            )
        password = secrets.token_hex(24)
        # First: a run that is interrupted from here on goes on with the same password.
        write(PASSWORDS, {"schema": SCHEMA, "passwords": {**passwords(), key: password}})
        detail(run, f"made a password for {kind.name}")
    for line in kind.apply(password):
        detail(run, line)
    until = time.monotonic() + PATIENCE
    while not kind.answers(password):
        if time.monotonic() > until:
            sys.exit(f"{kind.name} does not let its password in: systemctl status {kind.unit}, journalctl -u {kind.unit}")
        time.sleep(0.5)


def passwords():
    return (read(PASSWORDS, SCHEMA) or {"passwords": {}})["passwords"]
