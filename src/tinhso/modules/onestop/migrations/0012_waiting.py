"""Indexes by which inspection finds what has waited for too long: of those that wait only, so small however many there are."""

from django.db import migrations, models

from tinhso.base.online import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("onestop", "0011_cash_and_statements")]

    operations = [
        AddIndexOnline(
            model_name="dossier",
            index=models.Index(fields=["submitted_at", "code"], condition=models.Q(state=1), name="onestop_waits_filed"),
        ),
        AddIndexOnline(
            model_name="dossier",
            index=models.Index(
                fields=["received_at", "code"], condition=models.Q(state=2), name="onestop_waits_accepted"
            ),
        ),
        AddIndexOnline(
            model_name="dossier",
            index=models.Index(
                fields=["due_at", "code"], condition=models.Q(state__in=[2, 4]), name="onestop_waits_due"
            ),
        ),
        AddIndexOnline(
            model_name="dossier",
            index=models.Index(fields=["paused_at", "code"], condition=models.Q(state=5), name="onestop_waits_paused"),
        ),
        AddIndexOnline(
            model_name="result",
            index=models.Index(
                fields=["signed_at"], condition=models.Q(issued_at__isnull=True), name="onestop_waits_signed"
            ),
        ),
    ]
