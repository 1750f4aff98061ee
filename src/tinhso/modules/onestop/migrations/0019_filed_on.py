"""Dossiers by the day on which they were filed: each night those of many days are compared with the national portal."""

from django.db import migrations, models

from tinhso.base.online import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('onestop', '0018_books_left'),
    ]

    operations = [
        AddIndexOnline("dossier", models.Index(fields=["submitted_at"], name="onestop_dossier_submitted")),
    ]
