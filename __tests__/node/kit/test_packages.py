import contextlib
import io
import os
import tempfile
import unittest

from woven_node import packages

# A node where these are installed, and where to remove the first of a pair takes the second along.
FAKES = {
    "dpkg-query": """shift 3
for name; do case " $INSTALLED " in *" $name "*) echo "installed $name" ;; *) code=1 ;; esac; done
exit ${code-0}""",
    "apt-get": """while [ "$1" != install ] && [ "$1" != remove ]; do shift; done
what=$1; shift
for name; do
  if [ $what = remove ]; then echo "Remv $name [1.0]"; else echo "Inst $name (1.0)"; fi
  for pair in $PAIRS; do if [ "${pair%%:*}" = "$name" ]; then echo "Remv ${pair#*:} [1.0]"; fi; done
  [ "$name" != impossible ] || { echo "E: no way"; exit 100; }
done""",
}


class Node(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        for name, text in FAKES.items():
            with open(f"{self.folder}/{name}", "w", encoding="utf-8") as file:
                file.write(f"#!/bin/sh\n{text}\n")
            os.chmod(f"{self.folder}/{name}", 0o755)
        before = dict(os.environ)
        self.addCleanup(lambda: (os.environ.clear(), os.environ.update(before)))
        os.environ["PATH"] = f"{self.folder}:{before['PATH']}"
        self.memory([])

    def memory(self, names):
        recalled = packages.remembered
        packages.remembered = lambda key: names
        self.addCleanup(setattr, packages, "remembered", recalled)

    def has(self, *names, pairs=""):
        os.environ.update(INSTALLED=" ".join(names), PAIRS=pairs)

    def test_what_is_missing_is_named_in_the_order_of_the_settings(self):
        self.has("nginx")
        self.assertEqual(packages.missing(["ufw", "nginx", "apache2"]), ["ufw", "apache2"])

    def test_what_would_go_for_another_one_must_not(self):
        self.has(pairs="ifupdown2:ifupdown")
        self.assertEqual(packages.conflicts(["ifupdown2"], ["ifupdown2"]), ([], ["ifupdown"]))

    def test_one_of_a_kind_goes_for_the_other_that_is_listed(self):
        self.has(pairs="postfix:exim4-base chrony:exim4-base")
        self.assertEqual(packages.conflicts(["postfix"], ["postfix"]), (["exim4-base"], []))
        self.assertEqual(packages.conflicts(["chrony"], ["chrony"]), ([], ["exim4-base"]))

    def test_what_woven_installed_and_is_not_listed_any_more_may_go_unless_it_is_protected(self):
        self.memory(["tree", "redis-server"])
        self.has(pairs="one:tree one:redis-server")
        self.assertEqual(packages.conflicts(["one"], ["one"]), (["tree"], ["redis-server"]))

    def test_what_apt_cannot_install_says_what_apt_said(self):
        self.has()
        said = io.StringIO()
        with contextlib.redirect_stderr(said), self.assertRaises(SystemExit) as ended:
            packages.conflicts(["impossible"], ["impossible"])
        self.assertIn("E: no way", said.getvalue())
        self.assertIn("impossible", str(ended.exception))

    def test_what_is_not_listed_any_more_goes_together(self):
        self.has("a", "b", pairs="a:b b:a")
        self.assertEqual(packages.removable(["a", "b", "not-there"]), (["a", "b"], []))

    def test_what_something_else_needs_stays_and_is_reported(self):
        self.has("a", "b", pairs="a:theirs")
        going, (kept,) = packages.removable(["a", "b"])
        self.assertEqual(going, ["b"])
        self.assertRegex(kept, r"^a: kept\b.*\btheirs\b")

    def test_what_holds_data_stays(self):
        self.has("postgresql")
        going, (kept,) = packages.removable(["postgresql"])
        self.assertEqual(going, [])
        self.assertRegex(kept, "^postgresql: kept")

    def test_what_a_release_needs_stays(self):
        before = packages.releases_with
        packages.releases_with = lambda package: ["shop-0.1"] if package == "apache2" else []
        self.addCleanup(setattr, packages, "releases_with", before)
        self.has("apache2", "tree")
        going, (kept,) = packages.removable(["apache2", "tree"])
        self.assertEqual(going, ["tree"])
        self.assertRegex(kept, r"^apache2: kept\b.*\bshop-0\.1$")


if __name__ == "__main__":
    unittest.main()
