"""Prints the rows of django.contrib.sites of a release, as the user of a site: database_sites.py WSGI_FOLDER MARK

The last line is MARK and JSON: a list of [id, domain], or null if the project does not use django.contrib.sites.
"""

import json
import os
import sys

sys.path.insert(0, sys.argv[1])
import _woven_environment

_woven_environment.enter(int(os.environ["SITE_ID"]))
os.chdir(_woven_environment.RELEASE / "project")

import django

django.setup()
from django.apps import apps

rows = None
if apps.is_installed("django.contrib.sites"):
    from django.contrib.sites.models import Site

    rows = list(Site.objects.order_by("pk").values_list("pk", "domain"))
print(f"\n{sys.argv[2]} {json.dumps(rows)}")
