import contextlib
import io
import json
import os
import tempfile
import unittest
from unittest import mock

from woven_node import preview_room

GIGABYTE = 1 << 30
HOUR = 3600


class Room(unittest.TestCase):
    def setUp(self):
        self.state = tempfile.mkdtemp()
        self.addCleanup(mock.patch.stopall)
        mock.patch.multiple(
            preview_room, STATE=self.state, KEPT=f"{self.state}/previews", LOGS=f"{self.state}/log", memory_of_node=lambda: 4 * GIGABYTE
        ).start()
        os.makedirs(f"{self.state}/log")

    def write(self, path, text="", age=0):
        full = f"{self.state}/{path}"
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        os.utime(full, (2_000_000_000 - age, 2_000_000_000 - age))

    def preview(self, name, base="shop", age=0, memory=GIGABYTE // 2):
        """One that runs, and whose last visit is AGE seconds ago."""
        distribution = f"{base}~{name}"
        root = f"{self.state}/home/{base}/{name}"
        os.makedirs(f"{root}/env/{distribution}")
        record = {"distribution": distribution, "base": base, "root": root, "sites": [{"id": 1, "domains": [f"{name}.example.com"]}]}
        self.write(f"previews/{distribution}/record.json", json.dumps({**record, "memory": memory}), age=10_000 * HOUR)
        self.write(f"log/{name}_example_com-access.log", "a visit", age=age)

    def ask(self, verb="sleepers", **more):
        spec = {"distribution": "shop~new", "base": "shop", "root": f"{self.state}/home/shop/new", "most": 10, "memory": GIGABYTE // 2}
        self.write("spec.json", json.dumps({**spec, "totalMemory": None, "keepFree": 0, "needs": 0, "copies": [], **more}))
        with contextlib.redirect_stdout(io.StringIO()) as out:
            preview_room.preview_room(verb, f"{self.state}/spec.json")
        return out.getvalue().split()

    def test_puts_those_to_sleep_that_nobody_has_visited_for_longest(self):
        for name, hours in (("a", 1), ("b", 7), ("c", 3)):
            self.preview(name, age=hours * HOUR)
        self.assertEqual(self.ask(most=4), [])
        self.assertEqual(self.ask(most=2), ["shop~b", "shop~c"])

    def test_counts_memory_and_by_default_takes_half_of_the_node(self):
        for name, hours in (("a", 1), ("b", 7), ("c", 3), ("d", 2)):
            self.preview(name, age=hours * HOUR)
        self.assertEqual(self.ask(), ["shop~b"])
        self.assertEqual(self.ask(totalMemory=4 * GIGABYTE), [])
        self.assertEqual(self.ask(memory=2 * GIGABYTE), ["shop~b", "shop~c", "shop~d", "shop~a"])

    def test_a_small_server_has_room_for_one(self):
        mock.patch.object(preview_room, "memory_of_node", lambda: GIGABYTE * 3 // 4).start()
        self.preview("a")
        self.assertEqual(self.ask("check"), ["shop~a"])

    def test_counts_no_others(self):
        self.preview("a", base="blog")
        self.preview("new")
        self.preview("asleep")
        self.write("previews/shop~asleep/asleep")
        self.preview("unbuilt")
        os.rmdir(f"{self.state}/home/shop/unbuilt/env/shop~unbuilt")
        self.assertEqual(self.ask("check", most=1), [])

    def test_a_rotated_log_is_no_visit(self):
        self.preview("a", age=2 * HOUR)
        self.preview("b")
        self.write("log/b_example_com-access.log", "")
        self.write("log/b_example_com-access.log.1", '::1 - - [18/May/2033:00:00:00 +0000] "GET / HTTP/1.1" 200 1\n')
        self.assertEqual(self.ask(most=2), ["shop~b"])

    def test_does_not_touch_those_that_a_run_works_on(self):
        self.preview("a", age=9 * HOUR)
        self.preview("b", age=HOUR)
        self.write("shop~a/lease.json", "{}")
        self.assertEqual(self.ask("check", most=2), ["shop~b"])
        with self.assertRaisesRegex(SystemExit, "1 other previews .* At most 1 "):
            self.ask("check", most=1)
        self.assertEqual(self.ask("sleepers", most=1), ["shop~b"])

    def test_names_the_numbers_if_one_preview_alone_is_too_large(self):
        with self.assertRaisesRegex(SystemExit, r"5120 MB .* has 4096 MB"):
            self.ask("check", memory=5 * GIGABYTE)
        with self.assertRaisesRegex(SystemExit, r"1024 MB .* may use 512 MB"):
            self.ask("check", memory=GIGABYTE, totalMemory=GIGABYTE // 2)

    def test_leaves_room_on_the_disk_for_production(self):
        state = os.statvfs(self.state)
        free = state.f_bavail * state.f_frsize
        self.assertEqual(self.ask("check", keepFree=free // 2), [])
        with self.assertRaisesRegex(SystemExit, r"free \(\[preview\] keep-free\)"):
            self.ask("check", keepFree=2 * free)
        self.write("shop.db")
        os.truncate(f"{self.state}/shop.db", 2 * free)
        with self.assertRaisesRegex(SystemExit, "This preview needs"):
            self.ask("check", copies=[f"{self.state}/shop.db", f"{self.state}/no.db"])


if __name__ == "__main__":
    unittest.main()
