# Managed by Woven. The WSGI applications of {{{distribution}}} {{{version}}}, for servers that listen on a unix socket.
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path


def site(name):
    """The application of a site, such as `site_1`. REMOTE_ADDR comes from nginx, because a unix socket has no address."""
    loader = SourceFileLoader(f"_woven_{name}", str(Path(__file__).with_name(f"{name}.wsgi")))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    application = module.application

    def behind_nginx(environ, start_response):
        environ["REMOTE_ADDR"] = environ.get("HTTP_X_REAL_IP", "")
        return application(environ, start_response)

    return behind_nginx
