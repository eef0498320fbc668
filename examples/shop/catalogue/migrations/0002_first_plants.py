from django.db import migrations

PLANTS = [
    ("Bird's nest fern", "Asplenium nidus", "Likes **shade** and a damp bathroom.", "14.50"),
    ("Mother fern", "Asplenium bulbiferum", "Carries its young on its own leaves.", "19.00"),
    ("Swiss cheese plant", "Monstera deliciosa", "Grows *towards* you. Give it a pole, and room.", "32.00"),
]


def plant(apps, schema_editor):
    Plant = apps.get_model("catalogue", "Plant")
    for name, latin_name, description, price in PLANTS:
        Plant.objects.create(name=name, latin_name=latin_name, description=description, price=price)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]
