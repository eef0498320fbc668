// Projects that differ in where their name, version and requirements are: folders, encodings, tags, and metadata of each kind.
import { guestbook, manage, type SurveyProject, settings, startproject, urls, woven, wsgi } from "./survey-project.ts";

const requirementsFolder: SurveyProject = {
  name: "festival",
  shape: "requirements/{base,dev,prod}.txt, settings package",
  title: "festival in production",
  files: {
    "requirements/base.txt": "Django>=5.2,<5.3\n",
    "requirements/dev.txt": "-r base.txt\ndjango-debug-toolbar\n",
    "requirements/prod.txt": "-r base.txt\nwhitenoise==6.12.0\n",
    "woven.toml": woven("festival"),
    "manage.py": manage("festival.settings.development"),
    "festival/__init__.py": "",
    "festival/urls.py": urls(),
    "festival/wsgi.py": wsgi("festival.settings.production"),
    "festival/settings/__init__.py": "",
    "festival/settings/base.py": settings({ title: "festival", urlconf: "festival.urls", depth: 2 }),
    "festival/settings/development.py": 'from .base import *\n\nINSTALLED_APPS += ["debug_toolbar"]\n',
    "festival/settings/production.py": `from .base import *

DEBUG = False
MIDDLEWARE.insert(1, "whitenoise.middleware.WhiteNoiseMiddleware")
SITE_TITLE = "festival in production"
`,
    ...guestbook("guestbook"),
  },
};

/** As PowerShell's `pip freeze > requirements.txt` writes it: with a mark of its byte order, and Windows' ends of lines. */
const utf16: SurveyProject = {
  name: "rowing",
  shape: "requirements.txt in UTF-16, version by a tag",
  version: "v2026.11",
  tags: ["v2026.11", "latest"],
  title: "rowing",
  django: "5.2.19",
  files: {
    "requirements.txt": Buffer.from(
      "\uFEFFasgiref==3.13.0\r\nDjango==5.2.19\r\nsqlparse==0.6.1\r\ntzdata==2026.6\r\n",
      "utf16le",
    ),
    "woven.toml": woven("rowing"),
    ...startproject("rowing"),
  },
};

/** A package for others, with a project that shows it. */
const reusableApp: SurveyProject = {
  name: "django-guestbook-plus",
  shape: "flit, dynamic version, example/example",
  version: "0.9.3",
  title: "example",
  files: {
    "pyproject.toml": `[build-system]
requires = ["flit_core>=3.9"]
build-backend = "flit_core.buildapi"

[project]
name = "django-guestbook-plus"
dynamic = ["version", "description"]
requires-python = ">=3.10"
dependencies = ["Django>=4.2"]

[tool.flit.module]
name = "guestbook_plus"
`,
    ...guestbook("guestbook_plus"),
    "guestbook_plus/__init__.py": '"""A book for guests."""\n\n__version__ = "0.9.3"\n',
    "guestbook_plus/apps.py": `from django.apps import AppConfig


class GuestbookConfig(AppConfig):
    name = "guestbook_plus"
    label = "guestbook"
`,
    "woven.toml": woven("django-guestbook-plus"),
    "example/manage.py": manage("example.settings"),
    "example/example/__init__.py": "",
    "example/example/settings.py": settings({ title: "example", urlconf: "example.urls", app: "guestbook_plus" }),
    "example/example/urls.py": urls("guestbook_plus"),
    "example/example/wsgi.py": wsgi("example.settings"),
  },
};

const setupCfg: SurveyProject = {
  name: "planner",
  shape: "setup.cfg, version by attr, src layout",
  version: "1.2.0",
  title: "planner",
  files: {
    "setup.py": "from setuptools import setup\n\nsetup()\n",
    "setup.cfg": `[metadata]
name = planner
version = attr: planner.__version__

[options]
package_dir =
    = src
packages = find:
python_requires = >=3.10
install_requires =
    Django>=5.2,<5.3

[options.packages.find]
where = src
`,
    "woven.toml": woven("planner"),
    ...startproject("planner", { folder: "src/" }),
    "src/planner/__init__.py": '__version__ = "1.2.0"\n',
  },
};

/** Written years ago, for a Django that is still supported here and there. */
const older: SurveyProject = {
  name: "garden",
  shape: "Django 4.2, setup.py with python_requires",
  version: "1.17.5",
  title: "garden",
  django: "4.2.30",
  files: {
    "setup.py": `from setuptools import find_packages, setup

setup(
    name="garden",
    version="1.17.5",
    packages=find_packages(),
    python_requires=">=3.8",
    install_requires=["Django==4.2.30"],
)
`,
    "woven.toml": woven("garden"),
    ...startproject("garden"),
  },
};

/** The newest Django, metadata alone, and no server among the requirements. */
const newest: SurveyProject = {
  name: "kiosk",
  shape: "Django 6.0, gunicorn added by Woven",
  version: "0.1.dev3",
  title: "kiosk",
  server: "gunicorn",
  files: {
    "pyproject.toml": `[project]
name = "kiosk"
version = "0.1.dev3"
requires-python = ">=3.12"
dependencies = ["Django>=6.0,<6.1"]
`,
    "woven.toml": woven("kiosk", 'server = "gunicorn"'),
    ...startproject("kiosk"),
  },
};

export const metadataShapes: readonly SurveyProject[] = [
  requirementsFolder,
  utf16,
  reusableApp,
  setupCfg,
  older,
  newest,
];
