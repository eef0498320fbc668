# Managed by Woven. Starts uWSGI for a site of {{{distribution}}} {{{version}}}: `_woven_uwsgi.py site_1 --processes=2`.
import os
import sys
from pathlib import Path

WSGI = Path(__file__).resolve().parent
site, *options = sys.argv[1:]
arguments = [f"--ini={WSGI}/_woven_uwsgi.ini", f"--wsgi-file={WSGI}/_woven_uwsgi_application.py", *options]
# For the application.
os.environ["_WOVEN_SITE"] = site

try:
    import pyuwsgi
except ModuleNotFoundError:
    # The package uwsgi brings a program of its own.
    program = f"{WSGI.parent}/bin/uwsgi"
    os.execv(program, [program, f"--virtualenv={WSGI.parent}", *arguments])
pyuwsgi.run(arguments)
