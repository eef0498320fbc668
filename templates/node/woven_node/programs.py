"""Programs of the node, as Python asks them: what they print, and how they ended."""

import subprocess
import sys


def ask(*words, stderr=subprocess.DEVNULL):
    """The exit status and what was printed; a program that is not there ended with 127, as in a shell."""
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, check=False)
    except FileNotFoundError:
        return 127, ""
    return done.returncode, done.stdout.decode("utf-8", "surrogateescape")


def do(*words):
    """What it printed. Where it fails, the step does, and what it said is the step's output."""
    code, said = ask(*words, stderr=None)
    if code:
        sys.stderr.write(said)
        sys.exit(f"{' '.join(words)} ended with {code}")
    return said
