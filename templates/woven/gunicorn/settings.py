# Managed by Woven. How gunicorn runs {{{distribution}}} {{{version}}}: what is the same for all of its sites. `site` gives it the application
# of each.
import sys
from pathlib import Path

pythonpath = str(Path(__file__).resolve().parent)
sys.path.insert(0, pythonpath)
from _woven_behind_nginx import site as site

graceful_timeout = 30
max_requests = 10000
max_requests_jitter = 1000
worker_tmp_dir = "/dev/shm"
# Only nginx can open the socket, and it sets these headers itself.
forwarded_allow_ips = "*"
