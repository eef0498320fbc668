"""Runs programs of the node, and returns their output and exit status."""

import subprocess
import sys


def run_program(*words, stderr=subprocess.DEVNULL):
    """The exit status and the output. 127 if there is no such program, as in a shell."""
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, check=False)
    except FileNotFoundError:
        return 127, ""
    return done.returncode, done.stdout.decode("utf-8", "surrogateescape")


def run_or_fail(*words):
    """The output of a program that must succeed. If it fails, the step fails, with that output."""
    code, output = run_program(*words, stderr=None)
    if code:
        sys.stderr.write(output)
        sys.exit(f"{' '.join(words)} failed with exit status {code}")
    return output
