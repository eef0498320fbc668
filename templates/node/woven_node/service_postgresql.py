"""PostgreSQL: a user and a database with the name of the distribution. Other servers log in with TLS and the password."""

import os
import subprocess
import sys

from woven_node.programs import run_or_fail, run_program
from woven_node.service_client import ask_client, literal
from woven_node.whole_files import replace


class PostgreSQL:
    unit = "postgresql.service"

    def __init__(self, name, distribution, sources):
        self.name = name
        self.distribution = distribution
        self.sources = sources

    def start(self):
        run_or_fail("systemctl", "enable", "--now", "--quiet", self.unit)
        # The unit of the package starts the cluster, and does not wait until it answers.
        run_or_fail("timeout", "60", "sh", "-c", "until runuser -u postgres -- psql -XAt -c 'SELECT 1' >/dev/null 2>&1; do sleep 0.5; done")

    def taken(self):
        name = literal(self.distribution)
        return ask(f"""
            SELECT 'a role with the name ' || rolname FROM pg_roles WHERE rolname = {name}
            UNION ALL SELECT 'a database with the name ' || datname FROM pg_database WHERE datname = {name};
        """).partition("\n")[0]

    def differs(self, password):
        folder = self.folder()
        if folder is None:
            return True
        lines = hba_lines(folder)
        return self.wanted(lines) != lines or listens(folder) != is_open(lines)

    def folder(self):
        code, output = run_program("runuser", "-u", "postgres", "--", "psql", "-XAt", "-c", "SHOW config_file")
        return os.path.dirname(output.strip()) if code == 0 and output.startswith("/") else None

    def wanted(self, lines):
        """The lines of pg_hba.conf, with those of this database as the settings want them."""
        mark = f'"{self.distribution}" "{self.distribution}" '
        others = [line for line in lines if not (line.startswith(f"hostssl {mark}") and line.endswith(MARK))]
        return others + [f"hostssl {mark}{network(source)} scram-sha-256 {MARK}" for source in self.sources]

    def create(self, password):
        """The role, with this password, and its database."""
        name = literal(self.distribution)
        # The server's own log has no password either, whatever it logs.
        ask(f"""
            SET log_statement = 'none'; SET log_min_error_statement = 'panic'; SET log_min_duration_statement = -1;
            SET client_min_messages = warning; SET password_encryption = 'scram-sha-256';
            SELECT format('CREATE ROLE %I LOGIN', {name}) WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {name}) \\gexec
            SELECT format('ALTER ROLE %I PASSWORD %L', {name}, {literal(password)}) \\gexec
            -- A cluster that was made without a locale has the encoding SQL_ASCII.
            SELECT format('CREATE DATABASE %I OWNER %I', {name}, {name}) || CASE current_setting('server_encoding') WHEN 'UTF8' THEN ''
                ELSE $$ TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'$$ END
                WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = {name}) \\gexec
        """, password)

    def apply(self, password):
        self.create(password)
        done = [f"the user and the database {self.distribution} are there"]
        folder = self.folder()
        lines = hba_lines(folder)
        wanted = self.wanted(lines)
        if self.sources and ask("SHOW ssl;") != "on":
            sys.exit(
                f"PostgreSQL has no TLS (ssl is off in {folder}/postgresql.conf). "
                "Passwords and data would cross the network unencrypted. Turn ssl on"
            )
        if wanted != lines:
            overwrite(f"{folder}/pg_hba.conf", "".join(f"{line}\n" for line in wanted))
            run_or_fail("systemctl", "reload", "postgresql.service")
            done += [f"{source} may log in" for source in self.sources]
        if listens(folder) != is_open(wanted):
            extra = f"{folder}/conf.d/woven.conf"
            if is_open(wanted):
                overwrite(extra, "# Managed by Woven.\nlisten_addresses = '*'\npassword_encryption = 'scram-sha-256'\n", f"{folder}/postgresql.conf")
            else:
                os.unlink(extra)
            version, cluster = folder.split("/")[-2:]
            run_or_fail("systemctl", "restart", f"postgresql@{version}-{cluster}")
        return done

    def answers(self, password):
        environment = {**os.environ, "PGPASSWORD": password, "PGCONNECT_TIMEOUT": "5"}
        where = ["-h", "127.0.0.1", "-U", self.distribution, "-d", self.distribution]
        done = subprocess.run(["psql", "-XAt", *where, "-c", "SELECT 1"], env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        return done.returncode == 0


MARK = "# Managed by Woven."


def hba_lines(folder):
    with open(f"{folder}/pg_hba.conf", encoding="utf-8", errors="surrogateescape") as file:
        return file.read().splitlines()


def is_open(lines):
    """Whether Woven let anybody in over the network: also the hook of a database that a project names itself."""
    return any(line.startswith("hostssl ") and line.endswith(MARK) for line in lines)


def listens(folder):
    return os.path.exists(f"{folder}/conf.d/woven.conf")


def network(source):
    """pg_hba.conf has no address without a mask."""
    return source if "/" in source else f"{source}/{128 if ':' in source else 32}"


def overwrite(path, text, like=None):
    """With the rights of the file that is there, or of another one."""
    about = os.stat(like or path)
    replace(path, text.encode("utf-8", "surrogateescape"), about.st_mode & 0o777, about.st_uid, about.st_gid)


def ask(statements, password=None):
    """What psql answers as the owner of the clusters."""
    words = ["runuser", "-u", "postgres", "--", "psql", "-XAtq", "--set", "ON_ERROR_STOP=1"]
    return ask_client("PostgreSQL", words, statements, password)
