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


def enter(site_id, part=None):
    """`part`: the subdomain, for a part of the site with settings of its own."""
    part = part or os.environ.get("WOVEN_SITE_PART")
    environment = json.loads((RELEASE / "environment" / f"site_{site_id}.json").read_text(encoding="utf-8"))
    # The command `node` may pass variables of its own; they win.
    given = os.environ.pop("_WOVEN_GIVEN", "").split()
    os.environ.update({name: value for name, value in environment.items() if name not in given})
    os.environ.update(secret_files(RELEASE / "environment" / f"site_{site_id}"))
    os.environ["SITE_ID"] = str(site_id)
    if part:
        os.environ["WOVEN_SITE_PART"] = part
    os.environ["DJANGO_SETTINGS_MODULE"] = {{{part_settings}}}"{{{settings_module}}}"
    sys.path[:0] = [str(RELEASE / "project" / path) for path in PATHS]
