"""What a Woven stage needs that no shell tool does safely everywhere. Standard library only, Python 3.8 and newer.

tool.py link TARGET LINK         LINK points at TARGET from one moment to the next, by rename(2)
tool.py write FILE MODE OWNER GROUP   FILE gets what comes on stdin, whole or not at all
tool.py files VERB SPEC RUN      a set of configuration files (SPEC is JSON): check, apply, undo, diff it, or try it on a copy
tool.py recall KEY               print what `remember` kept, a line each
tool.py remember KEY             keep the lines that come on stdin in /var/local/woven/node.json
tool.py assemble SPEC PAYLOAD    build a folder from received files and hard links (SPEC is JSON)
tool.py share VERB FOLDER USER NAME…   the SQLite files of that name are there, for the folder's group to write: list, apply
tool.py seed USER FROM TO VERB   copy the files below FROM that TO does not have (add), or has otherwise (replace), as USER
tool.py probe SPEC               ask a URL until it answers as it should (SPEC is JSON)

What only some words need is imported there: every step that calls this waits for its start.
"""

import grp
import os
import pwd
import sys
import time


def link(target, name):
    # Not `ln -sfn`: some of them unlink first, and a reader sees nothing for a moment. Hidden: nginx reads all else in its folder.
    temporary = os.path.join(os.path.dirname(name), f".{os.path.basename(name)}.{os.getpid()}.new")
    os.symlink(target, temporary)
    try:
        os.replace(temporary, name)
    except BaseException:
        os.unlink(temporary)
        raise


def write(name, mode, owner, group):
    replace(name, sys.stdin.buffer.read(), int(mode, 8), pwd.getpwnam(owner).pw_uid, grp.getgrnam(group).gr_gid)


def replace(name, content, mode, uid, gid):
    temporary = os.path.join(os.path.dirname(name), f".woven-{os.urandom(8).hex()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchown(file.fileno(), uid, gid)
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(temporary, name)
    except BaseException:
        os.unlink(temporary)
        raise


STATE = "/var/local/woven"
ORIGINALS = "/var/local/woven-backup"


def files(verb, spec, run):
    """SPEC: [{path, source, mode, owner, group, rights, secret, like, when, tell} or {path, link, when}]

    `like`: the file of before that a new one is shown against.
    `when`: always, or only where the file or its folder is there (`tell`: say so where it is not); `rights: kept`: what somebody
    else made keeps its owner and mode.
    """
    import json

    with open(spec, encoding="utf-8") as file:
        entries = json.load(file)
    wanted = [entry for entry in entries if applies(entry)]
    if verb == "check":
        with open(os.path.join(run, "details"), "a", encoding="utf-8") as details:
            for entry in entries:
                if entry.get("tell") and entry not in wanted:
                    details.write(f"{entry['path']}: not placed, for {missing(entry)} is not there\n")
        sys.exit(0 if all(is_placed(entry, run) for entry in wanted) else 1)
    for entry in wanted:
        {"apply": place, "undo": take_back, "diff": show, "try": attempt}[verb](entry, run)


def applies(entry):
    when = entry.get("when", "always")
    if when == "file":
        return os.path.lexists(entry["path"])
    if when == "folder":
        return os.path.isdir(os.path.dirname(entry["path"]))
    return True


def missing(entry):
    return "such a file" if entry["when"] == "file" else os.path.dirname(entry["path"])


def source(entry, run):
    with open(os.path.join(run, "files", entry["source"]), "rb") as file:
        return file.read()


def rights(entry):
    """Mode, user and group that the file is to have: numbers."""
    # The first original tells what its maker meant, also where the file itself is Woven's by now.
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
        # Where a link is wanted, Woven's own is right, and any other one is somebody else's.
        ours = "link" not in entry and os.path.isfile(path) and is_ours(path)
        if not ours and not os.path.lexists(original):
            os.makedirs(ORIGINALS, mode=0o700, exist_ok=True)
            os.makedirs(os.path.dirname(original), mode=0o700, exist_ok=True)
            copy(path, original)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    # What was there is noted before it is replaced: an undo never removes a file that this run did not make.
    note(run, path)
    put(entry, run, path)
    with open(os.path.join(run, "details"), "a", encoding="utf-8") as details:
        details.write(f"{path}\n")


def attempt(entry, run):
    """Into the copy of /etc that lies in RUN/trial: what reads the files is asked there before they are in force."""
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


def take_back(entry, run):
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
        # Hidden, as in link(): it may stand for a moment in a folder that is read as a whole.
        temporary = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.woven-undo")
        copy(kept, temporary)
        os.replace(temporary, path)
    elif os.path.lexists(path):
        os.unlink(path)


def copy(one, other):
    """With its owner and mode; a link as the link that it is."""
    import shutil

    if os.path.lexists(other):
        os.unlink(other)
    state = os.lstat(one)
    # What only some may read is at no moment there for all.
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


def node_state():
    import json

    try:
        with open(f"{STATE}/node.json", encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {"schema": 1}


def recall(key):
    for line in node_state().get(key, []):
        print(line)


def remember(key):
    import json

    state = node_state()
    lines = [line for line in sys.stdin.read().split("\n") if line]
    if state.get(key) == lines:
        return
    state[key] = lines
    os.makedirs(STATE, mode=0o755, exist_ok=True)
    replace(f"{STATE}/node.json", (json.dumps(state, indent=1) + "\n").encode(), 0o600, 0, 0)


def assemble(spec, payload):
    """SPEC: {target, owner, links: {path: file to share}, files: {path: name in PAYLOAD, x… for executables}, symlinks: {path: to}}."""
    import json
    import shutil

    with open(spec, encoding="utf-8") as file:
        plan = json.load(file)
    target = plan["target"]
    account = pwd.getpwnam(plan["owner"])
    made = set()

    def parent(path):
        folder = os.path.dirname(path)
        if folder and folder not in made:
            parent(folder)
            full = os.path.join(target, folder)
            if not os.path.isdir(full):
                os.mkdir(full, 0o755)
                os.chown(full, account.pw_uid, account.pw_gid)
            made.add(folder)
        return os.path.join(target, path)

    for path, shared in plan["links"].items():
        os.link(shared, parent(path), follow_symlinks=False)
    for path, digest in plan["files"].items():
        full = parent(path)
        shutil.copyfile(os.path.join(payload, digest), full)
        os.chmod(full, 0o755 if digest.startswith("x") else 0o644)
        os.chown(full, account.pw_uid, account.pw_gid)
    for path, to in plan["symlinks"].items():
        full = parent(path)
        os.symlink(to, full)
        os.lchown(full, account.pw_uid, account.pw_gid)


def seed(user, source, target, verb):
    """Prints what it copied, a line each. `replace` keeps a copy of what was there in ORIGINALS, named by the time."""
    import filecmp
    import shutil

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


def share(verb, folder, user, *names):
    """SQLite makes a file for its owner alone to write, and a journal as its file is: each is there before it is asked for."""
    names = [(name, suffix) for name in names for suffix in ("", "-journal", "-wal", "-shm")]
    for name, suffix in names:
        path = os.path.join(folder, name + suffix)
        # Who may write in the folder may put a link there: what it leads to is none of ours.
        if os.path.lexists(path):
            wrong = open_up(path, verb)
        else:
            wrong = suffix == ""
            if wrong and verb == "apply":
                make_shared(path, pwd.getpwnam(user).pw_uid)
        if wrong:
            print(path)


def make_shared(path, uid):
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        os.fchown(handle, uid, os.stat(os.path.dirname(path)).st_gid)
        os.fchmod(handle, 0o660)
    finally:
        os.close(handle)


def open_up(path, verb):
    """Whether the group of its folder cannot write the file; with `apply`, it can then."""
    import stat

    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        state = os.fstat(handle)
        group = os.stat(os.path.dirname(path)).st_gid
        if not stat.S_ISREG(state.st_mode) or state.st_nlink != 1:
            return False
        if state.st_gid == group and state.st_mode & 0o660 == 0o660:
            return False
        if verb == "apply":
            os.fchown(handle, -1, group)
            os.fchmod(handle, 0o660)
        return True
    finally:
        os.close(handle)


def keep(path, reader):
    """Copies what `reader` may read of PATH to where only root looks."""
    import shutil

    with open(path, "rb") as file:
        os.seteuid(0)
        kept = f"{ORIGINALS}{path}.{time.strftime('%Y%m%dT%H%M%S')}"
        os.makedirs(os.path.dirname(kept), mode=0o700, exist_ok=True)
        with open(kept, "wb") as copied:
            shutil.copyfileobj(file, copied)
        os.seteuid(reader)


def probe(spec):
    """SPEC: {address, port, host, path, status, text, timeout}; status null: anything that is neither 400 nor 5xx."""
    import json

    wanted = json.loads(spec)
    deadline = time.monotonic() + wanted["timeout"]
    while True:
        wrong = ask(wanted)
        if wrong is None:
            return
        if time.monotonic() > deadline:
            print(f"http://{wanted['host']}{wanted['path']} (asked at {wanted['address']}:{wanted['port']}) {wrong}", file=sys.stderr)
            sys.exit(1)
        time.sleep(0.02)


def ask(wanted):
    import http.client

    connection = http.client.HTTPConnection(wanted["address"], wanted["port"], timeout=min(10, wanted["timeout"]))
    try:
        connection.request("GET", wanted["path"], headers={"Host": wanted["host"], "User-Agent": "woven-health", "X-Forwarded-Proto": "http"})
        answer = connection.getresponse()
        body = answer.read(1 << 20).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return f"did not answer: {str(error) or type(error).__name__}"
    finally:
        connection.close()
    right = answer.status == wanted["status"] if wanted.get("status") else answer.status != 400 and answer.status < 500
    if not right:
        return f"answered {answer.status}, not {wanted.get('status') or 'a healthy status'}:\n{body[:2000]}"
    if wanted.get("text") and wanted["text"] not in body:
        return f"answered {answer.status} without the text {wanted['text']!r}:\n{body[:2000]}"
    return None


if __name__ == "__main__":
    words = {"link": link, "write": write, "files": files, "recall": recall, "remember": remember, "assemble": assemble, "share": share, "seed": seed, "probe": probe}
    words[sys.argv[1]](*sys.argv[2:])
