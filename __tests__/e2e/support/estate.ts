// A project with several sites in one settings file, as many tenants have it: the OS user decides which one a process is. Its pages say
// what they are.

export const estate = {
  "requirements.txt": "Django==5.2.19\nasgiref==3.13.0\nsqlparse==0.6.1\n",
  "woven.toml": `distribution = "estate"
server = "gunicorn"
domains = ["one.example.com", "admin.one.example.com"]
exclude = ["woven.toml"]

[env]
MOTTO = "for all"

[sites.12]
domains = ["twelve.example.com"]

[sites.12.env]
MOTTO = "for twelve"
`,
  "manage.py": `import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "estate.settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
`,
  "estate/__init__.py": "",
  "estate/settings.py": `import getpass
import os
USER = getpass.getuser()
SITE_ID = int(USER.rpartition("_")[2])
SECRET_KEY = "a key of a test"
INSTALLED_APPS = ["django.contrib.sites", "estate"]
ROOT_URLCONF = "estate.urls"
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "/home/woven/database/estate-shared.db"},
    "tenant": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"/home/woven/database/estate-{USER}.db"},
    "mirror": {"ENGINE": "django.db.backends.sqlite3", "NAME": "/home/woven/database/estate-mirror.db"},
}
DATABASE_ROUTERS = ["estate.routers.Tenants"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
VIEW = "site"
`,
  "estate/admin_settings.py": `from estate.settings import *
VIEW = "admin"
`,
  "estate/broken_settings.py": `from estate.settings import *
INSTALLED_APPS = [*INSTALLED_APPS, "no_such_app"]
`,
  "estate/unhealthy_settings.py": `from estate.settings import *
VIEW = "unhealthy"
`,
  "estate/routers.py": `class Tenants:
    def db_for_read(self, model, **hints):
        return "tenant" if model._meta.app_label == "estate" else "default"
    db_for_write = db_for_read
    def allow_migrate(self, db, app_label, **hints):
        return db == ("tenant" if app_label == "estate" else "default")
`,
  "estate/models.py": `from django.db import models
class Visit(models.Model):
    site = models.IntegerField()
`,
  "estate/migrations/__init__.py": "",
  "estate/migrations/0001_initial.py": `from django.db import migrations, models
class Migration(migrations.Migration):
    operations = [migrations.CreateModel("Visit", [
        ("id", models.AutoField(primary_key=True)),
        ("site", models.IntegerField()),
    ])]
`,
  "estate/urls.py": `import getpass, os
from django.conf import settings
from django.contrib.sites.models import Site
from django.http import JsonResponse
from django.urls import path
from estate.models import Visit
def version(request):
    if settings.VIEW == "unhealthy":
        raise RuntimeError("this tenant has no shop")
    # Once: a crowd that writes at each request locks an SQLite database longer than Django waits.
    if not Visit.objects.filter(site=settings.SITE_ID).exists():
        Visit.objects.create(site=settings.SITE_ID)
    return JsonResponse({
        "site_id": settings.SITE_ID,
        "user": getpass.getuser(),
        "view": settings.VIEW,
        "motto": os.environ.get("MOTTO"),
        "key": os.environ.get("TENANT_KEY"),
        "visits": sorted(set(Visit.objects.values_list("site", flat=True))),
        "sites": list(Site.objects.order_by("pk").values_list("pk", flat=True)),
    })
urlpatterns = [path("", version), path("version", version)]
`,
} as const;

/** What a page of it says. */
export interface Estate {
  readonly site_id: number;
  readonly user: string;
  readonly view: string;
  readonly motto: string | null;
  readonly key: string | null;
  readonly visits: readonly number[];
}
