import grp
import json
import os
import tempfile
import unittest
from collections import namedtuple
from contextlib import redirect_stdout
from io import StringIO

from woven_node import recorded_services, release_names, site_records, state

WEB = {"kind": "web", "name": "web", "sites": [1, 2], "files": ["/a", "/b"], "logs": ["/l"], "packages": []}
TWO = {"kind": "web", "name": "site_2", "sites": [2], "files": ["/two"], "logs": [], "packages": []}
RECORD = {
    "schema": 3,
    "distribution": "shop",
    "name": "1.0",
    "sites": [{"id": 1}, {"id": 2}, {"id": 1, "subdomain": "admin"}],
    "services": [WEB, TWO],
    "content": {"configuration": "old"},
    "described": {"migrations": [], "sqliteFiles": ["a.db"]},
}
FOUR = {
    "name": "site_4",
    "site": {"id": 4},
    "services": [{**TWO, "name": "site_4", "sites": [4]}],
    "into": {"web": {"sites": [4], "files": ["/four"], "logs": ["/l"]}},
    "migrations": [{"alias": "default"}],
    "sqliteFiles": ["a.db", "four.db"],
}
NOTHING = {"sites": [], "services": [], "from": {}}


class Sites(unittest.TestCase):
    def setUp(self):
        self.addCleanup(setattr, state, "VERSION", state.VERSION)
        state.VERSION = __file__
        self.state = tempfile.mkdtemp()
        for module in (recorded_services, release_names):
            self.addCleanup(setattr, module, "STATE", module.STATE)
            module.STATE = self.state
        self.write(RECORD)

    def write(self, record):
        folder = f"{self.state}/{record['distribution']}/releases"
        os.makedirs(folder, exist_ok=True)
        self.path = f"{folder}/{record['name']}.json"
        with open(self.path, "w", encoding="utf-8") as file:
            json.dump(record, file)

    def change(self, started, replaced=None, **change):
        spec, names = f"{self.state}/spec", f"{self.state}/started"
        with open(spec, "w", encoding="utf-8") as file:
            json.dump({"add": [], "drop": NOTHING, "configuration": None, "becomes": {}, **change}, file)
        with open(names, "w", encoding="utf-8") as file:
            file.write(started)
        site_records.site_record(self.path, spec, names, replaced or f"{self.state}/nothing")
        with open(self.path, encoding="utf-8") as file:
            return json.load(file)

    def users(self, *members):
        before = grp.getgrnam
        self.addCleanup(setattr, grp, "getgrnam", before)
        grp.getgrnam = lambda _: namedtuple("Group", "gr_mem")(list(members))
        with redirect_stdout(StringIO()) as out:
            site_records.retired_users("shop", "1.0", "code-shop")
        return [line.strip() for line in out.getvalue().splitlines()]

    def test_a_site_that_has_started_is_recorded_with_its_services_and_databases(self):
        record = self.change("site_4\n", add=[FOUR], configuration="new")
        self.assertEqual([site_records.name_of(site) for site in record["sites"]], ["site_1", "site_2", "site_1_admin", "site_4"])
        self.assertEqual(record["services"][0], {**WEB, "sites": [1, 2, 4], "files": ["/a", "/b", "/four"]})
        self.assertEqual(record["services"][2]["name"], "site_4")
        self.assertEqual(record["described"], {"migrations": [{"alias": "default"}], "sqliteFiles": ["a.db", "four.db"]})
        self.assertEqual(record["content"]["configuration"], "new")

    def test_a_site_that_has_not_started_is_not_recorded_and_the_configuration_stays(self):
        record = self.change("", add=[FOUR], configuration="new")
        self.assertEqual({key: record[key] for key in RECORD}, RECORD)

    def test_a_site_that_is_retired_takes_its_services_and_its_part_of_others(self):
        drop = {"sites": ["site_2"], "services": [["web", "site_2"]], "from": {"web": {"sites": [2], "files": ["/b"], "logs": []}}}
        record = self.change("", drop=drop)
        self.assertEqual([site_records.name_of(site) for site in record["sites"]], ["site_1", "site_1_admin"])
        self.assertEqual(record["services"], [{**WEB, "sites": [1], "files": ["/a"]}])

    def test_an_instance_is_recorded_only_if_it_was_replaced(self):
        becomes = {"web": {"units": ["web@b.service"], "address": "127.0.0.9:480"}}
        record = self.change("site_4\n", add=[FOUR], becomes=becomes)
        self.assertNotIn("address", record["services"][0])
        record = self.change("", replaced=self.path, becomes=becomes)
        self.assertEqual(record["services"][0]["units"], ["web@b.service"])
        self.assertEqual(record["services"][0]["address"], "127.0.0.9:480")

    def test_a_record_without_services_is_an_error(self):
        self.write({**{key: RECORD[key] for key in RECORD if key != "services"}, "schema": 1})
        with self.assertRaises(SystemExit):
            self.change("")

    def test_a_user_goes_only_if_no_release_has_its_site(self):
        self.write({**RECORD, "name": "0.9", "sites": [{"id": 3}]})
        self.write({**RECORD, "distribution": "blog", "name": "2", "sites": [{"id": 5}]})
        found = self.users("site_1", "site_2", "site_3", "site_5", "site_12", "ada")
        self.assertEqual(found, ["user site_12", "kept site_3 shop-0.9", "leave site_5 blog-2"])

    def test_no_user_goes_while_a_run_works_on_another_distribution(self):
        os.makedirs(f"{self.state}/blog")
        with open(f"{self.state}/blog/lease.json", "w", encoding="utf-8") as file:
            file.write("{}")
        self.assertEqual(self.users("site_12"), ["busy site_12"])


if __name__ == "__main__":
    unittest.main()
