from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Card",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=200)),
                ("pages", models.PositiveSmallIntegerField(default=0)),
                ("written_by", models.CharField(blank=True, max_length=200)),
            ],
        ),
    ]
