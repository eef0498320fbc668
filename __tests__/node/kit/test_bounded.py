import os
import subprocess
import sys
import tempfile
import time
import unittest

from woven_node import bounded

TOOL = os.path.join(os.path.dirname(os.path.dirname(bounded.__file__)), "tool.py")
MILLION = "import sys\nfor n in range(2000000): print(f'line {n}')\n"


class OutputOfAProgram(unittest.TestCase):
    def setUp(self):
        self.path = os.path.join(tempfile.mkdtemp(), "out")

    def run_program(self, program, mode="ab", errors=subprocess.STDOUT):
        with open(self.path, mode) as out:
            command = [sys.executable, "-IS", TOOL, "bounded", sys.executable, "-IS", "-c", program]
            return subprocess.run(command, stdout=out, stderr=errors, check=False)

    def text(self):
        with open(self.path, "rb") as file:
            return file.read()

    def test_short_output_is_passed_on_byte_for_byte_with_both_streams_in_order(self):
        program = "import os; os.write(1, b'a\\xff'); os.write(2, b'b\\n'); os.write(1, b'c')"
        self.run_program(program)
        self.assertEqual(self.text(), b"a\xffb\nc")

    def test_of_a_long_output_its_beginning_and_its_end_are_kept(self):
        for mode in ("ab", "wb"):
            with self.subTest(mode):
                self.run_program(MILLION + "print('the reason')", mode)
                text = self.text()
                self.assertLessEqual(len(text), bounded.MOST + bounded.CHUNK)
                self.assertTrue(text.startswith(b"line 0\nline 1\n"))
                self.assertTrue(text.endswith(b"line 1999998\nline 1999999\nthe reason\n"))
                self.assertEqual(text.count(bounded.CUT), 1)
                os.remove(self.path)

    def test_at_no_time_is_the_file_longer_than_it_may_be(self):
        self.run_program(
            "import os, sys\nlongest = 0\n"
            "for _ in range(3000):\n"
            "    os.write(1, b'x' * 99999)\n"
            f"    longest = max(longest, os.path.getsize({self.path!r}))\n"
            "print('\\nlongest', longest)\n"
        )
        longest = int(self.text().rsplit(b" ", 1)[1])
        self.assertGreater(longest, bounded.FIRST)
        self.assertLessEqual(longest, bounded.MOST + bounded.CHUNK)

    def test_what_was_there_before_is_its_beginning(self):
        with open(self.path, "wb") as file:
            file.write(b"before\n")
        self.run_program(MILLION)
        self.assertTrue(self.text().startswith(b"before\nline 0\n"))

    def test_the_streams_stay_apart_where_they_go_to_different_places(self):
        done = self.run_program("import os; os.write(1, b'out'); os.write(2, b'err')", errors=subprocess.PIPE)
        self.assertEqual((self.text(), done.stderr), (b"out", b"err"))

    def test_the_exit_status_is_that_of_the_program(self):
        self.assertEqual(self.run_program("raise SystemExit(7)").returncode, 7)
        self.assertEqual(self.run_program("import os; os.kill(os.getpid(), 9)").returncode, 137)

    def test_a_process_that_the_program_leaves_running_holds_nothing_up(self):
        began = time.monotonic()
        program = "import subprocess; print(subprocess.Popen(['sh', '-c', 'while sleep 0.01; do echo more || exit; done']).pid)"
        self.run_program(program)
        self.assertLess(time.monotonic() - began, 5)
        self.assertRegex(self.text(), rb"^\d+\n")

    def test_when_it_is_told_to_stop_the_last_words_of_the_program_are_kept(self):
        program = (
            "import os, signal, sys, time\n"
            "def end(*_):\n    print('stopping'); sys.exit(3)\n"
            "signal.signal(signal.SIGTERM, end)\nprint('begun', flush=True)\ntime.sleep(60)\n"
        )
        with open(self.path, "ab") as out:
            command = [sys.executable, "-IS", TOOL, "bounded", sys.executable, "-IS", "-c", program]
            running = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        while b"begun" not in self.text():
            time.sleep(0.02)
        os.killpg(running.pid, 15)
        self.assertEqual((running.wait(), self.text()), (3, b"begun\nstopping\n"))


if __name__ == "__main__":
    unittest.main()
