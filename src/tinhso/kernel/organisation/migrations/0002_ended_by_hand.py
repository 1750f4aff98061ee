"""
Tenures and delegations remember that somebody ended them by hand, so that no load of a pack gives them back.

Code of before runs on these tables: it leaves the new columns empty. What was ended by hand until now is told by the
journal; the rows looked at are those with an end, a few thousand at most, each by the index of its subject.
"""

from datetime import timedelta

from django.db import migrations, models
from django.db.models import Q

from tinhso.base.clock import civil_date

TENURE_ENDED, DELEGATION_REVOKED = "organisation.tenure_ended", "organisation.delegation_revoked"


def mark(apps, schema_editor):
    tenure, delegation = (apps.get_model("organisation", name) for name in ("Tenure", "Delegation"))
    for row in tenure.objects.filter(withdrawn_at=None, ended_at=None).exclude(valid_to=None).iterator():
        for at, facts in told(apps, TENURE_ENDED, row.official_id):
            if (facts.get("post"), facts.get("valid_to")) == (row.post_code, row.valid_to.isoformat()):
                tenure.objects.filter(pk=row.pk).update(ended_at=at)
    ended = ~Q(valid_to=None, withdrawn_at=None)
    for row in delegation.objects.filter(ended, ended_at=None).iterator():
        for at, facts in told(apps, DELEGATION_REVOKED, row.to_official_id):
            on_time = row.withdrawn_at == at or (
                row.withdrawn_at is None and row.valid_to == civil_date(at) - timedelta(days=1)
            )
            if facts.get("post") == row.post_code and on_time:
                delegation.objects.filter(pk=row.pk).update(ended_at=at)


def told(apps, event, official):
    entries = apps.get_model("journal", "Entry").objects
    return entries.filter(subject_type="official", subject_key=str(official), event=event).values_list("at", "facts")


class Migration(migrations.Migration):
    dependencies = [("organisation", "0001_initial"), ("journal", "0001_initial")]
    operations = [
        migrations.AddField("tenure", "ended_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("delegation", "ended_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
