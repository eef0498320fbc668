"""Which version this process is, told by each of its parts: an answer whose parts disagree mixes two releases."""

import os
import pwd
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache

from shop import __version__


def context(request):
    """For every template: what the footer prints."""
    return {
        "motto": settings.SHOP_MOTTO,
        "running": {"version": __version__, "site_id": settings.SITE_ID, "user": os_user()},
    }


@never_cache
def version(request):
    return JsonResponse(
        {
            "version": __version__,
            "template_version": render_to_string("version.txt").strip(),
            "static_version": static_file("version.txt").read_text().strip(),
            "site_id": settings.SITE_ID,
            "user": os_user(),
            "pid": os.getpid(),
        }
    )


def os_user():
    # Not getpass.getuser(): that believes the environment, which a web server hands down from root.
    return pwd.getpwuid(os.geteuid()).pw_name


def static_file(name):
    """Where the file lies that `{% static name %}` links to."""
    if settings.DEBUG:
        return Path(finders.find(name))
    return Path(staticfiles_storage.path(staticfiles_storage.stored_name(name)))
