"""What a step reports to its stage: details for the log, and whether there is something to do."""

import os
import sys


def detail(run, *lines):
    """Adds lines that the log shows below the step."""
    with open(os.path.join(run, "details"), "a", encoding="utf-8", errors="surrogateescape") as details:
        details.writelines(f"{line}\n" for line in lines)


def needed(wrong):
    """Ends a check: exits with 0 if there is nothing to do."""
    sys.exit(1 if wrong else 0)
