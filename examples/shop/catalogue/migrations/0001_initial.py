import django.contrib.sites.managers
import django.core.validators
import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("sites", "0002_alter_domain_unique")]

    operations = [
        migrations.CreateModel(
            name="Plant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True)),
                ("latin_name", models.CharField(max_length=120)),
                ("description", models.TextField(help_text="Markdown.")),
                ("price", models.DecimalField(decimal_places=2, max_digits=7)),
            ],
            options={"ordering": ["name"]},
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80)),
                (
                    "file",
                    models.FileField(
                        upload_to="photos/%Y",
                        validators=[
                            django.core.validators.FileExtensionValidator(["gif", "jpeg", "jpg", "png", "webp"])
                        ],
                    ),
                ),
                ("sent", models.DateTimeField(auto_now_add=True)),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="sites.site")),
            ],
            options={"ordering": ["-sent"]},
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("on_site", django.contrib.sites.managers.CurrentSiteManager()),
            ],
        ),
    ]
