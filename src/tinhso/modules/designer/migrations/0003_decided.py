"""Who decided, to be told when it cannot come in force, and why something holds from the day of its approval."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("designer", "0002_kinds")]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="decided_key",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.AddField(
            model_name="draft",
            name="at_once",
            field=models.CharField(blank=True, db_default="", default="", max_length=1000),
        ),
    ]
