from django.db import migrations, models

from tinhso.base.columns import AddColumn


class Migration(migrations.Migration):
    dependencies = [("onestop", "0005_supplement_answer")]

    operations = [
        AddColumn(
            model_name="dossier",
            name="is_declared_whole",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="the form found nothing missing or wrong in the answers as they are",
            ),
        ),
    ]
