import base64
import hashlib
import os
import stat
import subprocess
import sys
import tempfile
import unittest
import zipfile

from woven_node import wheels

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
SITE = f"lib/python{MINOR}/site-packages"


class Wheels(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.bundle, self.target = f"{folder.name}/dist", f"{folder.name}/a folder/venv"
        os.mkdir(self.bundle)
        self.locked = []

    def wheel(self, files, name="fern-1.0-py3-none-any.whl", about="fern-1.0.dist-info", version="1.0"):
        metadata = {
            "WHEEL": f"Wheel-Version: {version}\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            "METADATA": "Metadata-Version: 2.1\nName: fern\nVersion: 1.0\n",
            "RECORD": "",
        }
        with zipfile.ZipFile(f"{self.bundle}/{name}", "w", zipfile.ZIP_DEFLATED) as archive:
            for path, text in {**files, **{f"{about}/{one}": text for one, text in metadata.items()}}.items():
                entry = zipfile.ZipInfo(path)
                entry.external_attr = (0o755 if path.endswith(".sh") else 0o644) << 16
                archive.writestr(entry, text)
        with open(f"{self.bundle}/{name}", "rb") as file:
            self.locked.append(hashlib.sha256(file.read()).hexdigest())

    def install(self):
        with open(f"{self.bundle}/requirements.lock", "w", encoding="utf-8") as file:
            file.writelines(f"fern==1.0 --hash=sha256:{digest}\n" for digest in self.locked)
        # As the node's own Python: a virtualenv of a virtualenv's Python would be another thing.
        wheels.make_virtualenv(self.target, os.path.realpath(sys.executable), VERSION)
        wheels.install_wheels(self.bundle, self.target, MINOR)

    def read(self, path):
        with open(f"{self.target}/{path}", encoding="utf-8") as file:
            return file.read()

    def printed(self, *command):
        return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.split()

    def test_python_finds_a_package_and_its_metadata(self):
        self.wheel({"fern/__init__.py": "leaves = 3\n"})
        self.install()
        code = "import fern, sys, importlib.metadata as m; print(fern.leaves, m.version('fern'), sys.prefix)"
        python = f"{self.target}/bin/python"
        self.assertEqual(self.printed(python, "-c", code), ["3", "1.0", *self.target.split()])
        code = "import importlib.metadata as m; print(all(f.locate().exists() for f in m.files('fern')), len(m.files('fern')))"
        self.assertEqual(self.printed(python, "-c", code), ["True", "5"])

    def test_scripts_run_with_the_python_beside_them(self):
        self.wheel(
            {
                "fern.py": "import sys\nclass Leaf:\n    @staticmethod\n    def grow(): print(sys.prefix, *sys.argv[1:])\n",
                "fern-1.0.dist-info/entry_points.txt": "[console_scripts]\ngrow = fern:Leaf.grow\ngrow2=fern:Leaf.grow [extra]\n[fern]\nx = y\n",
                "fern-1.0.data/scripts/old": "#!python\nimport fern\nfern.Leaf.grow()\n",
                "fern-1.0.data/scripts/shell": "#!/bin/sh\necho shell\n",
            }
        )
        self.install()
        for name in ("grow", "grow2"):
            self.assertEqual(self.printed(f"{self.target}/bin/{name}", "tall"), [*self.target.split(), "tall"])
        self.assertEqual(self.printed(f"{self.target}/bin/old"), self.target.split())
        self.assertEqual(self.printed(f"{self.target}/bin/shell"), ["shell"])

    def test_every_file_is_recorded_where_it_is(self):
        self.wheel(
            {
                "fern/run.sh": "#!/bin/sh\n",
                "fern-1.0.data/purelib/pure.py": "",
                "fern-1.0.data/platlib/plat.py": "",
                "fern-1.0.data/headers/fern.h": "int leaves;",
                "fern-1.0.data/data/share/fern/leaf.txt": "leaf",
                "fern-1.0.data/scripts/shell": "#!/bin/sh\necho shell\n",
            }
        )
        self.install()
        self.assertEqual(stat.S_IMODE(os.stat(f"{self.target}/{SITE}/fern/run.sh").st_mode), 0o755)
        rows = [line.rsplit(",", 2) for line in self.read(f"{SITE}/fern-1.0.dist-info/RECORD").splitlines()]
        paths = [path for path, _, _ in rows]
        for path in ("pure.py", "plat.py", f"../../../include/site/python{MINOR}/fern/fern.h", "../../../share/fern/leaf.txt", "../../../bin/shell"):
            self.assertIn(path, paths)
        for path, digest, size in rows:
            with open(f"{self.target}/{SITE}/{path}", "rb") as file:
                content = file.read()
            if path.endswith("/RECORD"):
                continue
            expected = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
            self.assertEqual((digest, int(size)), (f"sha256={expected}", len(content)))

    def test_a_wheel_that_the_lock_does_not_name_is_refused(self):
        self.wheel({"fern.py": ""})
        with open(f"{self.bundle}/fern-1.0-py3-none-any.whl", "ab") as file:
            file.write(b" ")
        with self.assertRaisesRegex(SystemExit, "fern-1.0-py3-none-any.whl.*requirements.lock"):
            self.install()
        self.assertFalse(os.path.exists(f"{self.target}/{SITE}/fern.py"))

    def test_a_wheel_of_the_lock_that_is_not_there_is_an_error(self):
        self.wheel({"fern.py": ""})
        self.locked.append("0" * 64)
        with self.assertRaisesRegex(SystemExit, "lacks 1"):
            self.install()

    def test_what_is_no_wheel_of_this_format_is_refused_by_its_name(self):
        for change in (
            {"files": {"../../outside.py": ""}},
            {"files": {"/tmp/outside.py": ""}},
            {"files": {"fern-1.0.data/elsewhere/a": ""}},
            {"files": {"fern-1.0.dist-info/entry_points.txt": "[console_scripts]\n../../x = fern:main\n"}},
            {"files": {"fern-1.0.dist-info/entry_points.txt": "[console_scripts]\nx = fern:main()\n"}},
            {"files": {}, "about": "moss-1.0.dist-info"},
            {"files": {}, "version": "2.0"},
        ):
            with self.subTest(change):
                self.locked = []
                self.target += "x"
                self.wheel(**change)
                with self.assertRaisesRegex(SystemExit, "^fern-1.0-py3-none-any.whl cannot be installed: "):
                    self.install()
                self.assertEqual(os.listdir(os.path.dirname(self.target))[0][:4], "venv")

    def test_a_name_may_be_spelt_in_several_ways(self):
        self.wheel({"a.py": ""}, name="Fern_Tree.Old-1.0-py3-none-any.whl", about="fern_tree_old-1.0.dist-info")
        self.install()
        self.assertEqual(self.read(f"{SITE}/a.py"), "")

    def test_packages_may_bring_the_same_file(self):
        self.wheel({"shared/__init__.py": "one"})
        self.wheel({"shared/__init__.py": "other"}, name="moss-1.0-py3-none-any.whl", about="moss-1.0.dist-info")
        self.install()
        self.assertEqual(self.read(f"{SITE}/shared/__init__.py"), "other")


if __name__ == "__main__":
    unittest.main()
