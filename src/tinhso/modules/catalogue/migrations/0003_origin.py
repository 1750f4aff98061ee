"""Where a version of a procedure was written; all before this one came with the pack."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_search")]

    operations = [
        migrations.AddField(
            model_name="procedure",
            name="origin",
            field=models.CharField(choices=[("pack", "Pack"), ("page", "Designer")], db_default="pack", default="pack", max_length=4),
        ),
        migrations.AddField(
            model_name="procedure",
            name="pack_content",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=64,
                help_text="of what was written in the designer: the content that the pack had then; empty where it had none",
            ),
        ),
    ]
