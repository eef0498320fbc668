// Projects whose packages are pinned: the lock file of each tool, and requirements with hashes.
import {
  hashedRequirements,
  oldPoetryLock,
  pdmLock,
  pipfileLock,
  poetryLock,
  uvLock,
  withDjango,
} from "./survey-locks.ts";
import { guestbook, manage, type SurveyProject, settings, startproject, urls, woven, wsgi } from "./survey-project.ts";

const locked = "5.2.19";

/** One lock at the top of the repository, for an application and a library of its own. */
const workspace: SurveyProject = {
  name: "bakery",
  shape: "uv workspace, working-directory",
  version: "1.0",
  title: "bakery: rye",
  workingDirectory: "backend",
  django: locked,
  files: {
    "pyproject.toml": '[tool.uv.workspace]\nmembers = ["backend", "libs/*"]\n',
    "uv.lock": uvLock(
      [
        `[manifest]\nmembers = [\n    "bakery",\n    "breads",\n]\n`,
        `[[package]]\nname = "bakery"\nversion = "1.0"\nsource = { virtual = "backend" }
dependencies = [\n    { name = "breads" },\n    { name = "django" },\n]\n
[package.dev-dependencies]\ndev = [\n    { name = "django-extensions" },\n]\n
[package.metadata]\nrequires-dist = [\n    { name = "breads", editable = "libs/breads" },\n    { name = "django", specifier = ">=5.2" },\n]\n
[package.metadata.requires-dev]\ndev = [{ name = "django-extensions" }]\n`,
        `[[package]]\nname = "breads"\nversion = "0.3"\nsource = { editable = "libs/breads" }\n`,
      ],
      ["django-extensions"],
    ),
    "libs/breads/pyproject.toml": `[project]
name = "breads"
version = "0.3"
description = "What can be baked"

[build-system]
requires = ["flit_core>=3.9"]
build-backend = "flit_core.buildapi"
`,
    "libs/breads/src/breads/__init__.py": 'FAVOURITE = "rye"\n',
    "backend/pyproject.toml": `[project]
name = "bakery"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["django>=5.2", "breads"]

[dependency-groups]
dev = ["django-extensions"]

[tool.uv.sources]
breads = { workspace = true }
`,
    "backend/woven.toml": woven("bakery"),
    ...startproject("bakery", {
      folder: "backend/",
      imports: "\nfrom breads import FAVOURITE\n",
      more: 'SITE_TITLE = f"bakery: {FAVOURITE}"\n',
    }),
  },
};

/** The server's packages are a group of their own, and so are the settings. */
const poetry: SurveyProject = {
  name: "chess-club",
  shape: "poetry.lock with groups",
  version: "2.1",
  title: "chess-club in production",
  django: locked,
  files: {
    "pyproject.toml": `[project]
name = "chess-club"
version = "2.1"
requires-python = ">=3.11"
dependencies = ["django (>=5.2,<5.3)"]

[tool.poetry]
package-mode = false

[tool.poetry.group.dev.dependencies]
django-extensions = "^4.0"

[tool.poetry.group.prod.dependencies]
whitenoise = "^6.7"
`,
    "poetry.lock": poetryLock({ dev: [...withDjango, "django-extensions"], prod: ["whitenoise"] }),
    "woven.toml": woven("chess-club", 'groups = ["prod"]'),
    "manage.py": manage("config.settings.dev"),
    "config/__init__.py": "",
    "config/urls.py": urls(),
    "config/wsgi.py": wsgi("config.settings.prod"),
    "config/settings/__init__.py": "",
    "config/settings/base.py": settings({ title: "chess-club", urlconf: "config.urls", depth: 2 }),
    "config/settings/dev.py": 'from .base import *\n\nINSTALLED_APPS += ["django_extensions"]\n',
    "config/settings/prod.py": `from .base import *

DEBUG = False
MIDDLEWARE.insert(1, "whitenoise.middleware.WhiteNoiseMiddleware")
SITE_TITLE = "chess-club in production"
`,
    ...guestbook("guestbook"),
  },
};

const oldPoetry: SurveyProject = {
  name: "choir",
  shape: "poetry.lock of Poetry 1, [tool.poetry]",
  version: "0.4.2",
  title: "choir",
  django: locked,
  files: {
    "pyproject.toml": `[tool.poetry]
name = "choir"
version = "0.4.2"
description = ""
authors = ["Ada <ada@example.com>"]

[tool.poetry.dependencies]
python = "^3.11"
Django = "~5.2"

[tool.poetry.dev-dependencies]
django-extensions = "^4.0"

[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
`,
    "poetry.lock": oldPoetryLock(["django-extensions"]),
    "woven.toml": woven("choir"),
    ...startproject("choir"),
  },
};

const pdm: SurveyProject = {
  name: "reading-room",
  shape: "pdm.lock, src layout",
  version: "3.0.1",
  title: "reading_room",
  django: locked,
  files: {
    "pyproject.toml": `[project]
name = "reading-room"
version = "3.0.1"
requires-python = ">=3.11"
dependencies = ["django~=5.2.0"]

[dependency-groups]
dev = ["django-extensions"]

[tool.pdm]
distribution = false
`,
    "pdm.lock": pdmLock({ default: [], dev: ["django-extensions"] }),
    "woven.toml": woven("reading-room"),
    ...startproject("reading_room", { folder: "src/" }),
  },
};

/** Nothing but the repository says what it is called. */
const pipenv: SurveyProject = {
  name: "museum",
  shape: "Pipfile.lock, python-decouple, no metadata",
  title: "museum of glass",
  django: locked,
  env: ["SECRET_KEY=survey-museum-5d0c27", "SITE_TITLE=museum of glass"],
  files: {
    Pipfile: `[[source]]
url = "https://pypi.org/simple"
verify_ssl = true
name = "pypi"

[packages]
django = "~=5.2.0"
python-decouple = "*"

[dev-packages]
django-extensions = "*"
`,
    "Pipfile.lock": pipfileLock(["python-decouple"], ["django-extensions"]),
    ".env.example": "SECRET_KEY=\nSITE_TITLE=\n",
    ".gitignore": ".env\n__pycache__/\n*.sqlite3\n",
    "woven.toml": woven("museum"),
    ...startproject("museum", {
      imports: "\nfrom decouple import Csv, config\n",
      secretKey: 'config("SECRET_KEY")',
      more: 'DEBUG = config("DEBUG", default=False, cast=bool)\nALLOWED_HOSTS = config("ALLOWED_HOSTS", default="", cast=Csv())\nSITE_TITLE = config("SITE_TITLE")\n',
    }),
  },
};

/** Pinned with hashes, and manage.py puts a folder of apps on Python's path. */
const hashes: SurveyProject = {
  name: "school",
  shape: "requirements with hashes, folder of apps",
  title: "school",
  django: locked,
  files: {
    "requirements.in": "Django>=5.2,<5.3\n",
    "requirements.txt": hashedRequirements(),
    "woven.toml": woven("school", 'project-apps-path = "apps"'),
    ...startproject("school", { apps: "apps/" }),
    "manage.py": manage(
      "school.settings",
      'sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "apps"))\n\n',
    ),
  },
};

export const lockedShapes: readonly SurveyProject[] = [workspace, poetry, oldPoetry, pdm, pipenv, hashes];
