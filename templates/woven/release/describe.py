# Managed by Woven. Runs Django's checks, and reports the settings that concern the server as a line of JSON.
# describe.py SITE_ID [collect] [part=NAME] [pages FOLDER]: also collects the static files, and reports how many, and a digest of what they are
# made from; `part`: of a part of the site; renders error pages into the folder. If `collect` finds, on standard input, such a digest and a
# folder of static files that were made from the same, it collects none.
import contextlib
import functools
import hashlib
import io
import json
import os
import sys
import threading
import weakref
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import _woven_environment as environment

# The project, or a program that it starts, may print something. Only `answer` goes to standard output.
answer = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)
part = next((word.removeprefix("part=") for word in sys.argv if word.startswith("part=")), None)
environment.enter(int(sys.argv[1]), *([part] if part else []))
os.umask(0o002)
os.chdir(environment.RELEASE / "project")

import django
from django import conf

before = conf.settings
django.setup()

# The project may have replaced the settings object.
from django.apps import apps
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.db import connections, router
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate, pre_migrate


def ask_django(*words, **options):
    try:
        call_command(*words, **options)
    except CommandError as error:
        sys.exit(str(error))


def inside(path):
    try:
        return str(Path(path).resolve().relative_to(environment.RELEASE / "project")) if path else None
    except ValueError:
        return None


def may_be_own(database):
    """Whether each server may have its own database under these settings: a file, or a database server on the same machine."""
    host = database.get("HOST") or ""
    on_disk = database["ENGINE"].endswith(("sqlite3", "spatialite"))
    return on_disk or host in ("", "localhost", "::1") or host.startswith(("/", "127."))


def wants_migrations(alias, database):
    """Whether the routers let any model migrate there: not for a replica, or a database that something else fills."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    is_real = database.get("ENGINE", "").rpartition(".")[2] not in ("", "dummy")
    return is_real and (not models or any(router.allow_migrate_model(alias, model) for model in models))


def identity(database):
    """The same for two sites exactly if `migrate` does the same for both: one database, and the same apps. It tells nothing else."""
    place = [str(database.get(key) or "") for key in ("ENGINE", "NAME", "HOST", "PORT", "USER")]
    options = sorted((key, repr(value)) for key, value in (database.get("OPTIONS") or {}).items())
    labels = sorted(config.label for config in apps.get_app_configs())
    modules = sorted((settings.MIGRATION_MODULES or {}).items(), key=repr)
    return hashlib.sha256(repr([place, options, labels, modules]).encode()).hexdigest()[:32]


def is_migrated(alias):
    """Whether `migrate` would certainly do nothing. It is asked here, because its own start would cost a second."""
    answers = []

    def ask():
        # Whatever is wrong with the database, `migrate` reports it.
        with contextlib.suppress(Exception):
            answers.append(would_do_nothing(alias))

    # A database that does not answer must not hold this up.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(5)
    return answers == [True]


def would_do_nothing(alias):
    database = settings.DATABASES[alias]
    # To look into an SQLite file would make it.
    if database["ENGINE"].endswith(("sqlite3", "spatialite")) and not os.path.isfile(database["NAME"]):
        return False
    if get_commands()["migrate"] != "django.core" or any(map(is_foreign, listeners())):
        return False
    if any(message.is_serious() and not message.is_silenced() for message in run_checks(databases=[alias])):
        return False
    executor = MigrationExecutor(connections[alias])
    loader = executor.loader
    applied = set(executor.recorder.applied_migrations())
    # `migrate` records a squashed migration whose parts are applied.
    squashed = any(name not in applied and applied.issuperset(one.replaces) for name, one in loader.replacements.items())
    # Their models are in no migration, so the permissions and content types of a new one are missing.
    unmigrated = any(True for label in loader.unmigrated_apps for _ in apps.get_app_config(label).get_models())
    if squashed or unmigrated or loader.detect_conflicts():
        return False
    loader.check_consistent_history(connections[alias])
    return not executor.migration_plan(loader.graph.leaf_nodes())


def listeners():
    """What runs at each `migrate`."""
    for signal in (pre_migrate, post_migrate):
        for _, listener, *_ in signal.receivers:
            yield listener() if isinstance(listener, weakref.ReferenceType) else listener


def is_foreign(listener):
    return not getattr(listener, "__module__", "").startswith("django.")


def migrations():
    return [
        {"alias": alias, "database": identity(database), "own": may_be_own(database), "migrated": is_migrated(alias)}
        for alias, database in settings.DATABASES.items()
        if wants_migrations(alias, database)
    ]


def shared_file(database):
    """The name of an SQLite file in the shared database folder."""
    path = Path(str(database.get("NAME") or ""))
    on_disk = database["ENGINE"].endswith(("sqlite3", "spatialite"))
    shared = environment.RELEASE.parents[1] / "database"
    return path.name if on_disk and path.is_absolute() and path.parent.resolve() == shared.resolve() else None


# Whose code decides, other than the project's, what collectstatic makes.
KNOWN = ("django", "whitenoise")


def is_known(module):
    return str(module).partition(".")[0] in KNOWN


PACKAGES = [(environment.RELEASE / name).resolve() for name in ("lib", "packages")]


@functools.lru_cache(maxsize=None)
def is_packaged(path):
    """Whether a file belongs to an installed package: Woven knows when those change. Asked for each function of a class."""
    return any(Path(path).resolve().is_relative_to(folder) for folder in PACKAGES)


def has_static():
    # It may be listed by the name of its AppConfig, or of one that the project derives from it.
    return apps.is_installed("django.contrib.staticfiles")


def static_dirs():
    """The project's folders that collectstatic reads. None where something else than Django's or WhiteNoise's code decides, or it reads others."""
    if not has_static():
        return []
    plain = {f"django.contrib.staticfiles.finders.{name}" for name in ("FileSystemFinder", "AppDirectoriesFinder")}
    try:
        storages = getattr(settings, "STORAGES", None) if django.VERSION >= (4, 2) else None
        storage = storages["staticfiles"]["BACKEND"] if storages else settings.STATICFILES_STORAGE
        if not is_known(storage) or not {*settings.STATICFILES_FINDERS} <= plain:
            return None
        from django.contrib.staticfiles.finders import get_finders

        found = [source.location for finder in get_finders() for source in finder.storages.values()]
        places = [inside(path) for path in found if not is_packaged(path)]
    except Exception:
        # A project that brings its static files may have settings that collectstatic could not use.
        return None
    return None if None in places else sorted({*places})


def static_inputs(dirs):
    """A digest of all that the static files are made from. None where something else than Django's or WhiteNoise's code decides.

    An unchanged file has the inode that it had in the release before, because releases share their files.
    """
    if not has_static() or dirs is None or get_commands().get("collectstatic") != "django.contrib.staticfiles":
        return None
    try:
        from django.contrib.staticfiles.finders import get_finders

        storage = static_storage()
        if Path(storage.location).resolve() != Path(settings.STATIC_ROOT).resolve():
            return None
        finders = list(get_finders())
        command = load_command_class("django.contrib.staticfiles", "collectstatic")
        code = [traits(kind) for kind in (type(storage), *map(type, finders), type(command))]
        if None in code:
            return None
        # The project may have written something there already.
        there = [path for path in sorted(Path(settings.STATIC_ROOT).rglob("*")) if path.is_file()]
        written = [(str(path.relative_to(settings.STATIC_ROOT)), hashlib.sha256(path.read_bytes()).hexdigest()) for path in there]
        files = []
        for number, finder in enumerate(finders):
            places = {id(place): index for index, place in enumerate(finder.storages.values())}
            for path, place in finder.list([]):
                seen = os.stat(place.path(path))
                prefix = getattr(place, "prefix", "")
                files.append([number, places[id(place)], prefix, path, seen.st_ino, seen.st_size, seen.st_mtime_ns])
        names = [name for name in dir(settings) if name.startswith(("DEBUG", "FILE_UPLOAD_", "STATIC", "STORAGES", "WHITENOISE_"))]
        if "STATIC_ROOT" not in names:
            return None
        values = [(name, getattr(settings, name)) for name in names if name not in WHEN_SERVED]
        ignored = getattr(apps.get_app_config("staticfiles"), "ignore_patterns", ())
        all_values = repr([values, list(ignored), code]).replace(str(environment.RELEASE), "")
        parts = [django.VERSION, all_values, sorted(files), written, Path(__file__).read_bytes()]
        return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()
    except Exception:
        # `collectstatic` tells what is wrong.
        return None


def static_storage():
    """A new one: that of the process reads its list of files once, and shall find those that are collected or kept."""
    try:
        from django.core.files.storage import storages
    except ImportError:
        # Django before 4.2 has none but this setting.
        from django.core.files.storage import get_storage_class

        return get_storage_class(settings.STATICFILES_STORAGE)()
    return storages.create_storage(storages.backends["staticfiles"])


# Functions of the project that WhiteNoise calls for a request. They have no lasting form.
WHEN_SERVED = ("WHITENOISE_ADD_HEADERS_FUNCTION", "WHITENOISE_IMMUTABLE_FILE_TEST")


def traits(kind):
    """The attributes of a class and of those that it inherits from, which a project may have set. None if it has put code of its own there."""
    found = []
    for one in kind.__mro__[:-1]:
        if not is_known(one.__module__) or not is_packaged(source(one)):
            return None
        for name, value in vars(one).items():
            inner = next((part for key in ("__func__", "fget", "func") if (part := getattr(value, key, None))), value)
            if callable(inner) and not is_packaged(source(inner)):
                return None
            if isinstance(value, (bool, int, float, str, bytes, tuple, list, dict, set, frozenset, type(None))):
                found.append((name, value))
    return found


def source(code):
    """The file of a class or a function. The root folder if it is not known."""
    if isinstance(code, type):
        return getattr(sys.modules.get(code.__module__), "__file__", None) or "/"
    return getattr(getattr(code, "__code__", None), "co_filename", "/")


def lend(folder):
    """Links to the static files that are kept, for the error pages that name them. Root replaces the links by the files."""
    for base, _, names in os.walk(folder):
        target = Path(settings.STATIC_ROOT, os.path.relpath(base, folder))
        target.mkdir(parents=True, exist_ok=True)
        for name in names:
            with contextlib.suppress(FileExistsError):
                os.symlink(os.path.join(base, name), target / name)


def renew_storage():
    """The storage of the process may have looked for its list of files before they were there."""
    from django.contrib.staticfiles.storage import staticfiles_storage

    if hasattr(staticfiles_storage, "hashed_files"):
        staticfiles_storage.hashed_files = static_storage().hashed_files


def take_back():
    for base, _, names in os.walk(settings.STATIC_ROOT):
        for name in names:
            if os.path.islink(os.path.join(base, name)):
                os.unlink(os.path.join(base, name))


def error_pages():
    """The templates of the pages that nginx shows where it does not ask the application; for a broken one, what is wrong."""
    from django.template import TemplateDoesNotExist
    from django.template.loader import get_template

    for name in ("404.html", "413.html", "503.html"):
        try:
            yield name, get_template(name)
        except TemplateDoesNotExist:
            continue
        except Exception as error:
            yield name, error


def render_pages(pages, folder):
    """Writes the pages into the folder. Returns which it could not, and why."""
    told = []
    for name, template in pages:
        try:
            if isinstance(template, Exception):
                raise template
            # There is no request, so the templates get none.
            text = template.render({})
        except Exception as error:
            told.append(unusable(name, error))
            continue
        (Path(folder) / name).write_text(text, encoding="utf-8")
    return told


def unusable(name, error):
    said = (str(error).strip().splitlines() or [""])[0]
    return f"{name} cannot be rendered without a request ({type(error).__name__}: {said}). nginx shows a page of its own instead"


# A project with its own sitesettings is responsible for them.
woven = sys.modules.get("sitesettings._woven")
if woven:
    wrong = dict.fromkeys([*woven.differences(before), *woven.differences(settings)])
    if wrong:
        sys.exit("\n".join(wrong))
ask_django("check")
collects = "collect" in sys.argv
dirs = static_dirs()
inputs = static_inputs(dirs) if collects else None
offered = sys.stdin.read().splitlines() if collects else []
is_kept = bool(offered) and offered[0] == inputs
print(json.dumps({
    "django": django.get_version(),
    "staticUrl": settings.STATIC_URL,
    "mediaUrl": settings.MEDIA_URL,
    "databases": {alias: database.get("ENGINE", "") for alias, database in settings.DATABASES.items()},
    "siteId": woven.project_site_id() if hasattr(woven, "project_site_id") else getattr(settings, "SITE_ID", None),
    "migrations": migrations(),
    "ownDatabases": [alias for alias, database in settings.DATABASES.items() if may_be_own(database)],
    "sqliteFiles": [name for database in settings.DATABASES.values() if (name := shared_file(database))],
    "staticDirs": dirs,
    "staticInputs": inputs,
    "templateDirs": [found for engine in settings.TEMPLATES for path in engine.get("DIRS", []) if (found := inside(path))],
    "mediaSeed": inside(woven.applied["WOVEN_PROJECT_MEDIA_ROOT"] if woven else None),
}), file=answer)
folder = sys.argv[sys.argv.index("pages") + 1] if "pages" in sys.argv else None
pages = list(error_pages()) if folder else []
told = []
if is_kept and pages:
    # They may name static files.
    lend(offered[1])
    renew_storage()
    told = render_pages(pages, folder)
    if told:
        # In doubt, because the files were not there as usual.
        take_back()
        is_kept = False
if is_kept:
    print("static files: unchanged", file=answer)
else:
    if collects and has_static():
        said = io.StringIO()
        ask_django("collectstatic", interactive=False, verbosity=1, stdout=said)
        print(*said.getvalue().strip().splitlines()[-1:], file=answer)
    told = render_pages(pages, folder)
for line in told:
    print(line, file=answer)
