import contextlib
import io
import os
import shutil
import tempfile
import unittest

from woven_node import kept_static


class KeptStatic(unittest.TestCase):
    def setUp(self):
        self.release = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.release)
        os.makedirs(f"{self.release}/static/shop")
        self.write("shop/a.css", "body {}")

    def write(self, path, text):
        with open(f"{self.release}/static/{path}", "w", encoding="utf-8") as file:
            file.write(text)

    def offered(self):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            kept_static.offer("1" * 64, self.release)
        return said.getvalue()

    def test_are_offered_as_they_were_noted(self):
        kept_static.note(self.release)
        self.assertEqual(self.offered(), f"{'1' * 64}\n{self.release}/static\n")

    def test_and_so_is_a_copy_of_them(self):
        kept_static.note(self.release)
        copy = shutil.copytree(self.release, f"{self.release}.copy")
        self.addCleanup(shutil.rmtree, copy)
        self.release, before = copy, self.release
        self.assertEqual(self.offered(), f"{'1' * 64}\n{copy}/static\n")
        self.release = before

    def test_are_not_if_one_has_changed_or_is_missing_or_new(self):
        for change in (
            lambda: self.write("shop/a.css", "body {} "),
            lambda: os.utime(f"{self.release}/static/shop/a.css", ns=(1, 1)),
            lambda: os.unlink(f"{self.release}/static/shop/a.css"),
            lambda: self.write("b.css", ""),
            lambda: shutil.rmtree(f"{self.release}/static"),
        ):
            kept_static.note(self.release)
            change()
            self.assertEqual(self.offered(), "")

    def test_are_not_without_a_note(self):
        self.assertEqual(self.offered(), "")


if __name__ == "__main__":
    unittest.main()
