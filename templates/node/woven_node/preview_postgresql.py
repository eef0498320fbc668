"""PostgreSQL: the database of a preview. Its role is let into this one database only, and has few connections."""

import os
import subprocess
import sys
import time

from woven_node.service_client import literal
from woven_node.service_postgresql import MARK, PostgreSQL, ask, hba_lines, overwrite

# Of the 100 that PostgreSQL has by default.
CONNECTIONS = 10
# What PostgreSQL calls the sessions of a copy.
APPLICATION = "woven preview copy"


class PreviewPostgreSQL(PostgreSQL):
    title = "PostgreSQL"

    def __init__(self, name, base, secret):
        """BASE and SECRET: the database that it is like, and the password of its role."""
        super().__init__("postgresql", name, [])
        self.base, self.secret = base, secret

    def make(self, password):
        # First of all: there is no moment at which the role could reach another database.
        self.admit(self.own_lines())
        self.create(password)
        name = literal(self.distribution)
        connect = f"\\connect {identifier(self.distribution)}\n"
        ask(f"""
            SELECT format('ALTER ROLE %I CONNECTION LIMIT {CONNECTIONS}', {name}) \\gexec
            SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', {name}) \\gexec
        """)
        # Only an administrator can create these, such as PostGIS.
        ask(connect + "".join(f"CREATE EXTENSION IF NOT EXISTS {identifier(one)};\n" for one in self.extensions()))
        for other in (self.base, "postgres"):
            if self.query(self.distribution, password, "SELECT 1", other) is not None:
                sys.exit(f"the role {self.distribution} can log in to the database {other}, although pg_hba.conf forbids it")

    def own_lines(self):
        own = identifier(self.distribution)
        return [
            f"host {own} {own} 127.0.0.1/32 scram-sha-256 {MARK}",
            f"host all {own} all reject {MARK}",
            f"local all {own} reject {MARK}",
        ]

    def admit(self, wanted):
        """Puts the lines of this role at the top of pg_hba.conf: the first one that fits decides."""
        folder = self.folder()
        if folder is None:
            sys.exit("PostgreSQL does not answer its administrator: systemctl status postgresql, journalctl -u 'postgresql*'")
        lines = hba_lines(folder)
        own = f" {identifier(self.distribution)} "
        others = [line for line in lines if not (own in line and line.endswith(MARK) and line.startswith(("host ", "local ")))]
        new = wanted + others
        if new == lines:
            return
        overwrite(f"{folder}/pg_hba.conf", "".join(f"{line}\n" for line in new))
        wrong = ask("SELECT line_number || ': ' || error FROM pg_hba_file_rules WHERE error IS NOT NULL;")
        if wrong:
            overwrite(f"{folder}/pg_hba.conf", "".join(f"{line}\n" for line in lines))
            sys.exit(f"{folder}/pg_hba.conf has a line that PostgreSQL cannot read, so no line can be added: {wrong}")
        loaded = ask("SELECT pg_conf_load_time();")
        ask("SELECT pg_reload_conf();")
        until = time.monotonic() + 30
        while ask("SELECT pg_conf_load_time();") == loaded:
            if time.monotonic() > until:
                sys.exit("PostgreSQL does not read its configuration again")
            time.sleep(0.1)

    def extensions(self):
        return (self.query(self.base, self.secret, """
            SELECT e.extname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
            JOIN pg_available_extension_versions v ON v.name = e.extname AND v.version = e.extversion
            WHERE NOT v.trusted AND n.nspname IN ('public', 'pg_catalog') AND e.extname <> 'plpgsql'
        """) or "").split()

    def query(self, role, password, statement, database=None):
        """The answer over TCP, as that role. None if it is not let in."""
        environment = {**os.environ, "PGPASSWORD": password, "PGCONNECT_TIMEOUT": "5"}
        words = ["psql", "-XAt", "-h", "127.0.0.1", "-U", role, "-d", database or role, "-c", statement]
        done = subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else None

    def remove(self):
        name = literal(self.distribution)
        ask(f"""
            SET client_min_messages = warning;
            SELECT format('DROP DATABASE %I WITH (FORCE)', {name}) WHERE EXISTS (SELECT FROM pg_database WHERE datname = {name}) \\gexec
            SELECT format('DROP ROLE %I', {name}) WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = {name}) \\gexec
        """)
        self.admit([])

    def room(self):
        """Bytes that a copy needs, and the folder for it."""
        size, _, folder = ask(f"SELECT pg_database_size({literal(self.base)}) || ' ' || current_setting('data_directory');").partition(" ")
        return int(size), folder

    def dump(self):
        """Takes the lock that any query takes. Gives up if it cannot have it at once: others would then wait behind it."""
        words = ["pg_dump", "--format=custom", "--compress=0", "--no-publications", "--no-subscriptions", "--lock-wait-timeout=5s"]
        return self.client([*words, *PLAIN], self.base, self.secret)

    def load(self, password):
        return self.client(["pg_restore", "--exit-on-error", "--single-transaction", *PLAIN], self.distribution, password)

    def client(self, words, role, password):
        where = [*words, "-h", "127.0.0.1", "-U", role, "-d", role]
        return where, {"PGPASSWORD": password, "PGCONNECT_TIMEOUT": "5", "PGAPPNAME": APPLICATION}

    def waits(self):
        """Whether somebody waits for the copy: a migration, which needs a table for itself, and then everybody behind it."""
        base = literal(self.base)
        return ask(f"""
            SELECT count(*) FROM pg_stat_activity w WHERE w.datname = {base} AND w.wait_event_type = 'Lock' AND EXISTS (
                SELECT FROM pg_stat_activity d WHERE d.pid = ANY(pg_blocking_pids(w.pid))
                AND d.datname = {base} AND d.application_name = {literal(APPLICATION)});
        """) != "0"

    def parts(self, stream):
        return iter(lambda: stream.read1(1 << 16), b"")


# Its own role owns everything, and needs no rights besides. A comment on an extension is its owner's.
PLAIN = ["--no-owner", "--no-privileges", "--no-comments"]


def identifier(name):
    return '"' + name.replace('"', '""') + '"'
