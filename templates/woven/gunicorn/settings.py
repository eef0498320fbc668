# Managed by Woven. How gunicorn runs {{{distribution}}} {{{version}}}: what is the same for all of its sites, and the application of each.
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

graceful_timeout = 30
max_requests = 10000
max_requests_jitter = 1000
worker_tmp_dir = "/dev/shm"
# Only nginx can open the socket, and it sets these headers itself.
forwarded_allow_ips = "*"
pythonpath = str(Path(__file__).resolve().parent)


def site(name):
    """The WSGI application of a site, such as `site_1`. REMOTE_ADDR comes from nginx, because a unix socket has no address."""
    loader = SourceFileLoader(f"_woven_{name}", str(Path(__file__).with_name(f"{name}.wsgi")))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    application = module.application

    def behind_nginx(environ, start_response):
        environ["REMOTE_ADDR"] = environ.get("HTTP_X_REAL_IP", "")
        return application(environ, start_response)

    return behind_nginx
