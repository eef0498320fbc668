from django.db import migrations


def sort_into_genera(apps, schema_editor):
    """The genus is the first word of the Latin name."""
    Genus = apps.get_model("catalogue", "Genus")
    Plant = apps.get_model("catalogue", "Plant")
    for plant in Plant.objects.filter(genus=None).exclude(latin_name=""):
        plant.genus, _ = Genus.objects.get_or_create(name=plant.latin_name.split()[0])
        plant.save(update_fields=["genus"])


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_genus")]

    operations = [migrations.RunPython(sort_into_genera, migrations.RunPython.noop)]
