from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_sort_into_genera")]

    operations = [
        migrations.AddField(
            model_name="plant",
            name="stock",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
    ]
