"""Days that are closed once, so that midnight costs the same after a million tickets; appointments made by telephone."""

from datetime import timedelta
from typing import Any

from django.db import migrations, models

from tinhso.base.clock import civil_date, now
from tinhso.base.online import AddIndexOnline

CLOSED_BY_THE_FORMER_PROGRAM = timedelta(days=7)


def close_old_days(apps: Any, _editor: Any) -> None:
    """Mark days that the former program closed long ago; give each later appointment the row of its day."""
    line_days, appointments = apps.get_model("queueing", "LineDay"), apps.get_model("queueing", "Appointment")
    since = civil_date(now()) - CLOSED_BY_THE_FORMER_PROGRAM
    line_days.objects.filter(day__lt=since).update(ended_at=now())
    booked = appointments.objects.filter(day__gte=since).order_by().values("line_id", "day").distinct()
    rows = [
        line_days(id=f"{each['line_id']}:{each['day']}", line_id=each["line_id"], day=each["day"]) for each in booked
    ]
    line_days.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("queueing", "0001_initial")]

    operations = [
        migrations.AddField(
            "appointment",
            "booked_by",
            models.CharField(blank=True, db_default="", help_text="who wrote it down for a caller", max_length=60),
        ),
        migrations.AddField(
            "appointment",
            "phone",
            models.CharField(
                blank=True, db_default="", help_text="of who asked for it on the telephone", max_length=20
            ),
        ),
        migrations.AddField(
            "lineday",
            "ended_at",
            models.DateTimeField(
                blank=True, help_text="when the day was closed and its personal data erased", null=True
            ),
        ),
        AddIndexOnline("appointment", models.Index(fields=["state", "day"], name="queueing_appointment_state")),
        AddIndexOnline("appointment", models.Index(fields=["line", "day"], name="queueing_appointment_line")),
        AddIndexOnline(
            "lineday",
            models.Index(condition=models.Q(("ended_at__isnull", True)), fields=["day"], name="queueing_lineday_open"),
        ),
        migrations.RunPython(close_old_days, migrations.RunPython.noop),
    ]
