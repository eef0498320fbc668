"""Sets of configuration files: checks, places and undoes them, shows them as a diff, or places them in a copy of /etc."""

import grp
import json
import os
import pwd
import sys

from woven_node.folders import ORIGINALS
from woven_node.links import link
from woven_node.whole_files import replace


def files(verb, spec, run):
    """SPEC: [{path, source, mode, owner, group, rights, secret, like, when, reportSkipped} or {path, link, when}]

    `like`: the previous file, which `diff` compares a new one with.
    `when`: always, or only if the file or its folder exists. `reportSkipped`: name the file if it is skipped.
    `rights: kept`: a file that somebody else made keeps its owner and mode.
    """
    with open(spec, encoding="utf-8") as file:
        entries = json.load(file)
    applying = [entry for entry in entries if applies(entry)]
    if verb == "check":
        with open(os.path.join(run, "details"), "a", encoding="utf-8") as details:
            for entry in entries:
                if entry.get("reportSkipped") and entry not in applying:
                    details.write(f"{entry['path']}: not placed, because {missing(entry)} does not exist\n")
        sys.exit(0 if all(is_placed(entry, run) for entry in applying) else 1)
    for entry in applying:
        {"apply": place, "undo": undo, "diff": show, "try": place_in_copy}[verb](entry, run)


def applies(entry):
    when = entry.get("when", "always")
    if when == "file":
        return os.path.lexists(entry["path"])
    if when == "folder":
        return os.path.isdir(os.path.dirname(entry["path"]))
    return True


def missing(entry):
    return "the file" if entry["when"] == "file" else os.path.dirname(entry["path"])


def source(entry, run):
    with open(os.path.join(run, "files", entry["source"]), "rb") as file:
        return file.read()


def rights(entry):
    """Mode, uid and gid for the file."""
    # The saved original comes first: the file itself may be Woven's by now.
    for there in (ORIGINALS + entry["path"], entry["path"]):
        if entry.get("rights") == "kept" and os.path.isfile(there) and not is_ours(there):
            state = os.stat(there)
            return state.st_mode & 0o7777, state.st_uid, state.st_gid
    return int(entry["mode"], 8), pwd.getpwnam(entry["owner"]).pw_uid, grp.getgrnam(entry["group"]).gr_gid


def is_ours(path):
    with open(path, "rb") as file:
        return b"Managed by Woven" in file.read(300)


def is_placed(entry, run):
    path = entry["path"]
    if "link" in entry:
        return os.path.islink(path) and os.readlink(path) == entry["link"]
    try:
        state = os.stat(path)
        with open(path, "rb") as file:
            content = file.read()
    except OSError:
        return False
    return content == source(entry, run) and (state.st_mode & 0o7777, state.st_uid, state.st_gid) == rights(entry)


def before(entry, run):
    return os.path.join(run, "before") + entry["path"]


def place(entry, run):
    if is_placed(entry, run):
        return
    path = entry["path"]
    if os.path.lexists(path):
        kept = before(entry, run)
        os.makedirs(os.path.dirname(kept), exist_ok=True)
        copy(path, kept)
        original = ORIGINALS + path
        # A link that gets this far is somebody else's: for Woven's own, is_placed() has returned above.
        ours = "link" not in entry and os.path.isfile(path) and is_ours(path)
        if not ours and not os.path.lexists(original):
            os.makedirs(ORIGINALS, mode=0o700, exist_ok=True)
            os.makedirs(os.path.dirname(original), mode=0o700, exist_ok=True)
            copy(path, original)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    # Noted before the file is replaced: an undo must not remove a file that this run did not make.
    note(run, path)
    put(entry, run, path)
    with open(os.path.join(run, "details"), "a", encoding="utf-8") as details:
        details.write(f"{path}\n")


def place_in_copy(entry, run):
    """Places the file in the copy of /etc in RUN/trial, where the service tests its configuration before the real one changes."""
    path = os.path.join(run, "trial") + entry["path"]
    os.makedirs(os.path.dirname(path), exist_ok=True)
    put(entry, run, path)


def put(entry, run, path):
    if "link" in entry:
        link(entry["link"], path)
    else:
        replace(path, source(entry, run), *rights(entry))


def note(run, path):
    with open(os.path.join(run, "placed"), "a", encoding="utf-8") as placed:
        placed.write(f"{path}\n")


def undo(entry, run):
    try:
        with open(os.path.join(run, "placed"), encoding="utf-8") as file:
            placed = file.read().split("\n")
    except FileNotFoundError:
        placed = []
    path = entry["path"]
    if path not in placed:
        return
    kept = before(entry, run)
    if os.path.lexists(kept):
        # A hidden name, as in link(): some services read every other file in their folder.
        temporary = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.woven-undo")
        copy(kept, temporary)
        os.replace(temporary, path)
    elif os.path.lexists(path):
        os.unlink(path)


def copy(one, other):
    """Copies a file with its owner and mode, or a link as a link."""
    import shutil

    if os.path.lexists(other):
        os.unlink(other)
    state = os.lstat(one)
    # The copy must not be readable for everyone, not even for a moment.
    umask = os.umask(0o077)
    try:
        shutil.copy2(one, other, follow_symlinks=False)
        os.lchown(other, state.st_uid, state.st_gid)
        if not os.path.islink(other):
            os.chmod(other, state.st_mode & 0o7777)
    finally:
        os.umask(umask)


def show(entry, run):
    import difflib

    if is_placed(entry, run):
        return
    with open(os.path.join(run, "details"), "a", encoding="utf-8") as details:
        if "link" in entry:
            details.write(f"{entry['path']} -> {entry['link']}\n")
            return
        path = entry["path"]
        like = entry.get("like", path) if not os.path.exists(path) else path
        old = b""
        if os.path.exists(like):
            with open(like, "rb") as file:
                old = file.read()
            if like != path and old == source(entry, run):
                return
        if entry.get("secret"):
            details.write(f"{path} (holds secrets: not shown)\n")
            return
        before, after = (text.decode("utf-8", "replace").splitlines() for text in (old, source(entry, run)))
        lines = list(difflib.unified_diff(before, after, like, path + " (new)", lineterm=""))
        details.write("\n".join(lines or [f"{path}: owner or mode"]) + "\n")
