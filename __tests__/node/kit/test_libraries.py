import contextlib
import io
import os
import shutil
import subprocess
import tempfile
import unittest

from woven_node import libraries


class Libraries(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.packages = os.path.join(self.folder, "python3.13/site-packages")
        os.makedirs(self.packages)

    def compile(self, path, name, *words):
        """A shared library, linked as given."""
        target = os.path.join(self.packages, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        subprocess.run(
            ["cc", "-shared", "-x", "c", "/dev/null", "-x", "none", "-o", target, f"-Wl,-soname,{name}", "-Wl,--no-as-needed", *words], check=True
        )
        return target

    def missing(self):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            libraries.libraries(self.folder)
        return said.getvalue().splitlines()

    @unittest.skipUnless(shutil.which("cc"), "needs a C compiler")
    def test_libraries_of_nobody_are_named_with_their_package(self):
        nowhere = self.compile("made/libnowhere.so.5", "libnowhere.so.5")
        beside = self.compile("shop.libs/libbeside.so.1", "libbeside.so.1")
        self.compile("shop/_shop.so", "_shop.so", nowhere, beside, "-lm")
        self.compile("_backend.cpython-313.so", "_backend.so", nowhere)
        self.assertEqual(self.missing(), [])
        os.unlink(nowhere)
        self.assertIn(self.missing(), (["libnowhere.so.5 shop"], ["libnowhere.so.5 _backend"]))

    def test_what_is_no_library_is_left_alone(self):
        for name, content in (("text.so", b"INPUT(-lfoo)"), ("cut.so", b"\x7fELF\x02\x01"), ("far.so", b"\x7fELF\x02\x01" + b"\xff" * 80)):
            with open(os.path.join(self.packages, name), "wb") as file:
                file.write(content)
        os.symlink("/dev/zero", os.path.join(self.packages, "zero.so"))
        os.mkfifo(os.path.join(self.packages, "fifo.so"))
        self.assertEqual(self.missing(), [])


if __name__ == "__main__":
    unittest.main()
