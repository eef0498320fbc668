# Managed by Woven. The ASGI application of each site of {{{distribution}}} {{{version}}}: `_woven_uvicorn:site_1`.
import os
import re
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import _woven_environment

# Those that the configuration names, by site: module and name.
APPLICATIONS = {{{applications}}}


def __getattr__(name):
    found = re.fullmatch("site_([0-9]+)(?:_(.+))?", name)
    if found is None:
        raise AttributeError(name)
    site_id = int(found[1])
    _woven_environment.enter(site_id, *filter(None, [found[2]]))
    os.chdir(_woven_environment.RELEASE / "project")
    return behind_nginx(named_application(site_id) or project_application())


def named_application(site_id):
    module, name = APPLICATIONS.get(site_id, (None, None))
    return getattr(import_module(module), name) if module else None


def project_application():
    """What ASGI_APPLICATION names, or else asgi.py beside the module that WSGI_APPLICATION names, or else Django's own."""
    from django.conf import settings
    from django.core.asgi import get_asgi_application
    from django.utils.module_loading import import_string

    django = get_asgi_application()
    named = getattr(settings, "ASGI_APPLICATION", None)
    if named:
        return import_string(named)
    package = (settings.WSGI_APPLICATION or "").rpartition(".wsgi.")[0]
    if package and find_spec(f"{package}.asgi"):
        return import_string(f"{package}.asgi.application")
    return django


def behind_nginx(application):
    """Takes the visitor's address and scheme from nginx, because a unix socket has neither. Only nginx can open the socket."""

    async def with_visitor(scope, receive, send):
        if scope["type"] in ("http", "websocket"):
            headers = dict(scope["headers"])
            scope = {**scope, "client": (headers.get(b"x-real-ip", b"").decode("latin-1"), 0)}
            if headers.get(b"x-forwarded-proto") == b"https":
                scope["scheme"] = "https" if scope["type"] == "http" else "wss"
        await application(scope, receive, send)

    return with_visitor
