// What the projects of the survey are made of: an app with a page, a style sheet and a table, and the files that `startproject` makes.

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A project that knows nothing of Woven but its woven.toml. */
export interface SurveyProject {
  /** What the distribution is to be called. Its domain is `<name>.example.com`. */
  readonly name: string;
  /** What is particular about it, for the table. */
  readonly shape: string;
  /** What the version is to be. Without one, that of the commit. */
  readonly version?: string;
  readonly tags?: readonly string[];
  /** What the page says if the settings for production are in force. */
  readonly title: string;
  readonly files: Files;
  readonly workingDirectory?: string;
  /** The lines of the `env` input. */
  readonly env?: readonly string[];
  /** A file that it writes, in a folder of `writable`. */
  readonly writes?: string;
  /** What the page's database is. */
  readonly database?: "sqlite" | "postgresql";
  readonly server?: "mod_wsgi" | "gunicorn";
  /** The Django whose page it is. */
  readonly django?: string;
}

/** An app whose page says who answers, and counts its visits in the database. */
export function guestbook(folder: string): Files {
  return {
    [`${folder}/__init__.py`]: "",
    [`${folder}/models.py`]: `from django.db import models


class Visit(models.Model):
    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(auto_now_add=True)
`,
    [`${folder}/migrations/__init__.py`]: "",
    [`${folder}/migrations/0001_visits.py`]: `from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel("Visit", [("id", models.BigAutoField(primary_key=True, serialize=False)), ("at", models.DateTimeField(auto_now_add=True))]),
    ]
`,
    [`${folder}/views.py`]: `import sys

import django
from django.conf import settings
from django.db import connection
from django.shortcuts import render

from .models import Visit


def home(request):
    Visit.objects.create()
    server = "mod_wsgi" if "mod_wsgi.version" in request.META else request.META["SERVER_SOFTWARE"]
    facts = [django.get_version(), sys.version.split()[0], server.split("/")[0], connection.vendor, Visit.objects.count()]
    return render(request, "guestbook/home.html", {"title": settings.SITE_TITLE, "facts": facts})
`,
    [`${folder}/templates/guestbook/home.html`]: `{% load static %}<!doctype html>
<title>{{ title }}</title>
<link rel="stylesheet" href="{% static "guestbook/site.css" %}">
<p>{{ facts|join:" " }}</p>
`,
    [`${folder}/static/guestbook/site.css`]: "body { color: rebeccapurple }\n",
  };
}

/** The file that starts management commands. `before` goes in front of the import of Django. */
export function manage(settings: string, before = ""): string {
  return `#!/usr/bin/env python
import os
import sys

${before}if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "${settings}")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
`;
}

export function wsgi(settings: string): string {
  return `import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "${settings}")
application = get_wsgi_application()
`;
}

export function urls(app = "guestbook"): string {
  return `from django.urls import path

from ${app}.views import home

urlpatterns = [path("", home)]
`;
}

interface SettingsText {
  readonly title: string;
  readonly urlconf: string;
  readonly app?: string;
  /** How many folders the file is below the one with manage.py. */
  readonly depth?: number;
  /** In place of the literal. */
  readonly secretKey?: string;
  readonly database?: string;
  readonly imports?: string;
  readonly more?: string;
}

/** Settings as `startproject` writes them, for development. */
export function settings({
  title,
  urlconf,
  app = "guestbook",
  depth = 1,
  imports = "",
  more = "",
  ...rest
}: SettingsText): string {
  const { secretKey = '"django-insecure-for-development"' } = rest;
  const { database = '{"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}' } = rest;
  return `from pathlib import Path
${imports}
BASE_DIR = Path(__file__).resolve()${".parent".repeat(depth + 1)}
SECRET_KEY = ${secretKey}
DEBUG = True
ALLOWED_HOSTS = []
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "${app}",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "${urlconf}"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {"default": ${database}}
USE_TZ = True
STATIC_URL = "/static/"
SITE_TITLE = "${title}"
${more}`;
}

interface StartedProject extends Partial<SettingsText> {
  /** With its slash, as `apps` is. */
  readonly folder?: string;
  readonly apps?: string;
}

/** What `startproject` makes, and the app beside it. */
export function startproject(name: string, { folder = "", apps = "", ...text }: StartedProject = {}): Files {
  return {
    [`${folder}manage.py`]: manage(`${name}.settings`),
    [`${folder}${name}/__init__.py`]: "",
    [`${folder}${name}/settings.py`]: settings({ title: name, urlconf: `${name}.urls`, ...text }),
    [`${folder}${name}/urls.py`]: urls(),
    [`${folder}${name}/wsgi.py`]: wsgi(`${name}.settings`),
    ...guestbook(`${folder}${apps}guestbook`),
  };
}

export function without(files: Files, path: string): Files {
  return Object.fromEntries(Object.entries(files).filter(([name]) => name !== path));
}

export function woven(name: string, ...lines: readonly string[]): string {
  return [`domains = ["${name}.example.com"]`, ...lines, ""].join("\n");
}

export function isConfiguration(line: string): boolean {
  return line.trim() !== "" && !line.trim().startsWith("#");
}
