import json
import os
import tempfile
import unittest

from woven_node import firewall, state

ANY = "0.0.0.0/0"
SSH = f"### tuple ### allow tcp 22,10022 {ANY} any {ANY} Woven%20SSH - in"


def rule(action="deny", protocol="any", port="any", source=ANY, direction="in"):
    return f"### tuple ### {action} {protocol} {port} {ANY} any {source} {direction}"


class SshIsLetIn(unittest.TestCase):
    def lets(self, *before):
        return firewall.lets_ssh_in(["*filter", *before, SSH], [22, 10022], ANY)

    def test_only_by_its_own_rule(self):
        self.assertTrue(self.lets())
        self.assertFalse(firewall.lets_ssh_in(["*filter"], [22, 10022], ANY))
        # The profile had other ports when the rule was made.
        self.assertFalse(firewall.lets_ssh_in([SSH], [22], ANY))

    def test_not_behind_a_rule_that_shuts_it_out(self):
        for line in (
            rule(),
            rule("reject", "tcp", "22"),
            rule("limit", "tcp", "10000:10100"),
            rule("deny", "tcp", "80,22"),
            rule(source="10.0.0.0/8"),
            rule(source="2001:db8::/16"),
            rule("deny_log"),
        ):
            self.assertFalse(self.lets(line), line)

    def test_behind_one_that_does_not(self):
        for line in (
            rule("allow"),
            rule("deny", "udp", "22"),
            rule("deny", "tcp", "23:10021"),
            rule("deny", "tcp", "2222"),
            rule(source="10.1.2.3"),
            rule(source="10.1.0.0/16"),
            rule(source="2001:db8::/32"),
            rule(direction="out"),
            rule(direction="out_eth0"),
            "-A ufw-user-input -j DROP",
        ):
            self.assertTrue(self.lets(line), line)


class Notes(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory()) if hasattr(self, "enterContext") else tempfile.mkdtemp()
        firewall.NOTES, firewall.EARLIER_NOTES = f"{folder}/ufw-rules.json", f"{folder}/ufw-rules"
        state.VERSION = f"{folder}/version"
        with open(state.VERSION, "w", encoding="utf-8") as file:
            file.write("1.2.3\n")

    def test_those_of_earlier_versions_are_read_and_taken_over(self):
        with open(firewall.EARLIER_NOTES, "w", encoding="utf-8") as file:
            file.write("allow 80,443/tcp\tallow 80,443/tcp\nallow 8443\t\n")
        self.assertEqual(firewall.notes(), {"allow 80,443/tcp": "allow 80,443/tcp", "allow 8443": ""})
        firewall.note({"allow 8443": "allow 8443"})
        self.assertEqual(firewall.notes(), {"allow 8443": "allow 8443"})
        self.assertFalse(os.path.exists(firewall.EARLIER_NOTES))
        with open(firewall.NOTES, encoding="utf-8") as file:
            document = json.load(file)
        self.assertEqual((document["schema"], document["woven"]), (1, "1.2.3"))

    def test_none_yet(self):
        self.assertEqual(firewall.notes(), {})


if __name__ == "__main__":
    unittest.main()
