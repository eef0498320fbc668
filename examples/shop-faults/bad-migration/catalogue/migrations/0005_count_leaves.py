from django.db import migrations


def count_leaves(apps, schema_editor):
    raise RuntimeError("nobody can count the leaves of a fern")


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_sort_into_genera")]

    operations = [migrations.RunPython(count_leaves, migrations.RunPython.noop)]
