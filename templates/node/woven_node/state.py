"""Woven's records on a node: JSON with a schema, written atomically. A file that cannot be read is an error, never an empty record."""

import json
import os
import sys

from woven_node.folders import STATE
from woven_node.whole_files import replace

NODE = f"{STATE}/node.json"
NODE_SCHEMA = 1

# The kit holds a file with the version of Woven that sent it.
VERSION = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "version")


def state(verb, *words):
    {"put": put, "append": append, "set": set_key, "set-recorded": set_recorded}[verb](*words)


def put(path):
    """Writes the document on stdin to FILE."""
    document = from_stdin()
    # Replace a file only if this version can read it.
    read(path, document["schema"])
    write(path, document)


def append(path):
    """Appends the document on stdin to FILE, which has one document a line."""
    document = from_stdin()
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        text = ""
    except (OSError, ValueError) as error:
        sys.exit(unreadable(path, error))
    # An interrupted earlier version may have left half a line. It stays, and the new document gets a line of its own.
    if text and not text.endswith("\n"):
        text += "\n"
    for line in text.splitlines()[-1:]:
        try:
            last = json.loads(line)
        except ValueError:
            continue
        known(path, last, document["schema"])
    store(path, text + line_of(document))


def set_key(path, newest, key, value):
    """Sets KEY in FILE to VALUE (JSON). NEWEST is the newest schema of the file that the caller knows."""
    document = read(path, int(newest))
    if document is None:
        sys.exit(f"{path} does not exist")
    if document.get(key) != json.loads(value):
        write(path, {**document, key: json.loads(value)})


def set_recorded(path, *words):
    """The same. Does nothing if there is no file."""
    if os.path.exists(path):
        set_key(path, *words)


def from_stdin():
    document = json.load(sys.stdin)
    if type(document) is not dict or type(document.get("schema")) is not int:
        sys.exit("the document on stdin has no schema")
    return document


def read(path, newest):
    """The document at PATH; None if there is no file. The step fails if the file is unreadable, or of a newer Woven."""
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        sys.exit(unreadable(path, error))
    return known(path, document, newest)


def known(path, document, newest):
    """The document, if this version can read its schema. The first versions of Woven wrote some files without one."""
    schema = document.get("schema", 1) if type(document) is dict else None
    if type(schema) is not int:
        sys.exit(unreadable(path, "it is not a record of Woven"))
    if schema > newest:
        sys.exit(
            f"{path} was written by Woven {document.get('woven', 'of a newer version')}, in schema {schema}. Woven {version()} reads "
            f"schema {newest} and older. Nothing was changed. Use that version of Woven, or a newer one."
        )
    return document


def unreadable(path, error):
    return f"{path} cannot be read: {error}. Nothing was changed. Repair it. Or move it away: then Woven no longer knows what it recorded there."


def version():
    with open(VERSION, encoding="utf-8") as file:
        return file.read().strip()


def write(path, document):
    store(path, line_of(document))


def line_of(document):
    """The document as one line, with the version of Woven right after the schema."""
    head = {"schema": document["schema"], "woven": version()}
    rest = {key: value for key, value in document.items() if key not in head}
    # In ASCII: the name of a file may hold bytes that are not valid UTF-8.
    return json.dumps({**head, **rest}, separators=(",", ":")) + "\n"


def store(path, text):
    """Writes and syncs the file, renames it and syncs the folder: a power cut leaves the previous file or the new one."""
    folder = os.path.dirname(path)
    os.umask(0o077)
    os.makedirs(folder, exist_ok=True)
    replace(path, text.encode(), 0o600, os.geteuid(), os.getegid())
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def node():
    return read(NODE, NODE_SCHEMA) or {"schema": NODE_SCHEMA}


def remembered(key):
    """The lines kept under KEY."""
    return node().get(key, [])


def keep(key, lines):
    """Keeps the lines under KEY."""
    document = node()
    if document.get(key) != lines:
        write(NODE, {**document, key: lines})


def recall(key):
    for line in remembered(key):
        print(line)


def remember(key):
    keep(key, [line for line in sys.stdin.read().split("\n") if line])
