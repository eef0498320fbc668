"""Woven's own hooks. A project's own of the same name takes their place."""

from urllib.parse import unquote, urlsplit

from woven.api import env, run, sudo


def post_install_postgresql():
    """Makes the role and the database that DATABASE_URL (in hook-env) names, and lets that role in over the network.

    Who reaches the port is the firewall's affair: nobody does until a rule of role-ufw-rules says so.
    """
    url = urlsplit(env.get("DATABASE_URL", ""))
    if not url.scheme.startswith(("postgres", "pgsql")):
        print("hook-env has no DATABASE_URL of PostgreSQL: no role and no database were made")
        return
    name, user, password = url.path.lstrip("/"), unquote(url.username or ""), unquote(url.password or "")
    if not (name and user and password):
        raise SystemExit("DATABASE_URL must name a user, a password and a database: postgres://user:password@host/database")
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
    for cluster in run("pg_lsclusters --no-header").splitlines():
        version, cluster_name = cluster.split()[:2]
        open_cluster(f"/etc/postgresql/{version}/{cluster_name}", name, user)
        sudo(f"systemctl restart postgresql@{version}-{cluster_name}")


def open_cluster(folder, name, user):
    """Listens on every address, and asks this role for its password there; both in files or lines of Woven's own."""
    sudo(f"tee {folder}/conf.d/woven.conf >/dev/null", input="# Managed by Woven.\nlisten_addresses = '*'\npassword_encryption = 'scram-sha-256'\n")
    line = f'host "{name}" "{user}" all scram-sha-256 # Managed by Woven.'
    if line not in sudo(f"cat {folder}/pg_hba.conf", quiet=True).splitlines():
        sudo(f"tee -a {folder}/pg_hba.conf >/dev/null", input=line + "\n")


def literal(text):
    """A string constant of SQL, whatever the text holds (PostgreSQL manual, 4.1.2.1)."""
    return "'" + text.replace("'", "''") + "'"
