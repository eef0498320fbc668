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
        self.packages = os.path.join(self.folder, "lib/python3.13/site-packages")
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

    @unittest.skipUnless(shutil.which("cc"), "needs a C compiler")
    def test_what_was_noted_at_the_installation_is_compared_with_the_node(self):
        nowhere = self.compile("made/libnowhere.so.5", "libnowhere.so.5")
        self.compile("shop/_shop.so", "_shop.so", nowhere, "-lm")
        os.unlink(nowhere)
        libraries.note(self.folder)
        with open(os.path.join(self.folder, libraries.NOTE), encoding="utf-8") as file:
            self.assertEqual(file.readline(), "libc.so.6 shop\n")
        # The packages are not read again.
        shutil.rmtree(os.path.join(self.folder, "lib"))
        self.assertEqual(self.missing(), ["libnowhere.so.5 shop"])

    def test_packages_that_load_nothing_are_noted_as_such(self):
        os.symlink("/etc/passwd", os.path.join(self.folder, libraries.NOTE))
        libraries.note(self.folder)
        self.assertEqual((os.path.getsize(os.path.join(self.folder, libraries.NOTE)), self.missing()), (0, []))

    def test_what_is_no_library_is_left_alone(self):
        for name, content in (("text.so", b"INPUT(-lfoo)"), ("cut.so", b"\x7fELF\x02\x01"), ("far.so", b"\x7fELF\x02\x01" + b"\xff" * 80)):
            with open(os.path.join(self.packages, name), "wb") as file:
                file.write(content)
        os.symlink("/dev/zero", os.path.join(self.packages, "zero.so"))
        os.mkfifo(os.path.join(self.packages, "fifo.so"))
        self.assertEqual(self.missing(), [])


if __name__ == "__main__":
    unittest.main()
