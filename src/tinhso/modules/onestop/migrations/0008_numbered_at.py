from django.db import migrations, models

from tinhso.base.columns import AddColumn


class Migration(migrations.Migration):
    dependencies = [("onestop", "0007_readings")]

    operations = [
        AddColumn(
            model_name="result",
            name="numbered_at",
            field=models.DateTimeField(
                blank=True, null=True, help_text="when it got this number: of which year's book"
            ),
        ),
    ]
