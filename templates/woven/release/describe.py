# Managed by Woven. Runs Django's own checks, and says, as JSON, what the settings mean for the server around it.
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import environment

environment.enter(int(sys.argv[1]))
os.chdir(environment.RELEASE / "project")

import django
from django.conf import settings

django.setup()

from django.core.management import CommandError, call_command

try:
    call_command("check", stdout=sys.stderr)
except CommandError as error:
    sys.exit(str(error))


def inside(path):
    try:
        return str(Path(path).resolve().relative_to(environment.RELEASE / "project")) if path else None
    except ValueError:
        return None


print(json.dumps({
    "django": django.get_version(),
    "staticUrl": settings.STATIC_URL,
    "mediaUrl": settings.MEDIA_URL,
    "collectsStatic": "django.contrib.staticfiles" in settings.INSTALLED_APPS,
    "databases": {alias: database["ENGINE"] for alias, database in settings.DATABASES.items()},
    "templateDirs": [found for engine in settings.TEMPLATES for path in engine.get("DIRS", []) if (found := inside(path))],
    "mediaSeed": inside(getattr(settings, "WOVEN_PROJECT_MEDIA_ROOT", None)),
}))
