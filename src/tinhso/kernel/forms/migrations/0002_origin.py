"""Where a version of a form was written; all before this one came with the pack."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forms", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="formversion",
            name="origin",
            field=models.CharField(choices=[("pack", "Pack"), ("page", "Designer")], db_default="pack", default="pack", max_length=4),
        ),
    ]
