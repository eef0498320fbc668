import json
import os
import tempfile
import unittest

from woven_node import recorded_services, state

FIRST = {"schema": 1, "distribution": "shop", "name": "0.1", "sites": [], "unit": "woven-shop-0.1", "address": "127.1.2.3"}
SERVICE = {"files": ["/etc/a.conf"], "packages": ["libfoo"]}
SECOND = {"schema": 2, "distribution": "blog", "name": "2", "sites": [], "services": [SERVICE, {"files": [], "packages": []}]}


class Records(unittest.TestCase):
    def setUp(self):
        self.addCleanup(setattr, state, "VERSION", state.VERSION)
        state.VERSION = __file__
        before = recorded_services.STATE
        recorded_services.STATE = tempfile.mkdtemp()
        self.addCleanup(setattr, recorded_services, "STATE", before)
        for record in (FIRST, SECOND):
            self.record(record["distribution"], record["name"], json.dumps(record))

    def record(self, distribution, name, text):
        folder = f"{recorded_services.STATE}/{distribution}/releases"
        os.makedirs(folder, exist_ok=True)
        with open(f"{folder}/{name}.json", "w", encoding="utf-8") as file:
            file.write(text)

    def test_a_release_needs_what_its_services_run_from_and_nginx(self):
        self.assertEqual(recorded_services.releases_with("apache2"), ["shop-0.1"])
        self.assertEqual(recorded_services.releases_with("libfoo"), ["blog-2"])
        self.assertEqual(recorded_services.releases_with("nginx-core"), ["blog-2", "shop-0.1"])
        self.assertEqual(recorded_services.releases_with("tree"), [])

    def test_the_files_of_processes_belong_to_the_distribution_too(self):
        unit = "/etc/systemd/system/woven-blog-2-process-worker@.service"
        third = {**SECOND, "schema": 3, "services": [SERVICE, {"files": [unit], "packages": []}]}
        self.record("blog", "2", json.dumps(third))
        [record] = recorded_services.records("blog")
        self.assertEqual(recorded_services.files(record), ["/etc/a.conf", unit])

    def test_a_record_that_cannot_be_read_may_be_the_one_that_matters(self):
        for text in ("", "[]", '{"schema": 9, "woven": "9.1.0"}', '{"schema": 2, "distribution": "shop"}'):
            self.record("shop", "0.2", text)
            with self.assertRaises(SystemExit) as ended:
                recorded_services.releases_with("tree")
            self.assertIn("releases/0.2.json", str(ended.exception))

    def test_an_unfinished_file_is_no_record(self):
        with open(f"{recorded_services.STATE}/shop/releases/0.3.json.new", "w", encoding="utf-8"):
            pass
        self.assertEqual(recorded_services.releases_with("apache2"), ["shop-0.1"])


if __name__ == "__main__":
    unittest.main()
