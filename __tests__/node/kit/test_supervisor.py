import json
import os
import signal
import tempfile
import time
import unittest

from woven_node import supervisor


class EndingLate(supervisor.Stage):
    """Its child ends just after the supervisor has looked for that, and before it waits."""

    def is_stopping(self):
        self.end_child()
        while signal.SIGCHLD not in signal.sigpending():
            time.sleep(0.001)
        return super().is_stopping()


class EndOfAPart(unittest.TestCase):
    def setUp(self):
        self.mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        self.addCleanup(signal.pthread_sigmask, signal.SIG_SETMASK, self.mask)
        self.folder = tempfile.mkdtemp()
        with open(f"{self.folder}/steps.json", "w", encoding="utf-8") as file:
            json.dump({"undoes": "step", "steps": []}, file)

    def test_is_noticed_even_if_it_comes_between_looking_and_waiting(self):
        stage = EndingLate(f"{self.folder}/stage.sh", "run")
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.read(read, 1)
            os._exit(3)
        stage.end_child = lambda: os.write(write, b"x")
        begun = time.monotonic()
        status = stage.wait(child, begun + 60, 60)
        self.assertEqual(os.WEXITSTATUS(status), 3)
        # Without that signal, it would look again only for the next sign of life.
        self.assertLess(time.monotonic() - begun, supervisor.BEAT / 2)


if __name__ == "__main__":
    unittest.main()
