import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_first_plants")]

    operations = [
        migrations.CreateModel(
            name="Genus",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True)),
            ],
            options={"ordering": ["name"], "verbose_name_plural": "genera"},
        ),
        migrations.AddField(
            model_name="plant",
            name="genus",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to="catalogue.genus"
            ),
        ),
    ]
