# Managed by Woven. Makes this process a part of the release: its environment, its settings, its code.
import json
import os
import re
import sys
from pathlib import Path

RELEASE = Path(__file__).resolve().parents[1]
PATHS = {{{paths}}}


def secret_files(folder):
    """The files of the input `files`: WOVEN_FILE_GOOGLE_JSON is the path of google.json."""
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    return {"WOVEN_FILE_" + re.sub("[^A-Z0-9]", "_", path.name.upper()): str(path) for path in paths}


def enter(site_id):
    environment = json.loads((RELEASE / "environment" / f"site_{site_id}.json").read_text(encoding="utf-8"))
    # The command `node` may pass variables of its own; they win.
    given = os.environ.pop("_WOVEN_GIVEN", "").split()
    os.environ.update({name: value for name, value in environment.items() if name not in given})
    os.environ.update(secret_files(RELEASE / "environment" / f"site_{site_id}"))
    os.environ["SITE_ID"] = str(site_id)
    os.environ["DJANGO_SETTINGS_MODULE"] = "{{{settings_module}}}"
    sys.path[:0] = [str(RELEASE / "project" / path) for path in PATHS]
