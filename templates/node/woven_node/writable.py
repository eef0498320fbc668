"""Folders that an application writes to. They are outside of releases, and belong to the application.

The folder of the distribution belongs to root, so no name in it changes under root. A folder inside one that the application has may be
anything by now: root follows no link there.
"""

import contextlib
import grp
import json
import os
import pwd
import shutil
import stat

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
# Of an unfinished copy that a power cut left behind.
NEW = ".new-"


def writable(verb, spec):
    """SPEC: {base, user, group, sites, source, folders: {path: number of files in the repository}}. `list` prints what `apply` would make.

    `apply` makes the folders that are missing, with the files in SOURCE. A folder that exists keeps its files.
    """
    with open(spec, encoding="utf-8") as file:
        plan = json.load(file)
    base, gid = plan["base"], group_of(plan["group"], verb)
    if verb == "apply":
        os.makedirs(os.path.dirname(base), mode=0o755, exist_ok=True)
        if not os.path.isdir(base):
            os.mkdir(base, 0o750)
        # The administrator may have put a link here, to a larger disk.
        os.chown(base, 0, gid)
        os.chmod(base, 0o750)
        for name in os.listdir(base):
            if name.startswith(NEW):
                shutil.rmtree(os.path.join(base, name))
    for path, count in plan["folders"].items():
        if verb == "list":
            if not os.path.lexists(os.path.join(base, path)):
                print(made(base, path, count))
            continue
        uid = pwd.getpwnam(plan["user"]).pw_uid
        with opened(base, os.path.dirname(path)) as parent:
            if exists(parent, os.path.basename(path), os.path.join(base, path)):
                take(parent, os.path.basename(path), uid, gid, plan["sites"] > 1)
                if count:
                    print(f"{path}: the server's folder stays as it is. The repository's files of it ({count}) are not copied")
            else:
                make(base, parent, path, os.path.join(plan["source"], path), uid, gid)
                print(made(base, path, count))


def group_of(name, verb):
    """A dry run may come before the group exists."""
    return grp.getgrnam(name).gr_gid if verb == "apply" else None


def made(base, path, count):
    files = f", with the repository's files ({count})" if count else ""
    return f"new: {os.path.join(base, path)}{files}"


@contextlib.contextmanager
def opened(base, above):
    """The folder that holds a writable folder. Makes what is missing of its path."""
    handle = os.open(base, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in [part for part in above.split("/") if part]:
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, 0o755, dir_fd=handle)
            inner = open_folder(name, handle, os.path.join(base, above))
            os.close(handle)
            handle = inner
        yield handle
    finally:
        os.close(handle)


def open_folder(name, parent, shown):
    try:
        return os.open(name, FOLDER, dir_fd=parent)
    except OSError as error:
        raise SystemExit(f"{shown} is not a folder: {name} is a link or a file. Move it elsewhere, and run this again") from error


def exists(parent, name, shown):
    try:
        os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return False
    os.close(open_folder(name, parent, shown))
    return True


def take(parent, name, uid, gid, shared):
    """Gives an existing folder to the first site and the group of all sites, and with several sites also what is in it to the group."""
    handle = open_folder(name, parent, name)
    try:
        state = os.fstat(handle)
        if (state.st_uid, state.st_gid) != (uid, gid):
            os.fchown(handle, uid, gid)
        os.fchmod(handle, 0o2770)
        if shared:
            share(handle, gid, state.st_dev)
    finally:
        os.close(handle)


def share(folder, gid, device):
    """Lets the group write: a site may have made files that only it can write, as SQLite does. Other sites may be writing meanwhile."""
    for name in os.listdir(folder):
        try:
            # A FIFO would wait for its other end, and a device may do anything when it is opened.
            if stat.S_IFMT(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode) not in (stat.S_IFREG, stat.S_IFDIR):
                continue
            handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        except OSError:
            continue
        try:
            state = os.fstat(handle)
            wanted = 0o2070 if stat.S_ISDIR(state.st_mode) else 0o060
            # A file with another name elsewhere may be something that the site must not change.
            if state.st_dev != device or not (stat.S_ISDIR(state.st_mode) or (stat.S_ISREG(state.st_mode) and state.st_nlink == 1)):
                continue
            if state.st_gid != gid:
                os.fchown(handle, -1, gid)
            if state.st_mode & wanted != wanted:
                os.fchmod(handle, stat.S_IMODE(state.st_mode) | wanted)
            if stat.S_ISDIR(state.st_mode):
                share(handle, gid, device)
        finally:
            os.close(handle)


def make(base, parent, path, source, uid, gid):
    """Fills a new folder aside, and then gives it its name: a power cut leaves no folder that looks complete."""
    new = os.path.join(base, NEW + os.urandom(8).hex())
    os.mkdir(new, 0o700)
    try:
        if os.path.isdir(source):
            shutil.copytree(source, new, symlinks=True, copy_function=shutil.copyfile, dirs_exist_ok=True)
        for folder, _, names in os.walk(new):
            for name in names:
                file = os.path.join(folder, name)
                os.chown(file, uid, gid, follow_symlinks=False)
                if not os.path.islink(file):
                    os.chmod(file, 0o660)
            os.chown(folder, uid, gid)
            os.chmod(folder, 0o2770)
        os.sync()
        os.rename(new, os.path.basename(path), dst_dir_fd=parent)
    except BaseException:
        shutil.rmtree(new)
        raise
