import io
import json
import os
import sys
import tempfile
import unittest

from woven_node import state


class StateOfANode(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        state.NODE = f"{self.folder}/woven/node.json"
        state.VERSION = f"{self.folder}/version"
        with open(state.VERSION, "w", encoding="utf-8") as file:
            file.write("1.2.3\n")

    def text(self, path=None):
        with open(path or state.NODE, encoding="utf-8") as file:
            return file.read()

    def there(self, text):
        os.makedirs(os.path.dirname(state.NODE), exist_ok=True)
        with open(state.NODE, "w", encoding="utf-8") as file:
            file.write(text)

    def test_what_is_kept_is_recalled_and_says_who_wrote_it(self):
        state.keep("packages", ["tree"])
        state.keep("keys ada", ["é"])
        self.assertEqual((state.remembered("packages"), state.remembered("keys ada")), (["tree"], ["é"]))
        self.assertTrue(self.text().startswith('{"schema":1,"woven":"1.2.3",'))
        self.assertEqual([os.stat(path).st_mode & 0o777 for path in (f"{self.folder}/woven", state.NODE)], [0o700, 0o600])
        self.assertEqual(os.listdir(f"{self.folder}/woven"), ["node.json"])

    def test_what_cannot_be_read_is_an_error_and_never_nothing(self):
        for text in ("", "{", "[]", "null", '{"schema":"1"}', '{"schema":2,"woven":"2.0"}'):
            self.there(text)
            for ask in (lambda: state.remembered("packages"), lambda: state.keep("packages", ["tree"])):
                with self.assertRaises(SystemExit) as ended:
                    ask()
                self.assertIn(state.NODE, str(ended.exception))
                self.assertEqual(self.text(), text)

    def test_a_newer_schema_names_the_version_that_wrote_it(self):
        self.there('{"schema":2,"woven":"2.0.1"}')
        with self.assertRaises(SystemExit) as ended:
            state.remembered("packages")
        self.assertIn("was written by Woven 2.0.1, in schema 2. Woven 1.2.3 reads schema 1", str(ended.exception))

    def test_a_key_is_set_in_an_older_document_whose_schema_stays(self):
        path = f"{self.folder}/record.json"
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"schema": 1, "healthy": False, "version": "1"}, file)
        state.set_key(path, "2", "healthy", "true")
        self.assertEqual(json.loads(self.text(path)), {"schema": 1, "woven": "1.2.3", "healthy": True, "version": "1"})

    def test_history_is_not_gone_on_with_after_a_line_of_a_newer_version(self):
        path = f"{self.folder}/history.jsonl"
        stdin, sys.stdin = sys.stdin, io.StringIO('{"schema":1}')
        self.addCleanup(setattr, sys, "stdin", stdin)
        with open(path, "w", encoding="utf-8") as file:
            file.write('{"schema":3,"woven":"3.0"}\n')
        with self.assertRaises(SystemExit):
            state.append(path)
        self.assertEqual(self.text(path), '{"schema":3,"woven":"3.0"}\n')


if __name__ == "__main__":
    unittest.main()
