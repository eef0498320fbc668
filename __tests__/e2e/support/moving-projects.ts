// Projects that run somewhere else so far, as their repositories have them: on Heroku, with Kamal, by a fabfile. None knows of Woven.
import { type Files, guestbook, manage, settings, startproject, urls, without, wsgi } from "./survey-project.ts";

export interface MovingProject {
  readonly name: string;
  readonly title: string;
  readonly files: Files;
  /** The options of `woven init` that no file answers. */
  readonly options: readonly string[];
  /** What the user fills in, by the name of the variable. */
  readonly values: Readonly<Record<string, string>>;
  readonly domain: string;
  readonly server: "mod_wsgi" | "gunicorn";
  readonly processes: readonly string[];
  readonly schedules: readonly string[];
  /** The account of the first login, if it is not root. */
  readonly rootUser?: string;
}

/** A worker: it says once that it works, and waits. */
const tick = `import time

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    def handle(self, **options):
        print("ticking", flush=True)
        while True:
            time.sleep(1)
`;

function command(name: string, text: string): Files {
  return {
    "guestbook/management/__init__.py": "",
    "guestbook/management/commands/__init__.py": "",
    [`guestbook/management/commands/${name}.py`]: text,
  };
}

/** Procfile, app.json, Aptfile: config vars, a release phase, a worker, an add-on. */
export const heroku: MovingProject = {
  name: "market",
  title: "market on Saturday",
  domain: "market.example.com",
  options: ["--domain", "market.example.com"],
  values: {},
  server: "gunicorn",
  processes: ["worker"],
  schedules: [],
  files: {
    Procfile:
      "release: python manage.py migrate && python manage.py createcachetable\nweb: gunicorn market.wsgi --workers 2 --log-file - --max-requests 500\nworker: python manage.py tick\nold: python manage.py tick\n",
    "app.json": JSON.stringify({
      name: "market",
      env: {
        SECRET_KEY: { generator: "secret" },
        SITE_TITLE: { value: "market on Saturday" },
        WEB_CONCURRENCY: { value: "2" },
      },
      addons: ["heroku-postgresql:essential-0", { plan: "heroku-redis:mini" }],
      formation: { web: { quantity: 1 }, worker: { quantity: 1 }, old: { quantity: 0 } },
    }),
    Aptfile: "# for the reports\ngettext\n",
    "runtime.txt": "python-3.13.1\n",
    "requirements.txt": "Django>=5.2,<5.3\ngunicorn==23.0.0\ndj-database-url\npsycopg[binary]\n",
    ...startproject("market", {
      imports: "import os\n\nimport dj_database_url\n",
      secretKey: 'os.environ["SECRET_KEY"]',
      database: 'dj_database_url.config(default=f"sqlite:///{BASE_DIR}/db.sqlite3")',
      more: `SITE_TITLE = os.environ["SITE_TITLE"]
ALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
`,
    }),
    ...command("tick", tick),
  },
};

/** Dockerfile and config/deploy.yml: a web role, a job role with Celery, an accessory, a volume. */
export const kamal: MovingProject = {
  name: "orchard",
  title: "orchard in spring",
  domain: "orchard.example.com",
  options: [],
  values: { MAIL_PASSWORD: "moving-mail-password" },
  server: "gunicorn",
  processes: ["job"],
  schedules: [],
  files: {
    Dockerfile: `FROM python:3.13-slim
RUN apt-get update && apt-get install --yes --no-install-recommends \\
    build-essential libpq-dev gettext && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
CMD ["gunicorn", "--bind", "0.0.0.0:80", "--threads", "4", "orchard.wsgi:application"]
`,
    "config/deploy.yml": `service: orchard
image: octocat/orchard
servers:
  web:
    hosts:
      - 192.0.2.10
  job:
    hosts:
      - 192.0.2.10
    cmd: celery -A orchard worker --concurrency 1
proxy:
  host: orchard.example.com
  healthcheck:
    path: /
registry:
  username: octocat
  password:
    - KAMAL_REGISTRY_PASSWORD
env:
  clear:
    SITE_TITLE: orchard in spring
  secret:
    - SECRET_KEY
    - MAIL_PASSWORD
volumes:
  - orchard_reports:/app/reports
accessories:
  redis:
    image: valkey/valkey:8
    host: 192.0.2.10
retain_containers: 3
`,
    ".kamal/secrets": "SECRET_KEY=$SECRET_KEY\nMAIL_PASSWORD=$MAIL_PASSWORD\n",
    "reports/.gitkeep": "",
    "requirements.txt": "Django>=5.2,<5.3\ngunicorn\ncelery[redis]\n",
    ...startproject("orchard", {
      imports: "import os\n",
      secretKey: 'os.environ["SECRET_KEY"]',
      more: `SITE_TITLE = os.environ["SITE_TITLE"]
EMAIL_HOST_PASSWORD = os.environ["MAIL_PASSWORD"]
CELERY_BROKER_URL = os.environ["REDIS_URL"]
`,
    }),
    "orchard/__init__.py": "from .celery import app as celery_app\n",
    "orchard/celery.py": `import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchard.settings")
app = Celery("orchard")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
`,
  },
};

/** A fabfile of Fabric 1 that pulls and restarts; supervisor and cron do the rest. */
export const fabfile: MovingProject = {
  name: "almanac",
  title: "almanac in production",
  domain: "almanac.example.com",
  options: [],
  values: { ALMANAC_SECRET_KEY: "moving-almanac-secret-2c7f" },
  server: "gunicorn",
  processes: ["worker"],
  schedules: ["clearsessions"],
  rootUser: "deploy",
  files: {
    "fabfile.py": `from fabric.api import cd, env, local, run, sudo

env.hosts = ["deploy@192.0.2.20"]
env.key_filename = "~/.ssh/almanac"


def setup():
    sudo("apt-get install -y nginx supervisor python3-venv gettext")


def deploy():
    # run("an old command")
    with cd("/srv/almanac"):
        run("git pull")
        run("venv/bin/pip install -r requirements/production.txt")
        run("venv/bin/python manage.py migrate --noinput")
        run("venv/bin/python manage.py collectstatic --noinput")
        run("venv/bin/python manage.py createcachetable")
        sudo("supervisorctl restart almanac:*")
`,
    "deploy/supervisor.conf": `[program:almanac-web]
command=/srv/almanac/venv/bin/gunicorn almanac.wsgi -w 2 -b unix:/run/almanac.sock
directory=/srv/almanac
user=deploy
autorestart=true

[program:almanac-worker]
command=/srv/almanac/venv/bin/python manage.py tick
directory=/srv/almanac
`,
    "deploy/crontab": `MAILTO=ops@example.com
# every night
30 3 * * * cd /srv/almanac && venv/bin/python manage.py clearsessions >> /var/log/almanac.log 2>&1
`,
    "requirements/base.txt": "Django>=5.2,<5.3\n",
    "requirements/dev.txt": "-r base.txt\ndjango-debug-toolbar\n",
    "requirements/production.txt": "-r base.txt\ngunicorn\n",
    "manage.py": manage("almanac.settings.local"),
    "almanac/__init__.py": "",
    "almanac/urls.py": urls(),
    "almanac/wsgi.py": wsgi("almanac.settings.production"),
    "almanac/settings/__init__.py": "",
    "almanac/settings/base.py": settings({ title: "almanac", urlconf: "almanac.urls", depth: 2 }),
    "almanac/settings/local.py": "from .base import *\n",
    "almanac/settings/production.py": `import os

from .base import *

DEBUG = False
SECRET_KEY = os.environ["ALMANAC_SECRET_KEY"]
ALLOWED_HOSTS = ["almanac.example.com"]
SITE_TITLE = "almanac in production"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"file": {"class": "logging.FileHandler", "filename": BASE_DIR / "logs" / "almanac.log"}},
    "root": {"handlers": ["file"], "level": "INFO"},
}
`,
    "logs/.gitkeep": "",
    ...guestbook("guestbook"),
    ...command("tick", tick),
  },
};

export const movingProjects: readonly MovingProject[] = [heroku, kamal, fabfile];

/** A small one, which needs no setupnode of its own: without the worker, the add-ons and the package. */
export const smallHeroku: Files = without(
  {
    ...heroku.files,
    Procfile: "web: gunicorn market.wsgi --log-file -\nrelease: python manage.py migrate\n",
    "app.json": JSON.stringify({
      env: { SECRET_KEY: { generator: "secret" }, SITE_TITLE: { value: heroku.title } },
    }),
  },
  "Aptfile",
);
