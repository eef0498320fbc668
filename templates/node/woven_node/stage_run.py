"""What a step says to the stage that runs it: details for the log, and whether anything changed."""

import os
import sys


def detail(run, *lines):
    """Lines that the log shows below the step."""
    with open(os.path.join(run, "details"), "a", encoding="utf-8", errors="surrogateescape") as details:
        details.writelines(f"{line}\n" for line in lines)


def needed(wrong):
    """Ends a check: with 0 where nothing is to be done."""
    sys.exit(1 if wrong else 0)
