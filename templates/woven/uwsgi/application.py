# Managed by Woven. The WSGI application of a site of {{{distribution}}} {{{version}}}, as uWSGI loads it.
import os
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

WSGI = Path(__file__).resolve().parent
# uWSGI sets it to the Python that the virtualenv was made from.
sys.executable = str(WSGI.parent / "bin" / "python")


def site(name):
    """The application of a site, such as `site_1`. REMOTE_ADDR comes from nginx, because a unix socket has no address."""
    loader = SourceFileLoader(f"_woven_{name}", str(WSGI / f"{name}.wsgi"))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    django = module.application

    def behind_nginx(environ, start_response):
        environ["REMOTE_ADDR"] = environ.get("HTTP_X_REAL_IP", "")
        return django(environ, start_response)

    return behind_nginx


application = site(os.environ.pop("_WOVEN_SITE"))
