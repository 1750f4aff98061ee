"""The triggers that keep the journal append-only. Apart from 0001, which is generated."""

from django.db import migrations

from tinhso.kernel.journal import guards


def put_up(apps, schema_editor):
    guards.create(schema_editor.connection)


def take_down(apps, schema_editor):
    guards.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunPython(put_up, take_down)]
