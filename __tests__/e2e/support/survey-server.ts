// Projects that need something of the server: a database, folders to write to, static files made elsewhere, room for a name of their own.
import { type SurveyProject, startproject, without, woven } from "./survey-project.ts";

/** A database on the server, which setupnode has made. */
const postgresql: SurveyProject = {
  name: "archive",
  shape: "PostgreSQL on the server, dj-database-url",
  title: "archive",
  database: "postgresql",
  env: ["SECRET_KEY=survey-archive-d14c60", "DATABASE_URL=postgres://archive:survey-archive-5e8b@localhost/archive"],
  files: {
    "requirements.txt": "Django>=5.2,<5.3\ndj-database-url\npsycopg[binary]\n",
    "woven.toml": woven("archive", 'extra-packages = ["postgresql"]'),
    ...startproject("archive", {
      imports: "import os\n\nimport dj_database_url\n",
      secretKey: 'os.environ["SECRET_KEY"]',
      database: 'dj_database_url.config(conn_max_age=600, env="DATABASE_URL")',
    }),
  },
};

/** A project with the name of a folder that Woven knows, and a style sheet for each. */
const media: SurveyProject = {
  name: "media",
  shape: "project called media",
  title: "media",
  files: {
    "requirements.txt": "Django>=5.2,<5.3\n",
    "woven.toml": woven("media"),
    ...startproject("media", { more: 'MEDIA_URL = "/uploads/"\nMEDIA_ROOT = BASE_DIR / "uploads"\n' }),
  },
};

/** It writes beside its code. */
const logs: SurveyProject = {
  name: "radio",
  shape: "writes to logs/ (writable)",
  title: "radio",
  writes: "logs/radio.log",
  files: {
    "requirements.txt": "Django>=5.2,<5.3\n",
    "logs/.gitkeep": "",
    ".gitignore": "logs/*\n!logs/.gitkeep\n",
    "woven.toml": woven("radio", 'writable = ["logs"]'),
    ...startproject("radio", {
      more: `LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"file": {"class": "logging.FileHandler", "filename": BASE_DIR / "logs" / "radio.log"}},
    "root": {"handlers": ["file"], "level": "INFO"},
}
`,
    }),
  },
};

/** A style sheet that a command makes, under a name with its hash. */
const build: SurveyProject = {
  name: "studio",
  shape: "build, manifest of static files, WhiteNoise",
  version: "3.3",
  title: "studio",
  files: {
    "pyproject.toml":
      '[project]\nname = "studio"\nversion = "3.3"\ndependencies = ["Django>=5.2,<5.3", "whitenoise"]\n',
    ".gitignore": "/assets/dist/\n",
    "assets/css/1-base.css": "body { margin: 0 }\n",
    "assets/css/2-theme.css": "body { color: rebeccapurple }\n",
    "assets/build.sh":
      "set -eu\nmkdir -p assets/dist/guestbook\ncat assets/css/*.css >assets/dist/guestbook/site.css\n",
    "woven.toml": woven("studio", 'build = ["sh assets/build.sh"]', 'include = ["assets/dist"]'),
    ...without(
      startproject("studio", {
        more: `MIDDLEWARE.insert(1, "whitenoise.middleware.WhiteNoiseMiddleware")
STATICFILES_DIRS = [BASE_DIR / "assets" / "dist"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
`,
      }),
      "guestbook/static/guestbook/site.css",
    ),
  },
};

/** Its static files are in the repository as they are to be served. */
const collected: SurveyProject = {
  name: "bazaar",
  shape: "collected-static",
  title: "bazaar",
  files: {
    "requirements.txt": "Django>=5.2,<5.3\n",
    "public/guestbook/site.css": "body { color: rebeccapurple }\n",
    "woven.toml": woven("bazaar", 'collected-static = "public"'),
    ...startproject("bazaar"),
  },
};

export const serverShapes: readonly SurveyProject[] = [postgresql, media, logs, build, collected];
