"""The process of a part of a step: a shell for what is shell, or a fork of the supervisor for a call of the kit (tool.py).

A fork has the kit's modules loaded already, so a call costs a millisecond and not a start of Python. What it does to its user, folder,
umask or memory ends with it. Both kinds lead a session of their own, so that all of it can be stopped.
"""

import contextlib
import os
import signal
import sys

import tool

# The stage's lock.
LOCK = 8
APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND
NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def start(piece, script, has_lock):
    """Starts the piece, and returns its process. Its output goes to `out`, and its descriptor 3 to `data`.

    PIECE: the words for the stage's script, or {tool: words, in: its stdin, out and err: files for what it prints}. `details`: its output is
    details of the step. `may_fail`: the part goes on if it fails.
    A word that is an object names a file of the run: {run: files/lease.json}.
    """
    run = os.path.dirname(script)
    return start_shell(["sh", script, *piece], run, has_lock) if isinstance(piece, list) else start_call(piece, run, has_lock)


def start_shell(words, run, has_lock):
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, f"{run}/out", APPEND, 0o666),
        (os.POSIX_SPAWN_DUP2, 1, 2),
        (os.POSIX_SPAWN_OPEN, 3, f"{run}/data", APPEND, 0o666),
        # A process that a step leaves running must neither keep the stage's lock nor release it.
        *([] if has_lock or not is_open(LOCK) else [(os.POSIX_SPAWN_CLOSE, LOCK)]),
    ]
    # Python ignores these two, and a program inherits that.
    restored = [signal.SIGPIPE, signal.SIGXFSZ]
    return os.posix_spawn("/bin/sh", words, os.environ, file_actions=actions, setsid=True, setsigmask=[], setsigdef=restored)


def is_open(handle):
    with contextlib.suppress(OSError):
        os.fstat(handle)
        return True
    return False


def start_call(call, run, has_lock):
    words = [word if isinstance(word, str) else f"{run}/{word['run']}" for word in call["tool"]]
    with contextlib.suppress(Exception):
        # Loaded here, once for all steps. If this fails, it fails again in the child, which reports it.
        tool.load(words[0])
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setsid()
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            redirect(call, run)
            if not has_lock:
                with contextlib.suppress(OSError):
                    os.close(LOCK)
            code = exit_status(words)
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def redirect(call, run):
    source = f"{run}/{call['in']}" if "in" in call else os.devnull
    target = f"{run}/{call['out']}" if "out" in call else f"{run}/details" if call.get("details") else f"{run}/out"
    for handle, path, flags in (
        (0, source, os.O_RDONLY),
        (1, target, NEW if "out" in call else APPEND),
        (2, f"{run}/{call['err']}" if "err" in call else f"{run}/out", NEW if "err" in call else APPEND),
        (3, f"{run}/data", APPEND),
    ):
        opened = os.open(path, flags, 0o666)
        if opened == handle:
            os.set_inheritable(handle, True)
        else:
            os.dup2(opened, handle)
            os.close(opened)


def exit_status(words):
    """Runs the command, and does at its end what Python does at the end of a program."""
    try:
        tool.run(words)
        code = 0
    except SystemExit as end:
        code = end.code
    sys.stdout.flush()
    if code is not None and not isinstance(code, int):
        print(code, file=sys.stderr, flush=True)
        return 1
    return (code or 0) & 0xFF


def end_group(leader, number):
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        # A fork that does not have a session of its own yet.
        os.kill(leader, number)
