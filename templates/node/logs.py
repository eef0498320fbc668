# Prints lines of logs, and follows them. The runner sends this program, and what to show as a line of JSON on standard input:
#   {"logs": [{"name": "web", "files": ["/var/log/…"], "units": []}], "since": 1767225600, "lines": 100, "filter": "text", "follow": true}
# A follow ends when standard input ends, or says nothing for a while: nothing is left on the server when the runner has gone.
import datetime
import glob
import gzip
import json
import os
import re
import select
import signal
import stat
import subprocess
import sys
import time
from collections import deque

# Seconds between two looks at the files.
PAUSE = 0.25
# Seconds without a sign of life from the runner, which sends one every ten.
PATIENCE = 45
BLOCK = 64 * 1024
# Bytes of a line. A longer one comes in pieces, so that no log can fill the memory.
LONGEST = 16 * BLOCK
# The most lines that are looked for from the end of a file.
FEW = 10_000
MONTHS = {name: number for number, name in enumerate(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}

CLOCK = rb"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
# 2026-01-31 12:34:56, with dashes or slashes, as nginx, gunicorn and Python's logging begin a line.
PLAIN = re.compile(rb"\[?(?P<year>\d{4})[-/](?P<month>\d\d)[-/](?P<day>\d\d)[ T]" + CLOCK + rb"(?:[.,]\d+)? ?(?P<zone>Z|[+-]\d\d:?\d\d)?")
# [Sat Jan 31 12:34:56.789 2026], as Apache does.
APACHE = re.compile(rb"\[\w{3} (?P<month>\w{3}) (?P<day>\d\d) " + CLOCK + rb"(?:\.\d+)? (?P<year>\d{4})\]")
# [31/Jan/2026:12:34:56 +0000], in a line of an access log.
ACCESS = re.compile(rb"[^\[]{0,300}\[(?P<day>\d\d)/(?P<month>\w{3})/(?P<year>\d{4}):" + CLOCK + rb" (?P<zone>[+-]\d{4})\]")


def time_of(line):
    """Seconds since 1970 at which a line was written; None if it does not say. A time without a zone is the server's."""
    found = PLAIN.match(line) or APACHE.match(line) or ACCESS.match(line)
    return found and seconds(**found.groupdict())


def seconds(year, month, day, hour, minute, second, zone=None):
    try:
        number = MONTHS[month] if month in MONTHS else int(month)
        moment = datetime.datetime(int(year), number, int(day), int(hour), int(minute), int(second))
        if zone is None:
            return moment.timestamp()
        digits = b"0000" if zone == b"Z" else zone[1:].replace(b":", b"")
        offset = (int(digits[:2]) * 60 + int(digits[2:])) * 60 * (-1 if zone[:1] == b"-" else 1)
        return moment.replace(tzinfo=datetime.timezone.utc).timestamp() - offset
    except (ValueError, OverflowError):
        return None


def opened(path):
    """A file to read, or None. Never a link: it could lead to a file that only root may read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    return None


class Output:
    """Names a log before its first line, and again after lines of another one, as tail(1) does."""

    def __init__(self, wanted):
        self.wanted = wanted.lower().encode() if wanted else None
        self.last = None

    def takes(self, line):
        return self.wanted is None or self.wanted in line.lower()

    def write(self, heading, lines):
        for line in lines:
            if self.last != heading:
                sys.stdout.buffer.write(f"==> {heading} <==\n".encode())
                self.last = heading
            sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()


class File:
    """A log file, with what logrotate(8) has put beside it."""

    def __init__(self, name, path):
        self.path = path
        self.heading = f"{name}: {path}"
        self.at, self.rest = 0, b""

    def past(self, since, most, output):
        """The lines until now. Notes where the file ended."""
        now = opened(self.path)
        if now is None:
            return
        with now:
            self.at = os.fstat(now.fileno()).st_size
            if since is None and output.wanted is None and most is not None and most <= FEW:
                yield from last_lines(now, self.at, most)
            else:
                found = (line for line in self.all_lines(now, since) if output.takes(line))
                yield from found if most is None else deque(found, most)

    def all_lines(self, now, since):
        for path in reversed(self.rotated(since)):
            old = opened(path)
            if old is not None:
                with old, gzip.open(old) if path.endswith(".gz") else old as text:
                    yield from later(lines_of(text), since, os.fstat(old.fileno()).st_mtime)
        yield from later(lines_of(now, self.at), since, os.fstat(now.fileno()).st_mtime)

    def rotated(self, since):
        """`<log>.1`, `<log>.2.gz`, …: the newest first, if they can have lines that are wanted."""
        if since is None:
            return []
        rotated = [re.fullmatch(r"(.*)\.(\d+)(\.gz)?", path) for path in glob.glob(glob.escape(self.path) + ".*")]
        wanted = [found for found in rotated if found and found[1] == self.path and os.lstat(found[0]).st_mtime >= since]
        return [found[0] for found in sorted(wanted, key=lambda found: int(found[2]))]

    def news(self):
        """The whole lines that came since the last look. A file that became shorter was rotated."""
        now = opened(self.path)
        if now is None:
            return []
        with now:
            if os.fstat(now.fileno()).st_size < self.at:
                self.at, self.rest = 0, b""
            now.seek(self.at)
            text = now.read(LONGEST)
        self.at += len(text)
        *lines, self.rest = (self.rest + text).split(b"\n")
        if len(self.rest) > LONGEST:
            lines.append(self.rest)
            self.rest = b""
        return lines


def lines_of(file, end=None):
    """The lines of a file. `end`: how far a file is read that grows."""
    while True:
        line = file.readline(LONGEST if end is None else min(LONGEST, end - file.tell()))
        if not line:
            return
        yield line.rstrip(b"\n")


def later(lines, since, changed):
    """The lines since a time. A line without a time belongs to the one before it."""
    at = None
    for line in lines:
        at = time_of(line[:400]) or at
        if since is None or (changed if at is None else at) >= since:
            yield line


def last_lines(file, end, most):
    text, at = b"", end
    while at > 0 and text.count(b"\n") <= most and len(text) < FEW * 1000:
        at, size = max(0, at - BLOCK), min(BLOCK, at)
        file.seek(at)
        text = file.read(size) + text
    return text.rstrip(b"\n").split(b"\n")[-most:] if text and most else []


class Journal:
    """What the journal has of units."""

    def __init__(self, name, units):
        self.heading = f"{name}: journal"
        self.units = units
        self.cursor, self.child, self.rest = None, None, b""

    def command(self, *options):
        units = [word for unit in self.units for word in ("--unit", unit)]
        return ["journalctl", "--quiet", "--no-pager", "--output=short-iso", *options, *units]

    def past(self, since, most, output):
        options = ["--show-cursor"]
        if since is not None:
            options.append(f"--since=@{int(since)}")
        if most is not None and output.wanted is None:
            options.append(f"--lines={most}")
        with subprocess.Popen(self.command(*options), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as child:
            found = self.lines(child.stdout, output)
            yield from found if most is None else deque(found, most)

    def lines(self, journal, output):
        for line in lines_of(journal):
            if line.startswith(b"-- cursor: "):
                self.cursor = line[len(b"-- cursor: ") :].decode()
            elif output.takes(line):
                yield line

    def start(self):
        after = [f"--after-cursor={self.cursor}"] if self.cursor else ["--lines=0"]
        self.child = subprocess.Popen(self.command("--follow", *after), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        os.set_blocking(self.child.stdout.fileno(), False)

    def news(self):
        text = self.child.stdout.read() or b""
        *lines, self.rest = (self.rest + text).split(b"\n")
        return lines


def follow(files, journals, output):
    """Until standard input ends, or is silent."""
    heard = time.monotonic()
    try:
        for journal in journals:
            journal.start()
        while time.monotonic() - heard < PATIENCE:
            for log in (*files, *journals):
                output.write(log.heading, [line for line in log.news() if output.takes(line)])
            ready, _, _ = select.select([0], [], [], PAUSE)
            if ready:
                if not os.read(0, BLOCK):
                    return
                heard = time.monotonic()
    finally:
        for child in (journal.child for journal in journals if journal.child):
            child.kill()
            child.wait()


def main():
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: sys.exit(1))
    asked = b""
    # Byte by byte: what follows the line is for select().
    while not asked.endswith(b"\n"):
        asked += os.read(0, 1) or sys.exit("no request came")
    wanted = json.loads(asked)
    output = Output(wanted["filter"])
    files = [File(log["name"], path) for log in wanted["logs"] for path in log["files"]]
    journals = [Journal(log["name"], log["units"]) for log in wanted["logs"] if log["units"]]
    for log in (*files, *journals):
        output.write(log.heading, log.past(wanted["since"], wanted["lines"], output))
    if wanted["follow"]:
        follow(files, journals, output)


try:
    main()
except BrokenPipeError:
    # The runner has gone. Python would complain about what it could not write.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
