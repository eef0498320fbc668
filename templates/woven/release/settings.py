# Managed by Woven. Computes the settings of {{{distribution}}} on this server, for the settings.py beside it. It is a separate module,
# because every name in settings.py may be a setting of the project.
import os
import re
import sys
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote, unquote_plus

RELEASE = Path(__file__).resolve().parents[2]
ROOT = RELEASE.parents[1]
SITES = {{{sites}}}
# Schemes of the origins that forms may come from. Django always accepts the origin of the request itself. Never add http beside https:
# whoever can change http traffic could then act for an https visitor.
SCHEMES = {{{schemes}}}
# Whether visitors use https, by the configuration of Woven.
HTTPS = {{{https}}}
STATIC_URL = {{{static_url}}}
MEDIA_URL = {{{media_url}}}

SITE_ID = int(os.environ["SITE_ID"])
# A part of the site, such as `admin` of admin.shop.example.com, has settings and domains of its own.
PART = os.environ.get("WOVEN_SITE_PART")
SITE = SITES[SITE_ID]["parts"][PART] if PART else SITES[SITE_ID]
DOMAINS = SITE["domains"]
# Django writes the wildcard *.shop.example.com as .shop.example.com.
HOSTS = [domain.removeprefix("*") for domain in DOMAINS]
PROJECT = SITE["settings"]

# The settings that this module overrides, and what the project itself says of SITE_ID.
applied = {}
project_own = {}


def project_site_id():
    own = project_own.get("SITE_ID")
    return own if isinstance(own, int) else None


def settings():
    """Every setting of the site by name: the project's, overridden by the server's."""
    before = _django_settings()
    project = _project_settings(PROJECT)
    own = {name: getattr(project, name) for name in dir(project) if name.isupper()}
    project_own["SITE_ID"] = own.get("SITE_ID")
    applied.update(_of_server(own))
    after = _django_settings()
    # A copy: the project may change the list that it gets.
    given = {**applied, "ALLOWED_HOSTS": [*applied["ALLOWED_HOSTS"]]}
    if after is not before:
        # The project replaces Django's settings object (dynaconf does so).
        for name, value in given.items():
            setattr(after, name, value)
    return {**own, **given}


def _project_settings(name):
    """The project's module. If its settings are classes (django-configurations), the names of the chosen class."""
    try:
        from configurations import importer
    except ImportError:
        importer = None
    if importer is None or "DJANGO_CONFIGURATION" not in os.environ:
        return import_module(name)
    # The importer of django-configurations handles only the module of this name.
    own, os.environ["DJANGO_SETTINGS_MODULE"] = os.environ["DJANGO_SETTINGS_MODULE"], name
    try:
        importer.install()
        return import_module(name)
    finally:
        os.environ["DJANGO_SETTINGS_MODULE"] = own


def _django_settings():
    return getattr(sys.modules.get("django.conf"), "settings", None)


def _of_server(own):
    found = {
        "DEBUG": False,
        # A preview has the SITE_ID of its project, under a user of its own.
        "SITE_ID": SITES[SITE_ID].get("id", SITE_ID),
        "ALLOWED_HOSTS": _once(HOSTS, own.get("ALLOWED_HOSTS")),
        "CSRF_TRUSTED_ORIGINS": _once(
            (f"{scheme}://{domain}" for domain in DOMAINS for scheme in SCHEMES), own.get("CSRF_TRUSTED_ORIGINS")
        ),
        # nginx always sets this header, and overrides one that the visitor sent. It does not set another one that the project may name:
        # a visitor could forge that.
        "SECURE_PROXY_SSL_HEADER": (not HTTPS and own.get("SECURE_PROXY_SSL_HEADER")) or ("HTTP_X_FORWARDED_PROTO", "https"),
        "STATIC_URL": STATIC_URL or own.get("STATIC_URL") or "/static/",
        "STATIC_ROOT": str(RELEASE / "static"),
        "MEDIA_URL": MEDIA_URL or own.get("MEDIA_URL") or "/media/",
        "MEDIA_ROOT": str(ROOT / "public" / "{{{distribution}}}"),
        "WOVEN_PROJECT_MEDIA_ROOT": str(own.get("MEDIA_ROOT") or "") or None,
        "DATABASES": {
            alias: _kept(alias, database) for alias, database in (own.get("DATABASES") or {}).items() if database
        },
    }
    if not own.get("LOGGING"):
        # Without DEBUG, Django logs no error to the error log by default.
        found["LOGGING"] = {
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"stderr": {"class": "logging.StreamHandler"}},
            "root": {"handlers": ["stderr"], "level": "WARNING"},
        }
    return found


def _once(first, then):
    return list(dict.fromkeys([*first, *(then or [])]))


def _kept(alias, database):
    """Moves a database file out of the release to ~/database: it would be removed with the release."""
    if not _goes_with_release(database):
        return database
    name = "{{{distribution}}}.db" if alias == "default" else f"{{{distribution}}}-{alias}.db"
    return {**database, "NAME": str(ROOT / "database" / name)}


def _goes_with_release(database):
    name = str(database.get("NAME") or "")
    if not database.get("ENGINE", "").endswith((".sqlite3", ".spatialite")) or ":memory:" in name or "mode=memory" in name:
        return False
    return not os.path.isabs(name) or _in_release(os.path.normpath(name))


def _in_release(path):
    """Also recognises a path that came from a URL (DATABASE_URL): parsers read + as a space, and %2B as a plus."""
    release = str(RELEASE)
    return any(path.startswith(f"{folder}/") for folder in (release, unquote(release), unquote_plus(release)))


def differences(final):
    """The settings that differ from those set here: a line for each, with the file that changed it."""
    return [f"{name} {what} Set in {_source(name)}{_instead(final)}." for name, what in _wrong(final)]


def _wrong(final):
    for name in ("DEBUG", "SITE_ID", "STATIC_ROOT", "MEDIA_ROOT", "STATIC_URL", "MEDIA_URL"):
        seen, wanted = getattr(final, name, None), applied[name]
        if _comparable(name, seen) != _comparable(name, wanted):
            yield name, f"is {seen!r}, but on this server it must be {wanted!r}."
    hosts = list(getattr(final, "ALLOWED_HOSTS", None) or [])
    missing = [host for host in HOSTS if host not in hosts]
    if missing:
        yield "ALLOWED_HOSTS", f"is {hosts!r}, without {', '.join(missing)}."
    elif "*" in hosts and "*" not in applied["ALLOWED_HOSTS"]:
        yield "ALLOWED_HOSTS", f"is {hosts!r}, which accepts every host."
    # The value is not shown: it holds passwords.
    for alias, database in (getattr(final, "DATABASES", None) or {}).items():
        if database and _goes_with_release(database):
            yield "DATABASES", f"has {alias!r} in a file of the release, {database.get('NAME')}. It would be removed with the release."


def _comparable(name, value):
    if name.endswith("_ROOT"):
        return str(value)
    # Django puts the script prefix before a relative URL.
    if name.endswith("_URL") and value is not None and not re.match(r"(https?:)?//", value):
        return f"/{value.lstrip('/')}"
    return value


def _source(name):
    """The loaded files of the project that mention the setting, or else its settings module."""
    folder = RELEASE / "project"
    files = [str(getattr(module, "__file__", None) or "") for module in list(sys.modules.values())]
    theirs = [Path(file) for file in sorted(set(files)) if file.startswith(f"{folder}/") and file.endswith(".py")]
    naming = [
        str(file.relative_to(folder))
        for file in theirs
        if file.parent.name != "sitesettings" and re.search(rf"\b{name}\b", file.read_text("utf-8", "replace"))
    ]
    return " or ".join(naming) or os.path.relpath(sys.modules[PROJECT].__file__, folder)


def _instead(final):
    kind = type(final)
    return "" if kind.__module__ == "django.conf" else f", through {kind.__module__}.{kind.__qualname__}"
