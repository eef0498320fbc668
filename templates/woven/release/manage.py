# Managed by Woven. Runs a management command as this release: `manage` calls it as the right user.
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import _woven_environment

_woven_environment.enter(int(os.environ.get("SITE_ID", "{{{site_id}}}")))
os.umask(0o002)
os.chdir(_woven_environment.RELEASE / "project")

from django.core.management import execute_from_command_line

execute_from_command_line(["manage", *sys.argv[1:]])
