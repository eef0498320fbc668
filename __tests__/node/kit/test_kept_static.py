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

    def test_are_not_without_a_note_or_with_one_that_cannot_be_read(self):
        self.assertEqual(self.offered(), "")
        for text in (b"\xe5", b"", b"1 2 3"):
            with open(f"{self.release}/{kept_static.NOTE}", "wb") as file:
                file.write(text)
            self.assertEqual(self.offered(), "")

    def taken(self, own):
        """What is in a folder that had these files, by path, once those of the release were added."""
        folder = os.path.join(tempfile.mkdtemp(), "static")
        self.addCleanup(shutil.rmtree, os.path.dirname(folder))
        os.mkdir(folder)
        for path, text in own.items():
            os.makedirs(os.path.dirname(f"{folder}/{path}"), exist_ok=True)
            with open(f"{folder}/{path}", "w", encoding="utf-8") as file:
                file.write(text)
        kept_static.take_over(self.release, folder)
        self.assertEqual(os.listdir(os.path.dirname(folder)), ["static"])
        found = {}
        for base, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(base, name)
                with open(path, encoding="utf-8") as file:
                    found[os.path.relpath(path, folder)] = file.read()
        return found

    def test_are_added_as_copies_and_what_is_there_stays(self):
        kept_static.note(self.release)
        self.assertEqual(self.taken({"b.css": "b"}), {"shop/a.css": "body {}", "b.css": "b"})
        self.assertEqual(self.taken({"shop/a.css": "mine"}), {"shop/a.css": "mine"})
        self.assertEqual(self.taken({"shop": "a file"}), {"shop": "a file"})
        self.assertEqual(self.taken({"shop/a.css/x": "a folder"}), {"shop/a.css/x": "a folder"})
        self.assertEqual(os.stat(f"{self.release}/static/shop/a.css").st_nlink, 1)

    def test_are_not_copied_if_one_has_grown(self):
        kept_static.note(self.release)
        os.truncate(f"{self.release}/static/shop/a.css", 1 << 40)
        with self.assertRaisesRegex(SystemExit, "are changing"):
            self.taken({})


if __name__ == "__main__":
    unittest.main()
