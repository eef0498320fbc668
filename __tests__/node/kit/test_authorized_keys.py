import unittest

from woven_node.authorized_keys import Changes

ONE, TWO = "ssh-ed25519 AAAAone ada@work", "ssh-ed25519 AAAAtwo grace@work"


def sort(lines, wanted, added=()):
    found = Changes(lines, wanted, list(added))
    return {name: lines for name, lines in vars(found).items() if lines}


class TheKeysOfAFile(unittest.TestCase):
    def test_one_that_is_not_there_is_added(self):
        self.assertEqual(sort([], [ONE]), {"add": [ONE]})

    def test_one_that_is_there_under_options_and_a_comment_of_somebody_is_enough(self):
        for line in (ONE, 'from="10.0.0.0/8" ssh-ed25519 AAAAone', "ssh-ed25519 AAAAone\r"):
            self.assertEqual(sort([line], [ONE]), {})

    def test_one_with_options_must_be_there_as_it_is(self):
        wanted = 'from="10.0.0.1" ssh-ed25519 AAAAone'
        self.assertEqual(sort([ONE], [wanted]), {"add": [wanted]})

    def test_those_of_others_stay(self):
        self.assertEqual(sort(["# ours", "", TWO], [ONE]), {"add": [ONE]})

    def test_what_woven_added_goes_when_it_is_not_listed_any_more(self):
        self.assertEqual(sort([ONE, "# x", TWO], [TWO], [ONE]), {"remove": [(0, ONE)]})
        self.assertEqual(sort(["ssh-ed25519 AAAAone renamed"], [], [ONE]), {"remove": [(0, "ssh-ed25519 AAAAone renamed")]})

    def test_what_woven_added_and_is_listed_stays_its_own(self):
        self.assertEqual(sort([ONE], [ONE], [ONE]), {"still": [ONE]})

    def test_a_key_that_runs_a_command_in_the_place_of_every_other_is_found(self):
        for line in ('command="true" ssh-ed25519 AAAAone', 'no-pty,command="true" ssh-ed25519 AAAAone'):
            self.assertEqual(sort([line, ONE], [ONE])["forced"], [line])
        # sshd uses the first line that has the key.
        self.assertEqual(sort([ONE, 'command="true" ssh-ed25519 AAAAone'], [ONE]), {})


if __name__ == "__main__":
    unittest.main()
