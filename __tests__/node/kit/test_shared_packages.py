import os
import subprocess
import sys
import tempfile
import unittest
import venv

from woven_node import shared_packages

PACKAGES = "env/.packages/shop-0123456789abcdef0123"


class SharedPackages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.shared = f"{self.root}/{PACKAGES}"
        venv.create(self.shared, with_pip=False)
        python = f"python{sys.version_info.major}.{sys.version_info.minor}"
        self.site_packages = f"lib/{python}/site-packages"
        self.write(f"{self.site_packages}/fern/__init__.py", "here = __file__\n")
        self.write(f"{self.site_packages}/fern/leaf.txt", "leaf")
        self.write(f"{self.site_packages}/fern-1.0.dist-info/METADATA", "Name: fern\nVersion: 1.0\n")
        self.write(f"{self.site_packages}/fern.pth", "/nonexistent-but-kept\n")
        self.write("share/fern/leaf.txt", "leaf")
        self.write("project/manage.py", "of a wheel")
        self.write("bin/fern", "#!/bin/sh\nexec \"$(dirname -- \"$(realpath -- \"$0\")\")\"/python -c 'import sys; print(sys.prefix)'\n")
        os.chmod(f"{self.shared}/bin/fern", 0o755)

    def write(self, path, text, below=None):
        full = f"{below or self.shared}/{path}"
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)

    def release(self, path="env/.shop-1.0.aaaaaa"):
        release = f"{self.root}/{path}"
        os.makedirs(release)
        os.symlink(f"../../{PACKAGES}", f"{release}/packages")
        shared_packages.link(release)
        return release

    def printed(self, *command):
        return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.split()

    def test_python_finds_the_packages_below_the_prefix_of_the_release(self):
        release = self.release()
        code = "import sys, fern, importlib.metadata as m; print(sys.prefix, fern.here, m.version('fern'))"
        path = f"{release}/{self.site_packages}/fern/__init__.py"
        self.assertEqual(self.printed(f"{release}/bin/python", "-c", code), [release, path, "1.0"])

    def test_a_program_of_a_package_runs_in_the_release(self):
        release = self.release()
        self.assertEqual(self.printed(f"{release}/bin/fern"), [release])

    def test_a_release_in_staging_works_as_well(self):
        release = self.release(".staging/shop-1.0")
        with open(f"{release}/{self.site_packages}/fern/leaf.txt", encoding="utf-8") as file:
            self.assertEqual(file.read(), "leaf")

    def test_the_path_file_of_a_release_is_not_that_of_another(self):
        one, other = self.release(), self.release("env/.shop-2.0.bbbbbb")
        for release in (one, other):
            self.write(f"{self.site_packages}/woven.pth", "../../../project\n", release)
            os.mkdir(f"{release}/project")
            self.assertIn(f"{release}/project", self.printed(f"{release}/bin/python", "-c", "import sys; print(*sys.path)"))
        self.assertFalse(os.path.exists(f"{self.shared}/{self.site_packages}/woven.pth"))

    def test_a_file_that_the_release_replaces_stays_as_it_is_for_the_others(self):
        release = self.release()
        self.write("new.pth", "own", release)
        os.replace(f"{release}/new.pth", f"{release}/{self.site_packages}/fern.pth")
        with open(f"{self.shared}/{self.site_packages}/fern.pth", encoding="utf-8") as file:
            self.assertEqual(file.read(), "/nonexistent-but-kept\n")

    def test_a_wheel_brings_no_file_of_the_release(self):
        release = self.release()
        self.assertFalse(os.path.exists(f"{release}/project"))
        with open(f"{release}/share/fern/leaf.txt", encoding="utf-8") as file:
            self.assertEqual(file.read(), "leaf")


if __name__ == "__main__":
    unittest.main()
