import tempfile
import unittest

from woven_node.preview_database import errors
from woven_node.preview_mariadb import without_definer
from woven_node.preview_postgresql import PreviewPostgreSQL


class Definer(unittest.TestCase):
    def test_views_triggers_and_routines_belong_to_who_loads_them(self):
        for line, loaded in [
            (b"/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */\n", b"/*!50013 SQL SECURITY DEFINER */\n"),
            (b"/*!50013 DEFINER=`a``b`@`%` SQL SECURITY INVOKER */\n", b"/*!50013 SQL SECURITY INVOKER */\n"),
            (
                b"/*!50003 CREATE*/ /*!50017 DEFINER=`shop`@`127.0.0.1`*/ /*!50003 TRIGGER t BEFORE INSERT ON a\n",
                b"/*!50003 CREATE*/ /*!50003 TRIGGER t BEFORE INSERT ON a\n",
            ),
            (b"CREATE DEFINER=`root`@`localhost` FUNCTION f() RETURNS int\n", b"CREATE FUNCTION f() RETURNS int\n"),
        ]:
            self.assertEqual(without_definer(line), loaded)

    def test_rows_stay_as_they_are(self):
        line = b"INSERT INTO `a` VALUES ('CREATE DEFINER=`root`@`localhost` FUNCTION');\n"
        self.assertEqual(without_definer(line), line)


class Errors(unittest.TestCase):
    def test_a_row_is_not_shown(self):
        with tempfile.TemporaryFile() as file:
            file.write(b"pg_restore: error: COPY failed: ERROR:  bad\nCONTEXT:  COPY a, line 1: ada@example.com\nDETAIL:  Key (mail)=(ada) exists\n")
            self.assertEqual(errors(file), "pg_restore: error: COPY failed: ERROR:  bad\n")


class Lines(unittest.TestCase):
    def test_the_role_is_let_into_its_own_database_only(self):
        lines = PreviewPostgreSQL("shop~pr-1", "shop", "").own_lines()
        self.assertEqual(
            [line.split(" #")[0] for line in lines],
            ['host "shop~pr-1" "shop~pr-1" 127.0.0.1/32 scram-sha-256', 'host all "shop~pr-1" all reject', 'local all "shop~pr-1" reject'],
        )


if __name__ == "__main__":
    unittest.main()
