"""Fills the empty default database of a release from a file, as the user of its site. It comes through standard input of Python.

RELEASE look               print `empty`, or `tables` and their names
RELEASE check KIND         print `empty`, or `tables` and their names; fail if the file is not for this database, or its program is missing
RELEASE load KIND FILE     fill it: all of it, or nothing but for MySQL
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

# The program that reads the dumps of a database, and the package that has it.
PROGRAMS = {
    "postgresql-archive": (("pg_restore",), "postgresql-client"),
    "postgresql-sql": (("psql",), "postgresql-client"),
    "mysql-sql": (("mariadb", "mysql"), "default-mysql-client"),
}
NAMES = {"postgresql": "PostgreSQL", "mysql": "MySQL or MariaDB", "sqlite": "SQLite", "oracle": "Oracle"}
# PostGIS puts it into each database.
NOT_OURS = {"spatial_ref_sys"}
# Keys of OPTIONS that libpq also takes from its environment (PostgreSQL manual, 34.15).
LIBPQ = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "service": "PGSERVICE",
    "passfile": "PGPASSFILE",
    "options": "PGOPTIONS",
}


def main(release, verb, kind=None, *file):
    connection = connect(Path(release))
    if verb == "look":
        say_tables([] if connection.vendor == "unknown" else tables(connection))
        return
    vendor = connection.vendor
    of = kind.split("-")[0]
    if vendor not in NAMES or vendor == "oracle" or of not in (vendor, "sql"):
        what = "a file of SQL" if of == "sql" else f"for {NAMES[of]}"
        sys.exit(f"seed-database is {what}, and the default database of the settings is {NAMES.get(vendor, vendor)}")
    kind = f"{vendor}-sql" if kind == "sql" else kind
    program = program_for(kind)
    if verb == "check":
        say_tables(tables(connection))
        return
    {"sqlite": load_sqlite, "postgresql": load_postgresql, "mysql": load_mysql}[vendor](connection.settings_dict, kind, program, file[0])


def say_tables(found):
    print("tables", ", ".join(found)) if found else print("empty")


def connect(release):
    sys.path.insert(0, str(release / "wsgi"))
    import _woven_environment

    _woven_environment.enter(int(os.environ["SITE_ID"]))
    os.umask(0o002)
    os.chdir(release / "project")
    import django

    django.setup()
    from django.db import connection

    return connection


def program_for(kind):
    if kind not in PROGRAMS:
        return None
    programs, package = PROGRAMS[kind]
    found = next(filter(None, map(shutil.which, programs)), None)
    if found is None:
        sys.exit(f"this server lacks the program {programs[0]}, which reads the file. Its package: {package}")
    return found


def tables(connection):
    # To connect would create a file that only this site can write.
    if connection.vendor == "sqlite" and not os.path.exists(connection.settings_dict["NAME"]):
        return []
    return sorted(set(connection.introspection.table_names()) - NOT_OURS)


def load_sqlite(settings, kind, _, file):
    target = sqlite3.connect(settings["NAME"])
    if kind == "sqlite-file":
        source = sqlite3.connect(f"{Path(file).as_uri()}?mode=ro&immutable=1", uri=True)
        damage = source.execute("PRAGMA quick_check(1)").fetchone()[0]
        if damage != "ok":
            sys.exit(f"the SQLite file is damaged: {damage}")
    else:
        # A database in a temporary file of SQLite's own.
        source = sqlite3.connect("")
        source.executescript(Path(file).read_text(encoding="utf-8"))
        source.commit()
    # In one transaction: it is all there, or nothing.
    source.backup(target)
    target.close()


def load_postgresql(settings, kind, program, file):
    environment = {**os.environ, **libpq(settings)}
    if kind == "postgresql-archive":
        name = settings["NAME"].replace("\\", "\\\\").replace("'", "\\'")
        options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", f"--dbname=dbname='{name}'"]
    else:
        options = ["--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--single-transaction", "--output=/dev/null", "--file"]
    run([program, *options, file], environment)


def libpq(settings):
    """The login as variables: every user can read a command line, and only this user its environment."""
    named = {"PGDATABASE": "NAME", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGHOST": "HOST", "PGPORT": "PORT"}
    options = settings.get("OPTIONS") or {}
    return {
        **{variable: str(settings[key]) for variable, key in named.items() if settings.get(key)},
        **{variable: str(options[key]) for key, variable in LIBPQ.items() if options.get(key)},
    }


def load_mysql(settings, kind, program, file):
    with tempfile.NamedTemporaryFile("w", suffix=".cnf") as login, open(file, "rb") as dump:
        login.write(my_cnf(settings))
        login.flush()
        run([program, f"--defaults-extra-file={login.name}", settings["NAME"]], os.environ, dump)


def my_cnf(settings):
    """An option file (MySQL manual, 4.2.2.2), which only this user reads."""
    options = settings.get("OPTIONS") or {}
    host = settings.get("HOST") or ""
    values = {
        "user": settings.get("USER"),
        "password": settings.get("PASSWORD"),
        "socket" if host.startswith("/") else "host": host,
        "port": settings.get("PORT"),
        "default-character-set": options.get("charset", "utf8mb4"),
        "ssl-ca": (options.get("ssl") or {}).get("ca"),
    }
    quoted = {key: str(value).replace("\\", "\\\\").replace('"', '\\"') for key, value in values.items() if value}
    return "[client]\n" + "".join(f'{key}="{value}"\n' for key, value in quoted.items())


def run(words, environment, stdin=subprocess.DEVNULL):
    done = subprocess.run(words, env=environment, stdin=stdin, check=False)
    if done.returncode:
        sys.exit(f"{Path(words[0]).name} ended with status {done.returncode}")


if __name__ == "__main__":
    main(*sys.argv[1:])
