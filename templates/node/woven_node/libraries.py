"""Which shared libraries the compiled packages of a release load, and this node does not have.

What an ELF file needs: https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.dynamic.html
"""

import os
import re
import struct
import subprocess

from woven_node import whole_files

# In a virtualenv: what the packages load, noted when they were installed. A wheel that brings such a file is overwritten.
NOTE = ".woven-libraries"
PT_LOAD, PT_DYNAMIC = 1, 2
DT_NULL, DT_NEEDED, DT_STRTAB, DT_STRSZ = 0, 1, 5, 10
# More than any extension module has. A package may hold a file that was made to be read without end.
MOST = 1 << 20
# The loader is always there. A driver brings its own libraries, and a package that can do without looks for them itself.
NEVER_MISSING = re.compile(r"ld-|libcuda\.|libnv|libamd|libhsa|libOpenCL")
EXTENSION = re.compile(r"\.so(\.[0-9.]+)?$")


def libraries(virtualenv):
    """Prints a line for each library that is missing: its name, and the package that loads it."""
    found = noted(virtualenv)
    for library in sorted(set(found) - installed()):
        print(f"{library} {found[library]}")


def note(virtualenv):
    """Notes what the packages load: they are installed once, for many releases."""
    text = "".join(f"{library} {name}\n" for library, name in sorted(loaded(virtualenv).items()))
    whole_files.replace(f"{virtualenv}/{NOTE}", text.encode(), 0o644, os.getuid(), os.getgid())


def noted(virtualenv):
    """The packages by the library that they load. Earlier versions of Woven noted none."""
    try:
        with open(f"{virtualenv}/{NOTE}", encoding="utf-8") as file:
            return dict(line.split(" ") for line in file.read().splitlines())
    except FileNotFoundError:
        return loaded(virtualenv)


def loaded(virtualenv):
    """The same, from the packages."""
    folder = f"{virtualenv}/lib"
    files = [
        (os.path.relpath(os.path.join(base, name), folder), name)
        for base, _, names in os.walk(folder)
        for name in names
        if EXTENSION.search(name)
    ]
    brought = {name for _, name in files}
    found = {}
    for path, _ in files:
        for library in needed(os.path.join(folder, path)):
            if library not in brought and not NEVER_MISSING.match(library):
                found.setdefault(library, package(path))
    return found


def package(path):
    """The package of a file: `psycopg2/_psycopg.so`, `_cffi_backend.cpython-313-x86_64-linux-gnu.so`."""
    parts = path.split("site-packages/", 1)[-1].split("/")
    return re.sub(r"[^\w-].*", "", parts[0])


def installed():
    """The names of all libraries that the node's loader knows (ldconfig(8))."""
    listed = subprocess.run(["/sbin/ldconfig", "-p"], stdout=subprocess.PIPE, check=True).stdout.decode("utf-8", "replace")
    return {line.split()[0] for line in listed.splitlines() if line.startswith("\t")}


def needed(path):
    """The names of the libraries that a file loads. None if it is no 64-bit little-endian ELF file, or cannot be read."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return []
    with os.fdopen(handle, "rb") as file:
        try:
            return list(read_needed(file))
        except (struct.error, ValueError, OverflowError):
            return []


def read_needed(file):
    head = at(file, 0, 64)
    if head[:6] != b"\x7fELF\x02\x01":
        return
    start, size, count = *struct.unpack_from("<Q", head, 32), *struct.unpack_from("<HH", head, 54)
    segments = [struct.unpack_from("<IIQQQQQ", at(file, start + index * size, 56)) for index in range(count)]
    loaded = [(address, offset, length) for kind, _, offset, address, _, length, _ in segments if kind == PT_LOAD]
    for kind, _, offset, _, _, length, _ in segments:
        if kind != PT_DYNAMIC:
            continue
        table = at(file, offset, min(length, MOST))
        entries = []
        for place in range(0, len(table) - 15, 16):
            tag, value = struct.unpack_from("<qQ", table, place)
            if tag == DT_NULL:
                break
            entries.append((tag, value))
        values = dict(entries)
        texts = at(file, in_file(values.get(DT_STRTAB, 0), loaded), min(values.get(DT_STRSZ, 0), MOST))
        for tag, value in entries:
            if tag == DT_NEEDED and value < len(texts):
                name = texts[value : texts.find(b"\0", value)].decode("ascii", "replace")
                if re.fullmatch(r"[\w.+-]{1,100}", name):
                    yield name


def in_file(address, loaded):
    for start, offset, length in loaded:
        if start <= address < start + length:
            return address - start + offset
    raise ValueError("an address outside of the file")


def at(file, offset, length):
    file.seek(offset)
    return file.read(length)
