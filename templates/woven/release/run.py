# Managed by Woven. Runs a process, a schedule or another command of this release, with its environment. SITE_ID names the site.
#   _woven_run.py manage rqworker default
#   _woven_run.py program celery -A shop worker
#   _woven_run.py either loaddata categories: the management command of this name, or else the program
#   _woven_run.py check '[["worker", "program", "celery"]]': names the commands that this release does not have
import difflib
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import _woven_environment


def run(words):
    sys.argv = ["manage", *words]
    import _woven_manage  # noqa: F401


def start(program, words):
    # Other programs of the release are found by their names, too.
    os.environ["PATH"] = f"{BIN}:{os.environ.get('PATH', '/usr/bin:/bin')}"
    os.environ["VIRTUAL_ENV"] = str(_woven_environment.RELEASE)
    os.execv(BIN / program, [str(BIN / program), *words])


def management_commands():
    import django

    django.setup()
    from django.core.management import get_commands

    return get_commands()


def check(commands):
    known = management_commands()
    lacking = [text for name, kind, *words in commands if (text := problem(known, name, kind, words))]
    if lacking:
        sys.exit("\n".join(lacking))


def problem(known, name, kind, words):
    if kind == "manage":
        return None if words[0] in known else f"{name}: the project has no management command {words[0]}{meant(words[0], known)}"
    if kind == "either" and words[0] in known:
        return None
    program, *rest = words
    if not os.access(BIN / program, os.X_OK):
        if kind == "either":
            return f"{name}: {program} is neither a management command of the project nor a program of its packages{meant(program, known)}"
        return f"{name}: no package of this release has the program {program}"
    if program.startswith("python") and rest and not rest[0].startswith("-") and not Path(rest[0]).is_file():
        return f"{name}: the project has no file {rest[0]}"
    return None


def meant(name, known):
    near = difflib.get_close_matches(name, known, 1)
    return f". Did you mean {near[0]}?" if near else ""


BIN = _woven_environment.RELEASE / "bin"
if __name__ == "__main__":
    kind, *words = sys.argv[1:]
    if kind == "manage":
        run(words)
    else:
        _woven_environment.enter(int(os.environ.get("SITE_ID", "{{{site_id}}}")))
        os.umask(0o002)
        os.chdir(_woven_environment.RELEASE / "project")
        if kind == "program" or (kind == "either" and words[0] not in management_commands()):
            start(words[0], words[1:])
        if kind == "either":
            run(words)
        else:
            check(json.loads(words[0]))
