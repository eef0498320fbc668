"""What Woven writes down on a node: JSON with a schema, written whole or not at all, and never read by a guess."""

import json
import os
import sys

from woven_node.folders import STATE
from woven_node.whole_files import replace

NODE = f"{STATE}/node.json"
NODE_SCHEMA = 1

# The kit comes with the version of Woven that it belongs to.
VERSION = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "version")


def state(verb, *words):
    {"put": put, "append": append, "set": set_key}[verb](*words)


def put(path):
    """FILE becomes the document that comes on stdin."""
    document = from_stdin()
    # What is there is replaced only where this version could have read it.
    read(path, document["schema"])
    write(path, document)


def append(path):
    """FILE, a document a line, gets one more: the one that comes on stdin."""
    document = from_stdin()
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        text = ""
    except (OSError, ValueError) as error:
        sys.exit(unreadable(path, error))
    # A line that an earlier version was cut in stays as it is, and does not take this one with it.
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
    """FILE KEY gets VALUE (JSON); NEWEST is the newest schema of such a file that the caller knows."""
    document = read(path, int(newest))
    if document is None:
        sys.exit(f"{path} is not there")
    if document.get(key) != json.loads(value):
        write(path, {**document, key: json.loads(value)})


def from_stdin():
    document = json.load(sys.stdin)
    if type(document) is not dict or type(document.get("schema")) is not int:
        sys.exit("what is to be written down has no schema")
    return document


def read(path, newest):
    """The document at PATH; None where there is none. What cannot be read, or is of a newer Woven, ends the step."""
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        sys.exit(unreadable(path, error))
    return known(path, document, newest)


def known(path, document, newest):
    """The document, if this version may read it. The first versions wrote some files without a schema."""
    schema = document.get("schema", 1) if type(document) is dict else None
    if type(schema) is not int:
        sys.exit(unreadable(path, "it is no document of Woven"))
    if schema > newest:
        sys.exit(
            f"{path} was written by Woven {document.get('woven', 'of a newer version')}, in schema {schema}. Woven {version()} reads "
            f"schema {newest} and older. Run that version, or a newer one. Nothing was changed."
        )
    return document


def unreadable(path, error):
    return f"{path} cannot be read: {error}. Nothing was changed. Repair it, or move it away; Woven then forgets what only this file said."


def version():
    with open(VERSION, encoding="utf-8") as file:
        return file.read().strip()


def write(path, document):
    store(path, line_of(document))


def line_of(document):
    """With the version that writes it, right after the schema."""
    head = {"schema": document["schema"], "woven": version()}
    rest = {key: value for key, value in document.items() if key not in head}
    # In ASCII: the name of a file may hold bytes that no encoding has.
    return json.dumps({**head, **rest}, separators=(",", ":")) + "\n"


def store(path, text):
    """On the disk before it has its name, and then the name as well: a power cut leaves the file of before or this one."""
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
    """What was kept under KEY: a list of lines."""
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
