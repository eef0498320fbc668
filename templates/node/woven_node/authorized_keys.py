"""Adds and removes Woven's keys in a user's authorized_keys. Lines of others stay (sshd(8), AUTHORIZED_KEYS)."""

import json
import os
import pwd
import re
import stat
import sys

from woven_node.stage_run import detail, needed
from woven_node.state import keep, remembered
from woven_node.whole_files import replace


def keys(verb, spec, run):
    """SPEC: a JSON file: {user, keys, removesUnlisted}. `removesUnlisted`: keys that Woven added and that are not in `keys` are removed."""
    with open(spec, encoding="utf-8") as file:
        wanted = json.load(file)
    {"check": check, "preview": preview, "apply": apply}[verb](Account(wanted["user"]), wanted, run)


class Account:
    def __init__(self, user):
        entry = pwd.getpwnam(user)
        self.user, self.uid, self.gid = user, entry.pw_uid, entry.pw_gid
        self.folder = os.path.join(entry.pw_dir, ".ssh")
        self.file = os.path.join(self.folder, "authorized_keys")
        self.memory = f"keys {user}"

    def lines(self):
        try:
            with open(self.file, encoding="utf-8", errors="surrogateescape", newline="") as file:
                return file.read().split("\n")
        except FileNotFoundError:
            return []


class Changes:
    """What to change in the lines of a file, given the wanted keys and the keys that Woven added before."""

    def __init__(self, lines, wanted, added):
        wanted_blobs = {blob(line) for line in wanted}
        added_blobs = {blob(line) for line in added}
        there, first = set(), {}
        # remove: (index, line). still: Woven's own lines that stay. forced: lines of wanted keys that make sshd run another command.
        self.remove, self.add, self.still, self.forced = [], [], [], []
        for index, line in enumerate(line.replace("\r", "") for line in lines):
            if re.match(r"\s*(#|$)", line):
                continue
            unwanted = line in added and line not in wanted
            if unwanted or blob(line) in added_blobs and blob(line) not in wanted_blobs:
                self.remove.append((index, line))
                continue
            there.add(line)
            first.setdefault(blob(line), line)
        for line in wanted:
            # A key counts as installed whatever options and comment its line has: sshd uses the first line with the key.
            if line not in there and not (is_plain(line) and blob(line) in first):
                self.add.append(line)
            elif line in added and line in there:
                self.still.append(line)
            if is_plain(line) and re.match(r"([^ ]*,)?command=", first.get(blob(line), "")):
                self.forced.append(first[blob(line)])


def blob(line):
    """The key itself, without options and comment."""
    found = re.search(r"AAAA[A-Za-z0-9+/=]+", line)
    return found[0] if found else line


def is_plain(line):
    """Whether the line has no options before the key."""
    return re.match(r"(ssh|ecdsa|sk)-", line) is not None


def changes(account, wanted):
    # A run without a key of its own does not know which key it depends on, so it removes none.
    added = remembered(account.memory) if wanted["removesUnlisted"] else []
    return Changes(account.lines(), wanted["keys"], added)


def check(account, wanted, run):
    rights = [(account.folder, 0o700), (account.file, 0o600)]
    if not all(has(path, mode, account.uid) for path, mode in rights):
        needed(True)
    found = changes(account, wanted)
    needed(found.remove or found.add or found.forced)


def has(path, mode, uid):
    try:
        state = os.lstat(path)
    except OSError:
        return False
    return (stat.S_IMODE(state.st_mode), state.st_uid) == (mode, uid)


def preview(account, wanted, run):
    found = changes(account, wanted)
    detail(run, *(f"remove: {line}"[:120] for _, line in found.remove), *(f"add: {line}"[:120] for line in found.add))


def apply(account, wanted, run):
    found = changes(account, wanted)
    if found.forced:
        sys.exit(
            f"{account.file} has a key that Woven needs, with command=: sshd would run only that command. Remove this line, and run setupnode "
            f"again: {' '.join(found.forced)[:120]}"
        )
    os.makedirs(account.folder, exist_ok=True)
    os.chown(account.folder, account.uid, account.gid)
    os.chmod(account.folder, 0o700)
    removed = {index for index, _ in found.remove}
    lines = account.lines()
    # The last line may lack its newline. The next key must be on a line of its own.
    ended = lines[:-1] if lines and lines[-1] == "" else lines
    content = [*(line for index, line in enumerate(ended) if index not in removed), *found.add]
    # Recorded before a key is added, and until after it is removed: Woven knows its keys even if it is interrupted in between.
    keep(account.memory, sorted({*remembered(account.memory), *found.add}))
    text = "".join(f"{line}\n" for line in content)
    replace(account.file, text.encode("utf-8", "surrogateescape"), 0o600, account.uid, account.gid)
    if wanted["removesUnlisted"]:
        keep(account.memory, sorted({*found.add, *found.still}))
    detail(run, *(f"removed, because neither the settings nor this run have it: {line[:120]}" for _, line in found.remove))
