import contextlib
import io
import json
import os
import tempfile
import types
import unittest
from unittest import mock

from woven_node import writable

SITE = types.SimpleNamespace(pw_uid=54321, pw_gid=54322)
GROUP = types.SimpleNamespace(gr_gid=54333)


@unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
class Writable(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.base = os.path.join(self.root, "writable/shop")
        self.source = os.path.join(self.root, "staging")

    def write(self, path, text="new", uid=0, mode=0o644):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        os.chown(full, uid, uid)
        os.chmod(full, mode)

    def read(self, path):
        with open(os.path.join(self.base, path), encoding="utf-8") as file:
            return file.read()

    def state(self, path):
        found = os.lstat(os.path.join(self.base, path))
        return found.st_uid, found.st_gid, found.st_mode & 0o7777

    def run_tool(self, verb="apply", sites=1, **folders):
        spec = {"base": self.base, "user": "site_1", "group": "code-shop", "sites": sites, "source": self.source}
        spec["folders"] = {path.replace("__", "/"): count for path, count in folders.items()}
        file = os.path.join(self.root, "spec.json")
        with open(file, "w", encoding="utf-8") as out:
            json.dump(spec, out)
        said = io.StringIO()
        accounts = mock.patch.multiple(writable, pwd=mock.Mock(getpwnam=lambda _: SITE), grp=mock.Mock(getgrnam=lambda _: GROUP))
        with accounts, contextlib.redirect_stdout(said):
            writable.writable(verb, file)
        return said.getvalue().splitlines()

    def test_a_missing_folder_is_made_with_the_files_of_the_repository(self):
        self.write("staging/data/deep/a", "seed")
        os.symlink("deep/a", os.path.join(self.source, "data/now"))
        self.assertEqual(len(self.run_tool(logs=0, data=2, var__index=0)), 3)
        self.assertEqual(self.state("."), (0, 54333, 0o750))
        for folder in ("logs", "data", "data/deep", "var/index"):
            self.assertEqual(self.state(folder), (54321, 54333, 0o2770), folder)
        self.assertEqual(self.state("data/deep/a"), (54321, 54333, 0o660))
        self.assertEqual(self.state("var")[0], 0)
        self.assertEqual(self.read("data/now"), "seed")
        self.assertEqual(sorted(os.listdir(self.base)), ["data", "logs", "var"])

    def test_a_folder_that_exists_keeps_its_files_and_says_so(self):
        self.write("staging/data/a", "seed")
        self.run_tool(data=1)
        self.write("writable/shop/data/a", "the application's", 54321)
        os.unlink(os.path.join(self.source, "data/a"))
        self.write("staging/data/b", "seed")
        said = self.run_tool(data=1)
        self.assertEqual(self.read("data/a"), "the application's")
        self.assertFalse(os.path.exists(os.path.join(self.base, "data/b")))
        self.assertRegex(said[0], "^data: ")
        self.assertEqual(self.run_tool(data=0), [])

    def test_a_folder_may_begin_inside_or_around_an_earlier_one(self):
        self.run_tool(data__index=0, logs=0)
        self.write("writable/shop/data/index/a", "kept", 54321)
        self.assertEqual(self.run_tool(data=0, logs__web=0), [f"new: {self.base}/logs/web"])
        self.assertEqual((self.state("data")[0], self.read("data/index/a")), (54321, "kept"))

    def test_root_follows_no_link_of_the_application(self):
        self.run_tool(logs=0)
        self.write("secret/file")
        os.symlink(os.path.join(self.root, "secret"), os.path.join(self.base, "logs/web"))
        for folder in ("logs__web", "logs__web__deep"):
            with self.assertRaises(SystemExit):
                self.run_tool(**{folder: 0})
        self.assertEqual(os.lstat(os.path.join(self.root, "secret")).st_uid, 0)
        self.assertEqual(os.listdir(os.path.join(self.root, "secret")), ["file"])

    def test_with_several_sites_each_can_write_what_another_one_made(self):
        self.run_tool(data=0)
        self.write("writable/shop/data/deep/db", uid=54321)
        os.chmod(os.path.join(self.base, "data/deep"), 0o755)
        self.write("outside", uid=54321)
        os.link(os.path.join(self.root, "outside"), os.path.join(self.base, "data/linked"))
        os.mkfifo(os.path.join(self.base, "data/fifo"))
        self.run_tool(data=0)
        self.assertEqual(self.state("data/deep/db")[2], 0o644)
        self.run_tool(data=0, sites=2)
        self.assertEqual(self.state("data/deep/db"), (54321, 54333, 0o664))
        self.assertEqual(self.state("data/deep")[1:], (54333, 0o2775))
        self.assertEqual(self.state("data/linked")[2], 0o644)

    def test_a_power_cut_leaves_no_folder_that_looks_complete(self):
        self.write("staging/data/a")
        with mock.patch("os.sync", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            self.run_tool(data=1)
        self.assertEqual(os.listdir(self.base), [])
        os.makedirs(os.path.join(self.base, ".new-left"))
        self.run_tool(data=1)
        self.assertEqual(os.listdir(self.base), ["data"])

    def test_a_dry_run_lists_what_is_missing_and_changes_nothing(self):
        self.assertEqual(self.run_tool("list", data=2), [f"new: {self.base}/data, with the repository's files (2)"])
        self.assertFalse(os.path.exists(os.path.dirname(self.base)))
        self.run_tool(data=0)
        self.assertEqual(self.run_tool("list", data=0), [])


if __name__ == "__main__":
    unittest.main()
