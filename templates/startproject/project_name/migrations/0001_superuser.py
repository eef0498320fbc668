<%# superuser %>
"""
The first administrator. The account has no password, so nobody can log in before you set one: manage.py changepassword <% username %>
"""

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import migrations


def create(apps, schema_editor):
    users = apps.get_model(settings.AUTH_USER_MODEL).objects.using(schema_editor.connection.alias)
    users.get_or_create(
        username="<% username %>",
        defaults={
            "email": "<% email %>",
            "password": make_password(None),
            "is_staff": True,
            "is_superuser": True,
        },
    )


class Migration(migrations.Migration):
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
<%/ superuser %>
