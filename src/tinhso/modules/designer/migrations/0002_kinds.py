"""Drafts of forms beside those of flows; all before this one were flows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("designer", "0001_drafts")]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="kind",
            field=models.CharField(
                choices=[("flow", "Flow"), ("form", "Form")], db_default="flow", default="flow", max_length=10
            ),
        ),
    ]
