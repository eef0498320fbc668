import contextlib
import os
import sqlite3
import stat
import tempfile
import unittest

import seed_database

POSTGRESQL = {"NAME": "shop", "USER": "ada", "PASSWORD": "s3cret", "HOST": "db", "PORT": 5432, "OPTIONS": {"sslmode": "require", "pool": True}}


class SQLite(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.target = self.path("shop.db")
        # As Woven makes it before: empty, and for all sites.
        with open(self.target, "w"):
            os.chmod(self.target, 0o660)

    def path(self, name):
        return os.path.join(self.folder, name)

    def load(self, kind, file):
        seed_database.load_sqlite({"NAME": self.target}, kind, None, file)

    def rows(self):
        with contextlib.closing(sqlite3.connect(self.target)) as database:
            return database.execute("SELECT a FROM t ORDER BY a").fetchall()

    def seed(self, name="seed.sqlite3"):
        with contextlib.closing(sqlite3.connect(self.path(name))) as database:
            database.executescript("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)")
        return self.path(name)

    def test_a_file_is_copied_into_the_database_whose_rights_stay(self):
        seed = self.seed()
        os.chmod(seed, 0o440)
        self.load("sqlite-file", seed)
        self.assertEqual(self.rows(), [(1,), (2,)])
        self.assertEqual(stat.S_IMODE(os.stat(self.target).st_mode), 0o660)

    def test_a_dump_is_run(self):
        with contextlib.closing(sqlite3.connect(self.seed())) as database, open(self.path("seed.sql"), "w") as dump:
            dump.write("PRAGMA foreign_keys=OFF;\n" + "\n".join(database.iterdump()))
        self.load("sqlite-sql", self.path("seed.sql"))
        self.assertEqual(self.rows(), [(1,), (2,)])

    def test_statements_that_fail_leave_nothing(self):
        with open(self.path("seed.sql"), "w") as dump:
            dump.write("CREATE TABLE t (a); INSERT INTO t VALUES (1); INSERT INTO nowhere VALUES (1);")
        with self.assertRaises(sqlite3.OperationalError):
            self.load("sqlite-sql", self.path("seed.sql"))
        self.assertEqual(os.path.getsize(self.target), 0)

    def test_a_damaged_file_leaves_nothing(self):
        seed = self.seed()
        with open(seed, "r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * 4096)
        with self.assertRaises((SystemExit, sqlite3.DatabaseError)):
            self.load("sqlite-file", seed)
        self.assertEqual(os.path.getsize(self.target), 0)


class Logins(unittest.TestCase):
    def test_libpq_gets_the_login_in_its_environment(self):
        self.assertEqual(
            seed_database.libpq(POSTGRESQL),
            {"PGDATABASE": "shop", "PGUSER": "ada", "PGPASSWORD": "s3cret", "PGHOST": "db", "PGPORT": "5432", "PGSSLMODE": "require"},
        )
        self.assertEqual(seed_database.libpq({"NAME": "shop", "HOST": "", "PORT": ""}), {"PGDATABASE": "shop"})

    def test_mysql_gets_it_in_a_file_that_only_the_site_reads(self):
        text = seed_database.my_cnf({"NAME": "shop", "USER": "ada", "PASSWORD": 'a"b\\c#d', "HOST": "/run/my.sock", "PORT": ""})
        self.assertIn('password="a\\"b\\\\c#d"\n', text)
        self.assertIn('socket="/run/my.sock"\n', text)
        self.assertNotIn("port", text)

    def test_no_password_is_on_a_command_line(self):
        folder = tempfile.mkdtemp()
        program = os.path.join(folder, "psql")
        with open(program, "w") as script:
            script.write(f'#!/bin/sh\nprintf "%s\\n" "$*" >{folder}/words\n')
        os.chmod(program, 0o755)
        for kind in ("postgresql-sql", "postgresql-archive"):
            seed_database.load_postgresql(POSTGRESQL, kind, program, "/dev/null")
            with open(f"{folder}/words") as words:
                self.assertNotIn("s3cret", words.read())
        seed_database.load_mysql(POSTGRESQL, "mysql-sql", program, "/dev/null")
        with open(f"{folder}/words") as words:
            self.assertNotIn("s3cret", words.read())

    def test_a_program_that_fails_fails_the_step(self):
        with self.assertRaises(SystemExit) as ended:
            seed_database.run(["/bin/false"], os.environ)
        self.assertIn("false ended with status 1", str(ended.exception))


if __name__ == "__main__":
    unittest.main()
