import contextlib
import io
import json
import os
import tempfile
import unittest

from woven_node import interpreters, recorded_services, release_names, state


class Unused(unittest.TestCase):
    def setUp(self):
        self.addCleanup(setattr, state, "VERSION", state.VERSION)
        state.VERSION = __file__
        self.state, self.root = tempfile.mkdtemp(), tempfile.mkdtemp()
        for module in (interpreters, recorded_services, release_names):
            self.addCleanup(setattr, module, "STATE", module.STATE)
            module.STATE = self.state
        for version in ("3.12.4", "3.13.5"):
            os.makedirs(f"{self.state}/python/{version}/bin")

    def unused(self):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            interpreters.unused(self.root, "shop")
        return said.getvalue().split()

    def program(self, version):
        return f"{self.state}/python/{version}/bin/python{version.rpartition('.')[0]}"

    def record(self, distribution, text):
        folder = f"{self.state}/{distribution}/releases"
        os.makedirs(folder, exist_ok=True)
        with open(f"{folder}/1.0.json", "w", encoding="utf-8") as file:
            file.write(text)

    def release(self, distribution, **more):
        self.record(distribution, json.dumps({"schema": 2, "distribution": distribution, "name": "1.0", "sites": [], "services": [], **more}))

    def link(self, place, version):
        os.makedirs(f"{self.root}/{place}/bin")
        os.symlink(self.program(version), f"{self.root}/{place}/bin/python")

    def test_what_no_release_runs_on_of_whatever_distribution(self):
        self.release("shop")
        self.assertEqual(self.unused(), ["3.12.4", "3.13.5"])
        self.release("blog", interpreter=self.program("3.12.4"))
        self.assertEqual(self.unused(), ["3.13.5"])

    def test_a_build_without_a_record_counts(self):
        for place in ("env/.shop-1.0.aabbcc", ".staging/shop-1.1/.build/venv"):
            with self.subTest(place):
                self.link(place, "3.12.4")
                self.assertEqual(self.unused(), ["3.13.5"])
                os.unlink(f"{self.root}/{place}/bin/python")

    def test_nothing_is_certain_while_another_distribution_is_being_deployed(self):
        os.makedirs(f"{self.state}/blog")
        with open(f"{self.state}/blog/lease.json", "w", encoding="utf-8") as file:
            file.write("{}")
        self.assertEqual(self.unused(), [])
        os.rename(f"{self.state}/blog", f"{self.state}/shop")
        self.assertEqual(self.unused(), ["3.12.4", "3.13.5"])

    def test_a_record_that_cannot_be_read_may_need_any(self):
        self.record("blog", "{")
        self.assertEqual(self.unused(), [])

    def test_only_folders_of_versions_are_removed(self):
        os.makedirs(f"{self.state}/python/releases")
        os.makedirs(f"{self.state}/python/.new-abcdef")
        os.symlink("3.12.4", f"{self.state}/python/3.12.5")
        self.assertEqual(self.unused(), ["3.12.4", "3.13.5"])


if __name__ == "__main__":
    unittest.main()
