"""The database of a preview on the server of its node: made for it, filled with a copy of live data, and dropped with it.

The folder of the preview keeps which it is, and its password, where only root can read it.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from woven_node.data_services import passwords
from woven_node.folders import STATE
from woven_node.preview_mariadb import PreviewMariaDB
from woven_node.preview_postgresql import PreviewPostgreSQL
from woven_node.stage_run import detail
from woven_node.state import read, write
from woven_node.whole_files import replace

SCHEMA = 1
KINDS = {"postgresql": PreviewPostgreSQL, "mariadb": PreviewMariaDB}
# How often a copy stops because somebody waits for it, and the seconds before it starts again.
ATTEMPTS = 4
PAUSE = 15
# Bytes that a copy leaves free.
SPARE = 500 * 1000 * 1000


def preview_database(verb, *words):
    {"make": make, "address": address, "drop": drop}[verb](*words)


def make(spec, run):
    """SPEC: {folder, service, base, name, user, copy: {reader, environment}}. What is there already stays as it is."""
    with open(spec, encoding="utf-8") as file:
        spec = json.load(file)
    kept = kept_in(spec["folder"])
    if kept is not None and kept["service"] != spec["service"]:
        drop(spec["folder"])
        kept = None
    with one_at_a_time():
        secret = passwords().get(f"{spec['service']} {spec['base']}")
        kind = KINDS[spec["service"]](spec["name"], spec["base"], secret)
        if kept is None:
            taken = kind.taken()
            if taken:
                sys.exit(f"{kind.title} has {taken} already, and Woven did not make it. Rename it or remove it")
            kept = {"schema": SCHEMA, "service": spec["service"], "name": spec["name"], "password": secrets.token_hex(24), "state": "new"}
            # First: whatever happens from here on, the removal of the preview finds it.
            write(file_in(spec["folder"]), kept)
        if kept["state"] == "ready":
            if not kind.answers(kept["password"]):
                sys.exit(f"{kind.title} does not let {spec['name']} into its database. Remove the preview, and build it again")
            return
        if secret is None:
            sys.exit(f"{kind.title} has not been set up for {spec['base']} here: run setupnode")
        # An earlier run may have died before it was whole.
        kind.remove()
        kind.make(kept["password"])
        detail(run, f"created the user and the database {spec['name']}")
    if "copy" in spec:
        copied(kind, kept["password"], spec, run)
    write(file_in(spec["folder"]), {**kept, "state": "ready"})


def copied(kind, password, spec, run):
    live = spec["copy"]
    with open(live["environment"], encoding="utf-8") as file:
        if not any(kind.secret in str(value) for value in json.load(file).values()):
            sys.exit(f"the live release of {spec['base']} does not use the database that setupnode made here, so Woven copies none")
    size, folder = kind.room()
    free = shutil.disk_usage(folder).free
    if free - size < SPARE:
        room = f"{folder} has {free // 10**6} MB free, of which {SPARE // 10**6} MB must stay"
        sys.exit(f"a copy of the database {spec['base']} takes {size // 10**6} MB, and {room}")
    for attempt in range(1, ATTEMPTS + 1):
        began = time.monotonic()
        outcome = copy(kind, password, live["reader"], spec["user"])
        if outcome == "done":
            detail(run, f"copied the database {spec['base']} ({size // 10**6} MB) in {time.monotonic() - began:.1f} s")
            return
        detail(run, "stopped the copy, because production and the copy waited for each other")
        if attempt == ATTEMPTS:
            sys.exit(f"something locks the tables of {spec['base']}, such as a migration: the copy gave way {ATTEMPTS} times")
        time.sleep(PAUSE)
        with one_at_a_time():
            kind.remove()
            kind.make(password)


def copy(kind, password, reader, user):
    """Through a pipe, with what the server has left of processor and disk. Each client runs as a user that has its password already."""
    words, variables = kind.dump()
    more, others = kind.load(password)
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as answered:
        source = started(reader, words, variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said)
        target = started(user, more, others, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=answered)
        ended, gave_way = threading.Event(), threading.Event()
        watch = threading.Thread(target=watched, args=(kind, source, ended, gave_way), daemon=True)
        watch.start()
        with contextlib.suppress(BrokenPipeError):
            for part in kind.parts(source.stdout):
                target.stdin.write(part)
        source.stdout.close()
        first = source.wait()
        ended.set()
        watch.join()
        if first:
            # What is half there must not look whole to the other client.
            target.terminate()
        with contextlib.suppress(BrokenPipeError):
            target.stdin.close()
        second = target.wait()
        complaints = errors(said)
        if gave_way.is_set() or (first and "statement timeout" in complaints):
            return "gave way"
        if first or second:
            # If the second ends early, the first one's pipe breaks: then the second has the cause.
            sys.stderr.write(errors(answered) or complaints)
            sys.exit(f"the database {kind.base} could not be copied: {kind.title} reports what is above")
    return "done"


def watched(kind, source, ended, gave_way):
    while not ended.wait(1):
        if kind.waits():
            gave_way.set()
            source.terminate()
            return


def started(user, words, variables, **files):
    last = ["runuser", "-u", user, "--", "nice", "-n", "19", "ionice", "-t", "-c", "3", *words]
    return subprocess.Popen(last, env={**os.environ, **variables}, cwd="/", **files)


def errors(file):
    """Only the lines that name an error: those around them may hold a row."""
    file.seek(0)
    lines = file.read(1_000_000).decode("utf-8", "replace").splitlines()
    return "".join(f"{line}\n" for line in lines if "rror" in line)[:4000]


def address(spec, *files):
    """SPEC: {folder, variable, url}. Adds the URL, with the password in place of `{password}`, to the environment of each site."""
    with open(spec, encoding="utf-8") as file:
        spec = json.load(file)
    url = spec["url"].replace("{password}", kept_in(spec["folder"])["password"])
    for path in files:
        with open(path, encoding="utf-8") as file:
            about, environment = os.fstat(file.fileno()), json.load(file)
        content = json.dumps({spec["variable"]: url, **environment})
        replace(path, content.encode(), about.st_mode & 0o777, about.st_uid, about.st_gid)


def drop(folder):
    """Also of a preview that has none, or whose database server is not installed any more."""
    kept = kept_in(folder)
    if kept is None:
        return
    kind = KINDS[kept["service"]](kept["name"], None, None)
    if shutil.which({"postgresql": "psql", "mariadb": "mariadb"}[kept["service"]]) is not None:
        with one_at_a_time():
            kind.remove()
    os.unlink(file_in(folder))
    print(f"removed the user and the database {kept['name']}")


def file_in(folder):
    return f"{folder}/database.json"


def kept_in(folder):
    return read(file_in(folder), SCHEMA)


@contextlib.contextmanager
def one_at_a_time():
    """Two previews may come at once, and both would change the configuration of the database server."""
    handle = os.open(f"{STATE}/.preview-databases.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
