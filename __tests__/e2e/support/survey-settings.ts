// Projects that differ in what their settings are: variables, classes, objects, packages of modules.
import { guestbook, manage, type SurveyProject, settings, startproject, urls, woven, wsgi } from "./survey-project.ts";

const metadata = (name: string, version: string, ...dependencies: readonly string[]) => `[project]
name = "${name}"
version = "${version}"
dependencies = ${JSON.stringify(["Django>=5.2,<5.3", ...dependencies])}
`;

/** Whose settings want variables, a database in an address, and a `.env` that git ignores. */
const environ: SurveyProject = {
  name: "clinic",
  shape: "django-environ",
  title: "clinic for birds",
  env: ["SECRET_KEY=survey-clinic-93ab1e", "DATABASE_URL=sqlite:///clinic.sqlite3", "CLINIC_TITLE='clinic for birds'"],
  files: {
    "requirements.txt": "Django~=5.2.0\ndjango-environ\n",
    ".gitignore": ".env\n",
    "woven.toml": woven("clinic"),
    ...startproject("clinic", {
      imports: "\nimport environ\n\nenv = environ.Env(DEBUG=(bool, False))\n",
      secretKey: 'env("SECRET_KEY")',
      database: "env.db()",
      more: 'environ.Env.read_env(BASE_DIR / ".env")\nDEBUG = env("DEBUG")\nSITE_TITLE = env("CLINIC_TITLE")\n',
    }),
  },
};

/** Settings as classes, of which wsgi.py names the one for production. */
const configurations: SurveyProject = {
  name: "observatory",
  shape: "django-configurations",
  version: "5.1",
  title: "observatory at night",
  env: ["DJANGO_SECRET_KEY=survey-observatory-0f41bd"],
  files: {
    "pyproject.toml": metadata("observatory", "5.1", "django-configurations"),
    "woven.toml": woven("observatory"),
    ...guestbook("guestbook"),
    "manage.py": `import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "observatory.settings")
    os.environ.setdefault("DJANGO_CONFIGURATION", "Development")
    from configurations.management import execute_from_command_line

    execute_from_command_line(sys.argv)
`,
    "observatory/__init__.py": "",
    "observatory/urls.py": urls(),
    "observatory/wsgi.py": `import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "observatory.settings")
os.environ.setdefault("DJANGO_CONFIGURATION", "Production")

from configurations.wsgi import get_wsgi_application

application = get_wsgi_application()
`,
    "observatory/settings.py": configurationClasses(),
  },
};

function configurationClasses(): string {
  const [imports = "", body = ""] = settings({ title: "observatory", urlconf: "observatory.urls" }).split(
    /(?<=parent\n)/,
  );
  const [, ...lines] = body.split("\n");
  return `${imports}
from configurations import Configuration, values


class Base(Configuration):
    BASE_DIR = BASE_DIR
${lines.map((line) => (line === "" ? "" : `    ${line}`)).join("\n")}

class Development(Base):
    SECRET_KEY = "for development"


class Production(Base):
    DEBUG = False
    SECRET_KEY = values.SecretValue()
    SITE_TITLE = "observatory at night"
`;
}

/** A lazy object takes the place of Django's settings, and reads files and variables. */
const dynaconf: SurveyProject = {
  name: "harbour",
  shape: "dynaconf, a lazy object as settings",
  version: "2.0",
  title: "harbour in production",
  env: ["DJANGO_SECRET_KEY=survey-harbour-c8e03f"],
  files: {
    "pyproject.toml": metadata("harbour", "2.0", "dynaconf"),
    "settings.toml": '[default]\nsite_title = "harbour"\n\n[production]\nsite_title = "harbour in production"\n',
    "woven.toml": woven("harbour", 'env.ENV_FOR_DYNACONF = "production"'),
    ...startproject("harbour", {
      more: `
import dynaconf  # noqa: E402

settings = dynaconf.DjangoDynaconf(
    __name__,
    environments=True,
    root_path=BASE_DIR,
    settings_files=["settings.toml"],
    env_switcher="ENV_FOR_DYNACONF",
)
`,
    }),
  },
};

/** One file for each part of the settings, and one for each place where it runs. */
const split: SurveyProject = {
  name: "ferry",
  shape: "django-split-settings",
  title: "ferry in production",
  env: ["DJANGO_SECRET_KEY=survey-ferry-40c9d2"],
  files: {
    "requirements.txt": "Django>=5.2,<5.3\ndjango-split-settings\npython-decouple\n",
    "woven.toml": woven("ferry", 'env.DJANGO_ENV = "production"'),
    "manage.py": manage("server.settings"),
    "server/__init__.py": "",
    "server/urls.py": urls(),
    "server/wsgi.py": wsgi("server.settings"),
    "server/settings/__init__.py": `from os import environ

from split_settings.tools import include, optional

environ.setdefault("DJANGO_ENV", "development")
_ENV = environ["DJANGO_ENV"]

include("components/common.py", f"environments/{_ENV}.py", optional("environments/local.py"))
`,
    "server/settings/components/__init__.py": `from pathlib import Path

from decouple import AutoConfig

BASE_DIR = Path(__file__).resolve().parent.parent.parent.parent
config = AutoConfig(search_path=BASE_DIR / "config")
`,
    "server/settings/components/common.py": settings({
      title: "ferry",
      urlconf: "server.urls",
      depth: 3,
      imports: "\nfrom server.settings.components import config\n",
      secretKey: 'config("DJANGO_SECRET_KEY")',
    }),
    "server/settings/environments/__init__.py": "",
    "server/settings/environments/development.py": "DEBUG = True\n",
    "server/settings/environments/production.py": 'DEBUG = False\nSITE_TITLE = "ferry in production"\n',
    ...guestbook("guestbook"),
  },
};

/** The variables are the fields of a class. */
const pydantic: SurveyProject = {
  name: "weather",
  shape: "pydantic-settings",
  version: "0.3.0",
  title: "weather for sailors",
  env: ["WEATHER_SECRET_KEY=survey-weather-7b22d4", "WEATHER_SITE_TITLE=weather for sailors"],
  files: {
    "pyproject.toml": metadata("weather", "0.3.0", "pydantic-settings"),
    "woven.toml": woven("weather"),
    ...startproject("weather", {
      imports: `
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="WEATHER_")

    secret_key: SecretStr
    site_title: str
    debug: bool = False


environment = Environment()
`,
      secretKey: "environment.secret_key.get_secret_value()",
      more: "DEBUG = environment.debug\nSITE_TITLE = environment.site_title\n",
    }),
  },
};

/** As Wagtail's template has it: wsgi.py names the settings for development, and those for production stand beside them. */
const wagtailLike: SurveyProject = {
  name: "magazine",
  shape: "wsgi.py names dev, settings-module",
  title: "magazine in production",
  files: {
    "requirements.txt": "Django>=5.2,<5.3\n",
    "woven.toml": woven("magazine", 'settings-module = "magazine.settings.production"'),
    "manage.py": manage("magazine.settings.dev"),
    "magazine/__init__.py": "",
    "magazine/urls.py": urls(),
    "magazine/wsgi.py": wsgi("magazine.settings.dev"),
    "magazine/settings/__init__.py": "",
    "magazine/settings/base.py": settings({ title: "magazine", urlconf: "magazine.urls", depth: 2 }),
    "magazine/settings/dev.py": "from .base import *\n",
    "magazine/settings/production.py": 'from .base import *\n\nDEBUG = False\nSITE_TITLE = "magazine in production"\n',
    ...guestbook("guestbook"),
  },
};

/** Settings in a folder that is called as many a virtualenv is. */
const envFolder: SurveyProject = {
  name: "theatre",
  shape: "settings in env/, gunicorn pinned",
  title: "theatre in production",
  server: "gunicorn",
  files: {
    "requirements.txt": "Django>=5.2,<5.3\ngunicorn==23.0.0\n",
    "woven.toml": woven("theatre", 'server = "gunicorn"'),
    "manage.py": manage("env.local"),
    "env/__init__.py": "",
    "env/base.py": settings({ title: "theatre", urlconf: "theatre.urls" }),
    "env/local.py": "from .base import *\n",
    "env/production.py": 'from .base import *\n\nDEBUG = False\nSITE_TITLE = "theatre in production"\n',
    "theatre/__init__.py": "",
    "theatre/urls.py": urls(),
    "theatre/wsgi.py": wsgi("env.production"),
    ...guestbook("guestbook"),
  },
};

export const settingsShapes: readonly SurveyProject[] = [
  environ,
  configurations,
  dynaconf,
  split,
  pydantic,
  wagtailLike,
  envFolder,
];
