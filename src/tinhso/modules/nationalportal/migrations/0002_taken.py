"""What the portal has taken is kept; what it was told in the last ninety days is entered."""

from typing import Any

from django.db import migrations, models
from django.db.models import Min

AT_ONCE = 1000


def enter(apps: Any, _editor: Any) -> None:
    """Enter every dossier of which the portal was told."""
    message, taken = (apps.get_model("nationalportal", name) for name in ("Message", "Taken"))
    told = message.objects.filter(state="sent", kind="dossier").values("dossier_code").annotate(at=Min("sent_at"))
    rows = [taken(dossier_code=row["dossier_code"], at=row["at"]) for row in told.iterator()]
    taken.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_ONCE)


class Migration(migrations.Migration):
    dependencies = [("nationalportal", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Taken",
            fields=[
                ("dossier_code", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(help_text="when that was first known")),
            ],
        ),
        migrations.RunPython(enter, migrations.RunPython.noop),
    ]
