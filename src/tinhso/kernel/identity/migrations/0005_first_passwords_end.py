from django.db import migrations, models

from tinhso.base.columns import AddColumn


class Migration(migrations.Migration):
    dependencies = [("identity", "0004_emergency")]

    operations = [AddColumn("account", "password_until", models.DateTimeField(null=True))]
