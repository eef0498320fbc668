import os
import tempfile
import unittest

from woven_node import same_files


@unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
class SameFiles(unittest.TestCase):
    def setUp(self):
        self.live, self.new = tempfile.mkdtemp(), tempfile.mkdtemp()

    def write(self, folder, path, text, mode=0o644, uid=0):
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(full, mode)
        os.chown(full, uid, uid)

    def shared(self):
        """The paths that are one file, and the content of all."""
        same_files.share_same(self.live, self.new)
        found, texts = [], {}
        for folder, _, names in os.walk(self.new):
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), self.new)
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    texts[path] = file.read()
                other = os.path.join(self.live, path)
                if os.path.exists(other) and os.path.samefile(other, os.path.join(self.new, path)):
                    found.append(path)
        return sorted(found), texts

    def test_shares_equal_files_only(self):
        for path, text in (("a/b.css", "one"), ("c.js", "old"), ("d.js", "four")):
            self.write(self.live, path, text)
        for path, text in (("a/b.css", "one"), ("c.js", "new"), ("e.js", "four")):
            self.write(self.new, path, text)
        self.assertEqual(self.shared(), (["a/b.css"], {"a/b.css": "one", "c.js": "new", "e.js": "four"}))
        self.assertEqual(self.shared()[0], ["a/b.css"])

    def test_shares_nothing_that_a_site_can_write_or_lead_elsewhere(self):
        self.write(self.live, "own", "one", uid=54321)
        self.write(self.live, "open", "one", mode=0o666)
        self.write(self.live, "target", "one")
        os.symlink("target", os.path.join(self.live, "link"))
        for path in ("own", "open", "link"):
            self.write(self.new, path, "one")
        self.assertEqual(self.shared()[0], [])


if __name__ == "__main__":
    unittest.main()
