"""Woven's own hooks. A project's own of the same name takes their place."""

from urllib.parse import unquote, urlsplit

from woven.api import env, sudo

# Exit status EX_TEMPFAIL: the hook cannot do its work yet, and the next run tries it again.
TRY_AGAIN = 75


def post_install_postgresql():
    """Creates the role and the database that DATABASE_URL (in hook-env) names. If its host is another server, the role may log in over
    the network, with TLS and its password. The firewall decides who can reach the port.
    """
    url = urlsplit(env.get("DATABASE_URL", ""))
    if not url.scheme.startswith(("postgres", "pgsql")):
        print("hook-env has no DATABASE_URL for PostgreSQL: no role and no database were created")
        raise SystemExit(TRY_AGAIN)
    name, user, password = (unquote(part or "") for part in (url.path[1:], url.username, url.password))
    if not (name and user and password):
        raise SystemExit("DATABASE_URL must name a user, a password and a database: postgres://user:password@host/database")
    if any(character in name + user for character in '"\n\r\0') or name.startswith("/") or user.startswith(("/", "+")):
        raise SystemExit("DATABASE_URL: pg_hba.conf does not accept a name that has a double quote, or that begins with / or +. Choose another name")
    # Everything goes through standard input: every user of the node can read a command line.
    sudo("psql --quiet --no-psqlrc --set ON_ERROR_STOP=1", user="postgres", input=f"""
        SET password_encryption = 'scram-sha-256';
        SET client_min_messages = warning;
        SELECT format('CREATE ROLE %I LOGIN', {literal(user)})
            WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal(user)}) \\gexec
        SELECT format('ALTER ROLE %I PASSWORD %L', {literal(user)}, {literal(password)}) \\gexec
        SELECT format('CREATE DATABASE %I OWNER %I', {literal(name)}, {literal(user)})
            WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = {literal(name)}) \\gexec
    """)
    if is_remote(unquote(url.hostname or "")):
        open_cluster(name, user)


def is_remote(host):
    """Whether clients that use this host may be on another machine. An empty host or a path means a unix socket."""
    return not (host in ("", "localhost", "::1") or host.startswith(("127.", "/")))


def open_cluster(name, user):
    """PostgreSQL listens on every address. Over the network, this role needs TLS and its password. Changes only Woven's own file and line."""
    file, tls = sudo("cd /; psql -XAt -c 'SHOW config_file' -c 'SHOW ssl'", user="postgres", quiet=True).split()[-2:]
    if tls != "on":
        raise SystemExit(f"PostgreSQL has no TLS (ssl is off in {file}). Passwords and data would cross the network unencrypted. Turn ssl on")
    folder = file.rsplit("/", 1)[0]
    version, cluster = folder.split("/")[-2:]
    sudo(f"tee {folder}/conf.d/woven.conf >/dev/null", input="# Managed by Woven.\nlisten_addresses = '*'\npassword_encryption = 'scram-sha-256'\n")
    line = f'hostssl "{name}" "{user}" all scram-sha-256 # Managed by Woven.'
    if line not in sudo(f"cat {folder}/pg_hba.conf", quiet=True).splitlines():
        sudo(f"tee -a {folder}/pg_hba.conf >/dev/null", input=line + "\n")
    sudo(f"systemctl restart postgresql@{version}-{cluster}")


def literal(text):
    """The text as a string constant of SQL (PostgreSQL manual, 4.1.2.1)."""
    return "'" + text.replace("'", "''") + "'"
