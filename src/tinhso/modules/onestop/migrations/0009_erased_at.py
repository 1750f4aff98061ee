from django.db import migrations, models

from tinhso.base.columns import AddColumn


class Migration(migrations.Migration):
    dependencies = [("onestop", "0008_numbered_at")]

    operations = [
        AddColumn(
            model_name="dossier",
            name="erased_at",
            field=models.DateTimeField(
                blank=True, null=True, help_text="when its time was over and what is personal went"
            ),
        ),
    ]
