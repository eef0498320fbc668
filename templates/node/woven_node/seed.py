"""Media files that come with a release, copied to where a site keeps its own."""

import filecmp
import os
import pwd
import shutil
import time

from woven_node.folders import ORIGINALS


def seed(user, source, target, verb):
    """Prints what it copied, a line each. `replace` keeps a copy of what was there in ORIGINALS, named by the time."""
    # TO belongs to those who may have put links into it: nothing there is touched but as the user who could do so anyway.
    account = pwd.getpwnam(user)
    os.initgroups(user, account.pw_gid)
    os.setegid(account.pw_gid)
    os.seteuid(account.pw_uid)
    os.umask(0o002)
    for folder, folders, names in os.walk(source):
        folders.sort()
        for name in sorted(names):
            file = os.path.join(folder, name)
            path = os.path.relpath(file, source)
            to = os.path.join(target, path)
            if os.path.islink(file) or os.path.lexists(to) and (verb == "add" or filecmp.cmp(file, to, shallow=False)):
                continue
            os.makedirs(os.path.dirname(to), exist_ok=True)
            if os.path.lexists(to):
                keep(to, account.pw_uid)
            temporary = f"{to}.{os.urandom(8).hex()}.new"
            shutil.copyfile(file, temporary)
            os.replace(temporary, to)
            print(path)


def keep(path, reader):
    """Copies what `reader` may read of PATH to where only root looks."""
    with open(path, "rb") as file:
        os.seteuid(0)
        kept = f"{ORIGINALS}{path}.{time.strftime('%Y%m%dT%H%M%S')}"
        umask = os.umask(0o077)
        os.makedirs(os.path.dirname(kept), exist_ok=True)
        with open(kept, "wb") as copied:
            shutil.copyfileobj(file, copied)
        os.umask(umask)
        os.seteuid(reader)
