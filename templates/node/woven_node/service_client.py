"""Asks a database by its own client, as its administrator. Statements go through standard input: every user of the server can read a command line."""

import subprocess
import sys


def ask_client(name, words, statements, password=None):
    """What the client answers. The step fails where the client fails, and its words are shown without the password."""
    done = subprocess.run(words, input=statements.encode(), capture_output=True, cwd="/", check=False)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace")
        sys.stderr.write(said.replace(password, "***") if password else said)
        sys.exit(f"{name} refused a statement of Woven. Its answer is above")
    return done.stdout.decode().strip()


def literal(text):
    """The text as a string constant of SQL. No name or password of Woven has a backslash."""
    return "'" + text.replace("'", "''") + "'"
