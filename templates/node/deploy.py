"""Woven's own hooks. A project's own of the same name takes their place."""

from urllib.parse import unquote, urlsplit

from woven.api import env, sudo

# As exit status: it cannot be done yet, and is tried again at the next run (EX_TEMPFAIL).
NOT_YET = 75


def post_install_postgresql():
    """Makes the role and the database that DATABASE_URL (in hook-env) names. If its host is not this node itself, lets that role in
    over the network, by TLS and with its password; who reaches the port is then the firewall's affair.
    """
    url = urlsplit(env.get("DATABASE_URL", ""))
    if not url.scheme.startswith(("postgres", "pgsql")):
        print("hook-env has no DATABASE_URL of PostgreSQL: no role and no database were made")
        raise SystemExit(NOT_YET)
    name, user, password = (unquote(part or "") for part in (url.path[1:], url.username, url.password))
    if not (name and user and password):
        raise SystemExit("DATABASE_URL must name a user, a password and a database: postgres://user:password@host/database")
    if any(character in name + user for character in '"\n\r\0') or name.startswith("/") or user.startswith(("/", "+")):
        raise SystemExit("DATABASE_URL: a name with a double quote, or a / or + at its beginning, means something else in pg_hba.conf")
    # All by standard input: a command line can be read by everybody on the node.
    sudo("psql --quiet --no-psqlrc --set ON_ERROR_STOP=1", user="postgres", input=f"""
        SET password_encryption = 'scram-sha-256';
        SET client_min_messages = warning;
        SELECT format('CREATE ROLE %I LOGIN', {literal(user)})
            WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal(user)}) \\gexec
        SELECT format('ALTER ROLE %I PASSWORD %L', {literal(user)}, {literal(password)}) \\gexec
        SELECT format('CREATE DATABASE %I OWNER %I', {literal(name)}, {literal(user)})
            WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = {literal(name)}) \\gexec
    """)
    if is_elsewhere(unquote(url.hostname or "")):
        open_cluster(name, user)


def is_elsewhere(host):
    """Whether those who use this host in a URL are, or may be, on another machine. An empty one, and a path, is a socket."""
    return not (host in ("", "localhost", "::1") or host.startswith(("127.", "/")))


def open_cluster(name, user):
    """Listens on every address, and asks this role for TLS and its password there; both in files or lines of Woven's own."""
    file, tls = sudo("cd /; psql -XAt -c 'SHOW config_file' -c 'SHOW ssl'", user="postgres", quiet=True).split()[-2:]
    if tls != "on":
        raise SystemExit(f"PostgreSQL has no TLS (ssl is off in {file}), and passwords and data would cross the network as they are: turn it on")
    folder = file.rsplit("/", 1)[0]
    version, cluster = folder.split("/")[-2:]
    sudo(f"tee {folder}/conf.d/woven.conf >/dev/null", input="# Managed by Woven.\nlisten_addresses = '*'\npassword_encryption = 'scram-sha-256'\n")
    line = f'hostssl "{name}" "{user}" all scram-sha-256 # Managed by Woven.'
    if line not in sudo(f"cat {folder}/pg_hba.conf", quiet=True).splitlines():
        sudo(f"tee -a {folder}/pg_hba.conf >/dev/null", input=line + "\n")
    sudo(f"systemctl restart postgresql@{version}-{cluster}")


def literal(text):
    """A string constant of SQL, whatever the text holds (PostgreSQL manual, 4.1.2.1)."""
    return "'" + text.replace("'", "''") + "'"
