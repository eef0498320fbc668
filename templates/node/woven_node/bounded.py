"""Runs a program whose output may be endless, such as a project's own command, so that what it prints cannot fill the server's disk.

If the output goes to a file, the file keeps its first and its last megabyte. Everything is in the file as soon as it is printed, so the
end is there whatever ends the program, or this one.
"""

import os
import selectors
import signal
import stat
import subprocess
import sys
import threading

FIRST = LAST = 1 << 20
# A file may grow to this size before its middle is left out.
MOST = 4 << 20
CUT = b"\n[Woven left out the middle of this output, because it was too long]\n"
CHUNK = 1 << 16


def bounded(*command):
    # A request to stop is meant for the program, and what it prints then counts. A handler is not inherited, SIG_IGN would be.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    # One pipe for both keeps the order of what is printed.
    errors = subprocess.STDOUT if os.path.samestat(os.fstat(1), os.fstat(2)) else subprocess.PIPE
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)
    except OSError as error:
        sys.exit(str(error))
    pipes = {pipe.fileno(): to for pipe, to in ((process.stdout, 1), (process.stderr, 2)) if pipe}
    pass_on(pipes, process)
    code = process.wait()
    sys.exit(code if code >= 0 else 128 - code)


def pass_on(pipes, process):
    """Passes on what the program prints, until it ends. A process that it leaves running may keep the pipes open."""
    ended, end = os.pipe()
    threading.Thread(target=lambda: (process.wait(), os.close(end)), daemon=True).start()
    with selectors.DefaultSelector() as selector:
        for source in (*pipes, ended):
            selector.register(source, selectors.EVENT_READ)
        while True:
            ready = [key.fd for key, _ in selector.select()]
            if ended in ready:
                break
            for source in ready:
                text = os.read(source, CHUNK)
                if text:
                    put(text, pipes[source])
                else:
                    selector.unregister(source)
    for source, to in pipes.items():
        put(rest(source), to)


def rest(source):
    """What is still in a pipe. Not more than a pipe holds by default: a process that was left running may go on printing."""
    os.set_blocking(source, False)
    try:
        return os.read(source, CHUNK)
    except BlockingIOError:
        return b""


def put(text, to):
    while text:
        text = text[os.write(to, text) :]
    found = os.fstat(to)
    if stat.S_ISREG(found.st_mode) and found.st_size > MOST:
        leave_out_middle(to, found.st_size)


def leave_out_middle(to, size):
    with open(f"/proc/self/fd/{to}", "rb") as file:
        file.seek(size - LAST)
        last = file.read()
    os.ftruncate(to, FIRST)
    # A shell may have opened it with `>`.
    os.lseek(to, 0, os.SEEK_END)
    last = CUT + last[last.find(b"\n") + 1 :]
    while last:
        last = last[os.write(to, last) :]
