import unittest

from woven_node import ssh_server

LOGIN = ["pubkeyauthentication yes", "authenticationmethods any", "authorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2"]


def options(*more, login=LOGIN):
    names = {line.split()[0] for line in more}
    lines = [*(line for line in login if line.split()[0] not in names), *more]
    return [option for _, option in ssh_server.login_problems(lines, ["pubkeyauthentication yes"], "woven", ["woven", "adm"])]


class TheDeployUser(unittest.TestCase):
    def test_gets_in(self):
        for lines in (
            [],
            ["authenticationmethods publickey"],
            ["authenticationmethods password publickey"],
            ["authorizedkeysfile /etc/keys/%u %h/.ssh/authorized_keys"],
            ["allowusers ada", "allowusers wo*"],
            ["allowusers woven@10.0.0.0/8"],
            ["denyusers ada", "denyusers woven@10.0.0.0/8"],
            ["allowgroups adm"],
        ):
            self.assertEqual(options(*lines), [], lines)

    def test_is_turned_away(self):
        for line, option in (
            ("pubkeyauthentication no", "pubkeyauthentication"),
            ("authenticationmethods publickey,password", "AuthenticationMethods"),
            ("authorizedkeysfile /etc/keys/%u", "AuthorizedKeysFile"),
            ("allowusers ada", "allowusers"),
            ("denyusers w?ven", "denyusers"),
            ("allowgroups sudo", "allowgroups"),
            ("denygroups adm", "denygroups"),
        ):
            self.assertEqual(options(line), [option], line)


class TheServer(unittest.TestCase):
    def test_takes_its_settings_over(self):
        effective = ["permitrootlogin no", "X11Forwarding no"]
        self.assertEqual(list(ssh_server.differing(effective, ["PermitRootLogin no", "x11forwarding no"])), [])
        (wrong,) = ssh_server.differing(["permitrootlogin yes"], ["permitrootlogin no"])
        self.assertIn('"permitrootlogin yes"', wrong)
        self.assertIn('"permitrootlogin no"', wrong)

    def test_has_its_ports_and_no_other(self):
        self.assertEqual(list(ssh_server.wrong_ports(["port 10022", "port 22"], [22, 10022])), [])
        self.assertEqual(len(list(ssh_server.wrong_ports(["port 22"], [22, 10022]))), 1)

    def test_listens_as_its_settings_want(self):
        both = ["listenaddress 0.0.0.0:22", "listenaddress [::]:22", "listenaddress 0.0.0.0:10022"]
        ipv6 = ssh_server.has_ipv6()
        for listeners, deaf in (
            ([], ["any"]),
            ([("0.0.0.0:22", "sshd"), ("[::]:22", "sshd")], []),
            ([("*:22", "systemd")], []),
            ([("0.0.0.0:22", "sshd")], ["IPv6"] if ipv6 else []),
            ([("[::]:22", "sshd")], ["IPv4"]),
        ):
            self.assertEqual(ssh_server.not_listening(both, 22, listeners), deaf, listeners)
        self.assertEqual(ssh_server.not_listening(["listenaddress 10.0.0.1:22"], 22, [("10.0.0.1:22", "sshd")]), [])


if __name__ == "__main__":
    unittest.main()
