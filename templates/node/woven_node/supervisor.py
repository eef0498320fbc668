"""Runs a stage: applies its steps in order, and reports each result as a line of JSON. Undoes what changed if a step fails, or on SIGTERM.

stage.sh starts it, with the environment of all steps. A server without Python has supervise.sh instead, which does the same.
"""

import contextlib
import json
import os
import signal
import time
from binascii import b2a_base64

from woven_node.part_process import end_group, start

# What asks the stage to stop. They are blocked, and taken while the stage waits.
REQUESTS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
# Seconds between two signs of life.
BEAT = 10
# Seconds that a part has to end once it was asked to.
GRACE = 10
# Seconds for a part, and for an undo.
LIMIT = 600
# Bytes of the output of a step that failed.
MOST_OUTPUT = 20000


def supervise(script, mode):
    """SCRIPT: absolute path of the stage's script. Its folder has steps.json, the table of steps. MODE: run or plan."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {*REQUESTS, signal.SIGCHLD})
    Stage(script, mode).go()


class Stage:
    def __init__(self, script, mode):
        self.script, self.mode, self.run = script, mode, os.path.dirname(script)
        with open(f"{self.run}/steps.json", encoding="utf-8") as file:
            self.table = json.load(file)
        self.unpack(self.table.get("packed", ()))
        # Steps to undo, newest first.
        self.changed = []
        # A request to stop may have come before this process could receive a signal.
        self.stopped = os.path.exists(f"{self.run}/stop")
        self.heeds_requests = True
        self.next_beat = time.monotonic() + BEAT

    def unpack(self, names):
        """These files were sent without what they have in common with the dictionary of the kit: packed-files.ts."""
        if not names:
            return
        import zlib

        with open(f"{self.run}/kit/dictionary", "rb") as file:
            dictionary = file.read()
        for name in names:
            path = f"{self.run}/files/{name}"
            with open(path, "rb") as file:
                text = zlib.decompressobj(-zlib.MAX_WBITS, zdict=dictionary).decompress(file.read())
            with open(path, "wb") as file:
                file.write(text)

    def go(self):
        numbered = [{**step, "n": number} for number, step in enumerate(self.table["steps"], 1)]
        later = [step for step in numbered if step.get("afterwards") and self.mode == "run"]
        for step in numbered:
            if step not in later and not self.step(step):
                self.finish("stopped" if self.stopped else "failed", step["id"])
                return
        self.finish("ok", "", later)

    def tidy(self, later):
        """These steps, up to one that fails. Nobody waits for them, and nobody stops them."""
        for step in later:
            # Each is undone on its own.
            self.changed = []
            if not self.step(step):
                self.last_words("untidied", step["id"])
                return

    def step(self, step):
        """Checks the step and applies it. Returns whether the stage goes on."""
        begun = time.monotonic()
        self.empty("out", "details", "data")
        self.say({"event": "begin", "n": step["n"], "id": step["id"]})
        is_plan, plan = self.mode == "plan", step.get("plan")
        checks = step.get("check") == "always" or (step.get("check") == "plan" and is_plan)
        if checks and not self.is_stopping() and self.part(step, "check"):
            return self.report(step, "ok", begun)
        if is_plan and plan != "runs" and not self.is_stopping():
            self.part(step, "preview")
            if not self.is_stopping():
                return self.report(step, "ok" if plan == "quiet" else "changed", begun)
        self.empty("out", "data")
        # A step that did not begin needs no undo.
        if not self.is_stopping():
            self.changed.insert(0, step)
            if self.part(step, "apply") and not self.is_stopping():
                if step.get("settles"):
                    self.changed, self.heeds_requests = [], False
                return self.report(step, "ok" if self.take_mark("unchanged") else "changed", begun)
        if self.stopped:
            self.note("stopped on request")
        self.report(step, "failed", begun)
        self.undo(step)
        return False

    def undo(self, failed):
        """Newest first. A request to stop does not interrupt it."""
        self.heeds_requests = False
        newest = [step for step in self.changed[:1] if step is failed]
        for step in newest if self.table["undoes"] == "step" else self.changed:
            begun = time.monotonic()
            self.empty("out", "details", "data")
            if not step.get("undo"):
                continue
            if not self.part({**step, "limit": LIMIT}, "undo"):
                self.report(step, "undo-failed", begun)
            elif not self.take_mark("stays"):
                self.report(step, "undone", begun)

    def finish(self, status, failed_step, later=()):
        self.heeds_requests = False
        self.last_words(status, failed_step)
        if not later:
            self.clean()
        self.say({"event": "end", "status": status})
        if later:
            self.tidy(later)
            self.clean()

    def last_words(self, status, failed_step):
        # What runs last may fail without hiding how the stage ended.
        ending = self.table.get("finally", {})
        pieces = ending.get(status, ending.get("all", []))
        self.run_all([[*words, status, failed_step] if isinstance(words, list) else words for words in pieces], True, float("inf"))

    def clean(self):
        os.waitpid(os.posix_spawnp("rm", ["rm", "-rf", f"{self.run}/files", f"{self.run}/kit"], os.environ), 0)

    def part(self, step, name):
        """Runs a part of a step. Returns whether it succeeded."""
        pieces = step.get("parts", {}).get(name, [[name, str(step["n"])]])
        return self.run_all(pieces, step.get("lock", False), step.get("limit", LIMIT))

    def run_all(self, pieces, has_lock, limit):
        """Each piece is the words for the stage's script, or a call of the kit: see part_process.py."""
        deadline = time.monotonic() + limit
        for piece in pieces:
            if self.is_stopping():
                return False
            try:
                child = start(piece, self.script, has_lock)
            except OSError as error:
                self.note(str(error))
                return False
            failed = self.wait(child, deadline, limit) != 0
            may_fail = isinstance(piece, dict) and "may_fail" in piece
            if failed and not (may_fail and time.monotonic() < deadline):
                return False
        return True

    def wait(self, child, deadline, limit):
        """The status of the process, as waitpid(2) has it. Ends its session when its time is up, or when the stage is to stop."""
        kill_at = None
        while True:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return status
            now = time.monotonic()
            if now >= self.next_beat:
                self.say({"event": "alive"})
                self.next_beat = now + BEAT
            if kill_at is None and (now >= deadline or self.is_stopping()):
                end_group(child, signal.SIGTERM)
                kill_at = now + GRACE
                if now >= deadline:
                    self.note(f"stopped after {limit} seconds, the time limit of this step")
            elif kill_at is not None and now >= kill_at:
                end_group(child, signal.SIGKILL)
                kill_at = float("inf")
            self.take_signal({*REQUESTS, signal.SIGCHLD}, min(deadline if kill_at is None else kill_at, self.next_beat) - now)

    def take_signal(self, numbers, seconds):
        """Waits that long for one of these signals. Returns whether one came."""
        taken = signal.sigtimedwait(numbers, max(seconds, 0))
        if taken and taken.si_signo in REQUESTS and self.heeds_requests:
            self.stopped = True
        return taken is not None

    def is_stopping(self):
        # SIGCHLD stays: wait() may have looked for the end of its child just before it came.
        while self.take_signal(REQUESTS, 0):
            pass
        return self.stopped and self.heeds_requests

    def report(self, step, status, begun):
        """Returns True, for a step after which the stage goes on."""
        output = self.content("out")[-MOST_OUTPUT:] if status in ("failed", "undo-failed") else b""
        texts = {"details": self.content("details"), "data": self.content("data"), "output": output}
        encoded = {name: b2a_base64(text, newline=False).decode() for name, text in texts.items()}
        took = int((time.monotonic() - begun) * 1000)
        self.say({"event": "step", "n": step["n"], "id": step["id"], "status": status, "ms": took, **encoded})
        return True

    def say(self, event):
        line = json.dumps(event, separators=(",", ":")).encode() + b"\n"
        # On a full disk, the stage still goes on, or undoes what it changed. The runner sees that it ended.
        with contextlib.suppress(OSError):
            while line:
                line = line[os.write(1, line) :]

    def note(self, text):
        # As in say(): the disk may be full.
        with contextlib.suppress(OSError), open(f"{self.run}/out", "a", encoding="utf-8") as file:
            file.write(f"{text}\n")

    def empty(self, *names):
        for name in names:
            with open(f"{self.run}/{name}", "wb"):
                pass

    def content(self, name):
        with open(f"{self.run}/{name}", "rb") as file:
            return file.read()

    def take_mark(self, name):
        """Whether the step has made this file. Removes it."""
        try:
            os.unlink(f"{self.run}/{name}")
        except FileNotFoundError:
            return False
        return True
