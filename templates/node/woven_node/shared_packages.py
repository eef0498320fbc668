"""The virtualenv of a release, made of the installed packages that releases of a distribution share: its link `packages`.

Python finds the packages below the prefix of the release. The folders that get files of the release, and those whose files look beside
themselves for others, are folders of its own: bin, lib, and site-packages. All other folders are links, and files are hard links.
"""

import os
import re

# What a release has of its own, or does not need: a wheel may bring a file of any name.
OWN = {
    *("project", "dist", "wsgi", "static", "older-static", "errors", "templates", "environment", "manage", "writable", "packages"),
    *("CACHEDIR.TAG", ".woven-libraries"),
}
FOLDERS = re.compile(r"bin|lib(/python3\.\d+(/site-packages)?)?")


def link(release):
    """Gives the folder RELEASE, which has the link `packages`, the virtualenv."""
    for name in os.listdir(f"{release}/packages"):
        if name not in OWN:
            place(release, name)


def place(release, path):
    source, target = f"{release}/packages/{path}", f"{release}/{path}"
    if os.path.islink(source) or not os.path.isdir(source):
        os.link(source, target, follow_symlinks=False)
    elif FOLDERS.fullmatch(path):
        os.mkdir(target, 0o755)
        for name in os.listdir(source):
            place(release, f"{path}/{name}")
    else:
        os.symlink(f"{'../' * path.count('/')}packages/{path}", target)
