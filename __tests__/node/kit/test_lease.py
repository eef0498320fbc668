import time
import unittest

from woven_node import lease


class TheTimeThatIsLeft(unittest.TestCase):
    def test_counts_by_uptime_and_not_by_the_clock(self):
        held = {"boot": lease.boot(), "until": lease.uptime() + 60, "expires": time.time() - 86400}
        self.assertAlmostEqual(lease.left(held), 60, delta=5)

    def test_ends_with_the_boot_that_it_was_taken_in(self):
        self.assertEqual(lease.left({"boot": "another", "until": lease.uptime() + 60, "expires": time.time() + 60}), 0)

    def test_counts_by_the_clock_where_an_earlier_version_wrote_it(self):
        self.assertAlmostEqual(lease.left({"expires": time.time() + 60}), 60, delta=5)


if __name__ == "__main__":
    unittest.main()
