"""Makes a virtualenv and installs the wheels of a bundle into it, without running any code of theirs.

The format: https://packaging.python.org/en/latest/specifications/binary-distribution-format/ and
https://packaging.python.org/en/latest/specifications/entry-points/. The virtualenv: Python's `venv` and `site`.
"""

import base64
import configparser
import csv
import hashlib
import io
import os
import pwd
import re
import zipfile
import zlib
from email.parser import Parser

LOCKED = re.compile(r"\S+ --hash=sha256:([0-9a-f]{64})")
METADATA = ".dist-info"
SCRIPT = re.compile(r"[\w.-]+")
# Of an entry point: `module:function`, and names of extras that no longer mean anything.
OBJECT = re.compile(r"([\w.]+)\s*:\s*([\w.]+)\s*(\[.*\])?")
# A folder of releases may have any name, and its path may be longer than a shebang may be: the script finds its Python beside itself.
SHEBANG = b"""#!/bin/sh
'''exec' "$(dirname -- "$(realpath -- "$0")")"/'python' "$0" "$@"
' '''
"""
LAUNCHER = """import sys
from {module} import {first}
if __name__ == "__main__":
    sys.exit({function}())
"""


def install(user, bundle, target, interpreter, version):
    """Makes the virtualenv TARGET for the Python INTERPRETER, with the wheels in BUNDLE. USER does all of it, and cannot become root again."""
    account = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    os.umask(0o022)
    make_virtualenv(target, interpreter, version)
    install_wheels(bundle, target, ".".join(version.split(".")[:2]))


def make_virtualenv(target, interpreter, version):
    minor = ".".join(version.split(".")[:2])
    os.makedirs(f"{target}/bin")
    os.makedirs(f"{target}/lib/python{minor}/site-packages")
    os.symlink("lib", f"{target}/lib64")
    os.symlink(interpreter, f"{target}/bin/python")
    for name in ("python3", f"python{minor}"):
        os.symlink("python", f"{target}/bin/{name}")
    with open(f"{target}/pyvenv.cfg", "w", encoding="utf-8") as file:
        file.write(f"home = {os.path.dirname(interpreter)}\ninclude-system-site-packages = false\nversion = {version}\n")


def install_wheels(bundle, target, minor):
    """Installs all wheels in BUNDLE. Its requirements.lock must have the hash of each, and no other hash."""
    with open(f"{bundle}/requirements.lock", encoding="utf-8") as file:
        locked = {LOCKED.fullmatch(line).group(1) for line in file.read().splitlines()}
    for name in sorted(os.listdir(bundle)):
        if not name.endswith(".whl"):
            continue
        with open(f"{bundle}/{name}", "rb") as file:
            digest = sha256(file)
            if digest not in locked:
                raise SystemExit(f"{name} is not a wheel of requirements.lock: its hash is {digest}")
            locked.remove(digest)
            try:
                Wheel(name, zipfile.ZipFile(file), target, minor).install()
            except (zipfile.BadZipFile, zlib.error, LookupError, ValueError, OSError, RuntimeError, configparser.Error) as error:
                raise SystemExit(f"{name} cannot be installed: {error}") from error
    if locked:
        raise SystemExit(f"the bundle lacks {len(locked)} of the wheels of its requirements.lock")


class Wheel:
    """One wheel, which is installed once."""

    def __init__(self, name, archive, target, minor):
        distribution = name.split("-")[0]
        self.archive = archive
        self.target = target
        self.site_packages = f"lib/python{minor}/site-packages"
        folders = {path.split("/")[0] for path in archive.namelist()}
        about = [folder for folder in folders if folder.endswith(METADATA)]
        if [plain(folder[: -len(METADATA)].rpartition("-")[0]) for folder in about] != [plain(distribution)]:
            raise ValueError(f"its metadata are in {about}")
        [self.about] = about
        self.data = self.about[: -len(METADATA)] + ".data"
        self.schemes = {
            "purelib": self.site_packages,
            "platlib": self.site_packages,
            "scripts": "bin",
            "headers": f"include/site/python{minor}/{distribution}",
            "data": "",
        }
        # Paths below the virtualenv, with their hashes and sizes.
        self.installed = {}

    def install(self):
        version = Parser().parsestr(self.text("WHEEL"))["Wheel-Version"]
        if version.split(".")[0] != "1":
            raise ValueError(f"it has version {version} of the format")
        signatures = {f"{self.about}/RECORD{end}" for end in ("", ".jws", ".p7s")}
        for entry in self.archive.infolist():
            if not entry.is_dir() and entry.filename not in signatures:
                self.extract(entry)
        if f"{self.about}/entry_points.txt" in self.archive.namelist():
            self.launchers(self.text("entry_points.txt"))
        self.write(f"{self.site_packages}/{self.about}/INSTALLER", [b"woven\n"], 0o644)
        self.record()

    def text(self, name):
        return self.archive.read(f"{self.about}/{name}").decode("utf-8")

    def extract(self, entry):
        parts = entry.filename.split("/")
        if any(part in ("", ".", "..") for part in parts):
            raise ValueError(f"it has a file {entry.filename!r}")
        scheme = "purelib"
        if parts[0] == self.data:
            scheme, parts = parts[1], parts[2:]
        path = "/".join([self.schemes[scheme], *parts]).lstrip("/")
        executable = scheme == "scripts" or entry.external_attr >> 16 & 0o111
        with self.archive.open(entry) as file:
            blocks = iter(lambda: file.read(1 << 20), b"")
            if scheme == "scripts":
                blocks = with_own_python(blocks)
            self.write(path, blocks, 0o755 if executable else 0o644)

    def write(self, path, blocks, mode):
        full = f"{self.target}/{path}"
        os.makedirs(os.path.dirname(full), exist_ok=True)
        # Several packages may bring the same file.
        if os.path.lexists(full):
            os.unlink(full)
        digest, size = hashlib.sha256(), 0
        with open(os.open(full, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode), "wb") as file:
            for block in blocks:
                file.write(block)
                digest.update(block)
                size += len(block)
        self.installed[path] = (base64.urlsafe_b64encode(digest.digest()).decode().rstrip("="), size)

    def launchers(self, text):
        points = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=False)
        points.optionxform = str
        points.read_string(text)
        for group in ("console_scripts", "gui_scripts"):
            for name, value in points.items(group) if points.has_section(group) else ():
                found = OBJECT.fullmatch(value.strip())
                if not found or not SCRIPT.fullmatch(name) or name in (".", ".."):
                    raise ValueError(f"it has a script {name!r} for {value!r}")
                module, function = found.group(1, 2)
                code = LAUNCHER.format(module=module, function=function, first=function.split(".")[0])
                self.write(f"bin/{name}", [SHEBANG, code.encode()], 0o755)

    def record(self):
        path = f"{self.site_packages}/{self.about}/RECORD"
        rows = [(name, f"sha256={digest}", size) for name, (digest, size) in sorted(self.installed.items())]
        text = io.StringIO()
        lines = csv.writer(text, lineterminator="\n")
        for name, digest, size in [*rows, (path, "", "")]:
            lines.writerow((os.path.relpath(name, self.site_packages), digest, size))
        self.write(path, [text.getvalue().encode()], 0o644)


def plain(name):
    """The name of a distribution, which may be spelt in several ways."""
    return re.sub(r"[-_.]+", "-", name).lower()


def with_own_python(blocks):
    """A script of a wheel begins with `#!python`, or is a program."""
    for block in blocks:
        first, end, rest = block.partition(b"\n")
        yield SHEBANG + rest if end and re.fullmatch(rb"#!pythonw?[^\n]*", first) else block
        break
    yield from blocks


def sha256(file):
    digest = hashlib.sha256()
    for block in iter(lambda: file.read(1 << 20), b""):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()
