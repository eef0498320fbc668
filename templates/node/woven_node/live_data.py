"""Copies the data of a live release for a preview: its SQLite files, and its media as hard links.

The live site can write where this reads, so root follows no link there. It never reads a database as root: SQLite's own code does that
with the rights of the site.
"""

import grp
import json
import os
import pwd
import shutil
import sqlite3
import stat
import sys
import tempfile

from woven_node.folders import STATE
from woven_node.site_files import open_regular, parts, write_new


def live_data(spec):
    """SPEC: {user, group, reader, databases: [{from, to}], media: {from, to}}. What the preview has already stays as it is."""
    with open(spec, encoding="utf-8") as file:
        plan = json.load(file)
    uid, gid = pwd.getpwnam(plan["user"]).pw_uid, grp.getgrnam(plan["group"]).gr_gid
    for database in plan["databases"]:
        if not os.path.lexists(database["to"]) and os.path.lexists(database["from"]):
            copy_database(database["from"], database["to"], plan["reader"], uid, gid)
            print(database["to"])
    media = plan["media"]
    if os.path.isdir(media["from"]) and not os.listdir(media["to"]):
        count = link_folder(os.open(media["from"], os.O_RDONLY | os.O_DIRECTORY), os.open(media["to"], os.O_RDONLY | os.O_DIRECTORY), uid, gid)
        if count:
            print(f"{media['to']}: {count} files")


def copy_database(source, target, reader, uid, gid):
    """A consistent copy, also while the site writes: the backup API of SQLite."""
    folder = tempfile.mkdtemp(dir=STATE)
    try:
        # Only for this user, which has to get there: STATE lets others pass through.
        os.chown(folder, pwd.getpwnam(reader).pw_uid, -1)
        copy = os.path.join(folder, "copy")
        child = os.fork()
        if child == 0:
            os._exit(backup(source, copy, reader))
        if os.waitpid(child, 0)[1] != 0:
            sys.exit(f"{source} cannot be copied: see above")
        found = open_regular(copy)
        if found is None:
            sys.exit(f"the copy of {source} is not a file")
        handle, size = found
        new = f"{target}.{os.urandom(8).hex()}.new"
        write_new(new, parts(handle, size), 0o600)
        os.chown(new, uid, gid)
        os.chmod(new, 0o660)
        os.replace(new, target)
    finally:
        shutil.rmtree(folder)


def backup(source, copy, reader):
    """In a process of its own, which gives up root for good."""
    account = pwd.getpwnam(reader)
    os.initgroups(reader, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    try:
        with sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=60) as live, sqlite3.connect(copy) as new:
            live.backup(new, pages=1000)
        return 0
    except sqlite3.Error as error:
        print(f"{source}: {error}", file=sys.stderr)
        return 1


def link_folder(source, target, uid, gid):
    """Links the regular files below the opened folder SOURCE into TARGET. The files keep their owner, so the preview cannot write to them."""
    count = 0
    try:
        for name in os.listdir(source):
            try:
                state = os.stat(name, dir_fd=source, follow_symlinks=False)
                if stat.S_ISDIR(state.st_mode):
                    inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=source)
                    os.mkdir(name, 0o700, dir_fd=target)
                    new = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=target)
                    count += link_folder(inner, new, uid, gid)
                elif stat.S_ISREG(state.st_mode) and not state.st_mode & (stat.S_ISUID | stat.S_ISGID) and not (state.st_mode & 0o002):
                    os.link(name, name, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)
                    linked = os.stat(name, dir_fd=target, follow_symlinks=False)
                    # Another file may have taken the name meanwhile, such as a link.
                    if not stat.S_ISREG(linked.st_mode):
                        os.unlink(name, dir_fd=target)
                    else:
                        count += 1
            except FileNotFoundError:
                # The site has just removed it.
                continue
        os.fchown(target, uid, gid)
        os.fchmod(target, 0o2775)
    finally:
        os.close(source)
        os.close(target)
    return count

