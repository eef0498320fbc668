# Managed by Woven. The WSGI application of a site of {{{distribution}}} {{{version}}}, as uWSGI loads it.
import os
import sys
from pathlib import Path

WSGI = Path(__file__).resolve().parent
sys.path.insert(0, str(WSGI))
# uWSGI sets it to the Python that the virtualenv was made from.
sys.executable = str(WSGI.parent / "bin" / "python")
from _woven_behind_nginx import site

application = site(os.environ.pop("_WOVEN_SITE"))
