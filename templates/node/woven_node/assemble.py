"""Builds a release's folder from received files, and from hard links to the files of a release that the node has already."""

import json
import os
import pwd
import shutil
import sys

from woven_node import manifest


def assemble(spec, payload):
    """SPEC: {target, owner, tree, base, compiled, removed: [path], files: {path: hash; x before it for executables}, symlinks: {path: to}}.

    `compiled`: how the names of compiled code end for the release's Python, `cpython-313.pyc`. Code that has not changed shares it.
    `base`: {folder, record, tree} of the release whose files the new one has, but for the differences that the other keys list. Or null.
    `tree`: the digest of all files. PAYLOAD has the contents that the base lacks, by hash.
    """
    with open(spec, encoding="utf-8") as file:
        plan = json.load(file)
    target, base = plan["target"], plan["base"]
    shared, links = read_base(base) if base else ({}, {})
    # Links that lead there would be followed again for each file.
    folder = os.path.realpath(base["folder"]) if base else ""
    differing = {*plan["removed"], *plan["files"], *plan["symlinks"]}
    files = {path: entry for path, entry in shared.items() if path not in differing}
    files.update({path: [key] for path, key in plan["files"].items()})
    links = {path: to for path, to in links.items() if path not in differing}
    links.update(plan["symlinks"])
    if manifest.tree(files, links) != plan["tree"]:
        sys.exit("the list of files is not the one of the runner")
    account = pwd.getpwnam(plan["owner"])
    received = set(os.listdir(payload)) if os.path.isdir(payload) else set()
    places = {}
    for path, (key, *_) in shared.items():
        places.setdefault(key, []).append(path)
    made = set()

    def find(path, key):
        """A file of the base with that content, and how it looks."""
        # Most files are where they were.
        same = [path] if shared.get(path, [""])[0] == key else []
        for paths in (same, places.get(key, [])):
            for one in paths:
                entry = manifest.intact(f"{folder}/{one}", shared[one])
                if entry:
                    return one, entry
        sys.exit(f"{path} was neither received, nor is it on this server as Woven put it there")

    def parent(path):
        above = os.path.dirname(path)
        if above and above not in made:
            parent(above)
            full = os.path.join(target, above)
            if not os.path.isdir(full):
                os.mkdir(full, 0o755)
                os.chown(full, account.pw_uid, account.pw_gid)
            made.add(above)
        return os.path.join(target, path)

    for path, (key, *_) in files.items():
        full = parent(path)
        if key in received:
            shutil.copyfile(os.path.join(payload, key), full)
            # Later releases share the file under this name.
            if manifest.sha256(full) != key.lstrip("x"):
                sys.exit(f"{path} was changed on the runner after its hash was computed")
            os.chmod(full, 0o755 if key.startswith("x") else 0o644)
            os.chown(full, account.pw_uid, account.pw_gid)
            files[path] = manifest.seen(key, os.lstat(full))
            continue
        source, files[path] = find(path, key)
        os.link(f"{folder}/{source}", full, follow_symlinks=False)
        if path.endswith(".py") and source == path:
            share_compiled(folder, path, plan["compiled"], parent)
    for path, to in links.items():
        full = parent(path)
        os.symlink(to, full)
        os.lchown(full, account.pw_uid, account.pw_gid)
    manifest.write(target, files, links)


def share_compiled(base, path, ending, parent):
    """Python checks the time and the size of the source, which is the same file."""
    folder, name = os.path.split(path)
    compiled = os.path.join(folder, "__pycache__", f"{name[:-3]}.{ending}")
    source = os.path.join(base, compiled)
    if os.path.isfile(source) and not os.path.islink(source):
        os.link(source, parent(compiled), follow_symlinks=False)


def read_base(base):
    """The files and links of the release that the runner planned with."""
    try:
        files, links, tree = manifest.read(base["folder"], base["record"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        sys.exit(f"the list of files of {base['folder']} cannot be read: {error}")
    if tree != base["tree"]:
        sys.exit(f"{base['folder']} is not the release that it was when this run began: another run has replaced it")
    return files, links
