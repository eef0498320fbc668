import os
import tempfile
import types
import unittest
from unittest import mock

from woven_node import disowned_files

USER = types.SimpleNamespace(pw_uid=54321, pw_gid=54322)


@unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
class Disowned(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.outside = os.path.join(tempfile.mkdtemp(), "outside")
        for path in ("inner", "inner/deep"):
            os.mkdir(os.path.join(self.folder, path))
        self.make(self.outside)
        self.make("inner/deep/left")
        self.make("tool", mode=0o6755)
        self.make("other", uid=54399, gid=54399)
        os.symlink(self.outside, os.path.join(self.folder, "link"))
        os.chown(os.path.join(self.folder, "link"), USER.pw_uid, USER.pw_gid, follow_symlinks=False)

    def make(self, name, uid=USER.pw_uid, gid=USER.pw_gid, mode=0o640):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="ascii"):
            pass
        os.chown(path, uid, gid)
        os.chmod(path, mode)

    def state(self, name):
        return os.lstat(os.path.join(self.folder, name))

    def test_all_of_the_user_becomes_the_root_s_and_nothing_else(self):
        with mock.patch("pwd.getpwnam", return_value=USER):
            disowned_files.disown("site_1", self.folder, "/nonexistent")
        for name in ("inner/deep/left", "tool", "link"):
            self.assertEqual((self.state(name).st_uid, self.state(name).st_gid), (0, 0), name)
        self.assertEqual((self.state("other").st_uid, self.state("other").st_gid), (54399, 54399))
        self.assertEqual(self.state("tool").st_mode & 0o7777, 0o755)

    def test_a_link_is_not_followed(self):
        with mock.patch("pwd.getpwnam", return_value=USER):
            disowned_files.disown("site_1", self.folder)
        self.assertEqual(os.stat(self.outside).st_uid, USER.pw_uid)


if __name__ == "__main__":
    unittest.main()
