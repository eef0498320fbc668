# Managed by Woven. The settings of {{{distribution}}} on this server: the project's own, and what only the server knows.
# A project that ships a `sitesettings` package of its own keeps it.
import os
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote, unquote_plus

RELEASE = Path(__file__).resolve().parents[2]
ROOT = RELEASE.parents[1]
SITES = {{{sites}}}

SITE_ID = int(os.environ["SITE_ID"])
_project = import_module(SITES[SITE_ID]["settings"])
globals().update({name: getattr(_project, name) for name in dir(_project) if name.isupper() and name != "SITE_ID"})
_own = globals().get

DEBUG = False
_domains = SITES[SITE_ID]["domains"]
ALLOWED_HOSTS = list(dict.fromkeys([*_domains, *(_own("ALLOWED_HOSTS") or [])]))
CSRF_TRUSTED_ORIGINS = list(dict.fromkeys([
    *(f"{scheme}://{domain}" for domain in _domains for scheme in ("https", "http")),
    *(_own("CSRF_TRUSTED_ORIGINS") or []),
]))
# nginx sets this header itself, whatever the client sent, and nothing else can reach the backend.
SECURE_PROXY_SSL_HEADER = _own("SECURE_PROXY_SSL_HEADER") or ("HTTP_X_FORWARDED_PROTO", "https")

STATIC_URL = {{{static_url}}} or _own("STATIC_URL") or "/static/"
STATIC_ROOT = str(RELEASE / "static")
WOVEN_PROJECT_MEDIA_ROOT = str(_own("MEDIA_ROOT") or "") or None
MEDIA_URL = {{{media_url}}} or _own("MEDIA_URL") or "/media/"
MEDIA_ROOT = str(ROOT / "public" / "{{{distribution}}}")


def _in_release(path):
    """Also where it went through a URL (DATABASE_URL), whose readers take + for a space and %2B for a plus."""
    release = str(RELEASE)
    return any(path.startswith(f"{folder}/") for folder in (release, unquote(release), unquote_plus(release)))


def _kept(alias, database):
    """A database in a file inside the release would go with the release: it lives in ~/database instead."""
    name = str(database.get("NAME") or "")
    if not database.get("ENGINE", "").endswith((".sqlite3", ".spatialite")) or ":memory:" in name or "mode=memory" in name:
        return database
    if os.path.isabs(name) and not _in_release(os.path.normpath(name)):
        return database
    return {**database, "NAME": str(ROOT / "database" / ("{{{distribution}}}.db" if alias == "default" else f"{{{distribution}}}-{alias}.db"))}


DATABASES = {alias: _kept(alias, database) for alias, database in (_own("DATABASES") or {}).items() if database}

if not _own("LOGGING"):
    # Django's own default shows nothing of an error when DEBUG is off.
    LOGGING = {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"stderr": {"class": "logging.StreamHandler"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
    }
