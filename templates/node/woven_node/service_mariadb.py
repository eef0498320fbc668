"""MariaDB: a user and a database with the name of the distribution. The user may log in from this server, and from those that the spec names."""

import ipaddress
import os
import subprocess

from woven_node.programs import run_or_fail
from woven_node.service_client import ask_client, literal
from woven_node.service_redis import content_of
from woven_node.whole_files import replace

OWN = "/etc/mysql/mariadb.conf.d/99-woven.cnf"
OPEN = "# Managed by Woven.\n[mysqld]\nbind-address = *\n"


class MariaDB:
    unit = "mariadb.service"

    def __init__(self, name, distribution, sources):
        self.name = name
        self.distribution = distribution
        self.sources = sources
        self.hosts = sorted({"localhost", "127.0.0.1", *(host(source) for source in sources)})

    def start(self):
        run_or_fail("systemctl", "enable", "--now", "--quiet", self.unit)

    def taken(self):
        name = literal(self.distribution)
        return ask(f"""
            SELECT CONCAT('a user with the name ', User) FROM mysql.user WHERE User = {name}
            UNION ALL SELECT CONCAT('a database with the name ', SCHEMA_NAME) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = {name};
        """).partition("\n")[0]

    def file(self):
        return OPEN if self.sources else None

    def differs(self, password):
        return content_of(OWN) != self.file() or self.known() != self.hosts

    def known(self):
        """From where the user may log in now."""
        return sorted(ask(f"SELECT Host FROM mysql.user WHERE User = {literal(self.distribution)};").split("\n"))

    def create(self, password):
        """The user, with this password from each of its hosts, and its database. Returns from where it could log in before."""
        name, secret = literal(self.distribution), literal(password)
        known = [host for host in self.known() if host]
        users = [f"{name}@{literal(host)}" for host in self.hosts]
        # In GRANT, an underscore in the name of a database stands for any character.
        granted = quoted(self.distribution.replace("_", "\\_"))
        ask("\n".join([
            "SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES');",
            f"CREATE DATABASE IF NOT EXISTS {quoted(self.distribution)} CHARACTER SET utf8mb4;",
            *(f"CREATE USER IF NOT EXISTS {user}; ALTER USER {user} IDENTIFIED BY {secret};" for user in users),
            *(f"GRANT ALL PRIVILEGES ON {granted}.* TO {user};" for user in users),
            *(f"DROP USER {name}@{literal(host)};" for host in known if host not in self.hosts),
        ]), password)
        return known

    def apply(self, password):
        if content_of(OWN) != self.file():
            if self.file():
                replace(OWN, OPEN.encode(), 0o644, 0, 0)
            else:
                os.unlink(OWN)
            run_or_fail("systemctl", "restart", self.unit)
        known = self.create(password)
        done = [f"the user and the database {self.distribution} are there"]
        return done + [f"{source} may log in" for source in self.sources if host(source) not in known]

    def answers(self, password):
        environment = {**os.environ, "MYSQL_PWD": password}
        words = ["mariadb", "--no-defaults", "--protocol=tcp", "-h", "127.0.0.1", "-u", self.distribution, "-N", "-e", "SELECT 1", self.distribution]
        return subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


def host(source):
    """An address or a network as the host of an account. MariaDB has no networks of IPv6: the firewall has them."""
    if "/" not in source:
        return source
    found = ipaddress.ip_network(source, strict=False)
    return str(found.with_netmask) if found.version == 4 else "%"


def ask(statements, password=None):
    """What MariaDB answers its root, who needs no password on the socket."""
    words = ["mariadb", "--no-defaults", "--protocol=socket", "--batch", "--skip-column-names"]
    return ask_client("MariaDB", words, statements, password)


def quoted(name):
    return "`" + name.replace("`", "``") + "`"
