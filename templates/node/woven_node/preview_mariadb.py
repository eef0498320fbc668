"""MariaDB: the database of a preview. Its user has rights in this one database only, and few connections."""

import re
import shutil

from woven_node.service_client import literal
from woven_node.service_mariadb import MariaDB, ask, quoted

# Of the 151 that MariaDB has by default.
CONNECTIONS = 10
# Each is at the start of a line. Text of a row is not: a dump has no line break in it.
WHO = rb"DEFINER=`(?:[^`]|``)*`@`(?:[^`]|``)*`"
DEFINER = re.compile(
    rb"^(?:(/\*!50003 CREATE\*/ )/\*!500(?:17|20) %b\*/ |(CREATE (?:OR REPLACE )?)%b |(/\*!50013 )%b (?=SQL SECURITY ))" % (WHO, WHO, WHO)
)


class PreviewMariaDB(MariaDB):
    title = "MariaDB"

    def __init__(self, name, base, secret):
        """BASE and SECRET: the database that it is like, and the password of its user."""
        super().__init__("mariadb", name, [])
        self.base, self.secret = base, secret

    def make(self, password):
        self.create(password)
        name = literal(self.distribution)
        ask("\n".join(f"ALTER USER {name}@{literal(host)} WITH MAX_USER_CONNECTIONS {CONNECTIONS};" for host in self.hosts))

    def remove(self):
        name = literal(self.distribution)
        users = [f"DROP USER IF EXISTS {name}@{literal(host)};" for host in self.hosts]
        ask("\n".join([f"DROP DATABASE IF EXISTS {quoted(self.distribution)};", *users]))

    def room(self):
        """Bytes that a copy needs, and the folder for it."""
        size, _, folder = ask(f"""
            SELECT CONCAT(COALESCE(SUM(DATA_LENGTH + INDEX_LENGTH), 0), ' ', @@datadir)
            FROM information_schema.TABLES WHERE TABLE_SCHEMA = {literal(self.base)};
        """).partition(" ")
        return int(size), folder

    def dump(self):
        """All tables as they are at one moment, without a lock."""
        words = [shutil.which("mariadb-dump") or "mysqldump", "--no-defaults", "--default-character-set=utf8mb4"]
        words += ["--single-transaction", "--quick", "--skip-lock-tables", "--no-tablespaces"]
        return self.client(words, self.base, self.secret)

    def load(self, password):
        return self.client([shutil.which("mariadb") or "mysql", "--no-defaults", "--default-character-set=utf8mb4"], self.distribution, password)

    def client(self, words, user, password):
        return [*words, "--protocol=tcp", "-h", "127.0.0.1", "-u", user, user], {"MYSQL_PWD": password}

    def waits(self):
        """Whether somebody waits for the copy: a migration, which needs a table for itself, and then everybody behind it."""
        waiting = f"DB = {literal(self.base)} AND STATE = 'Waiting for table metadata lock'"
        return ask(f"SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE {waiting};") != "0"

    def parts(self, stream):
        return map(without_definer, stream)


def without_definer(line):
    """Views and triggers name who made them, and only an administrator may make one for somebody else."""
    return DEFINER.sub(lambda found: found[1] or found[2] or found[3], line) if b"DEFINER" in line[:200] else line
