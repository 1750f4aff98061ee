# ruff: noqa: E402 - Django is set up before anything of ours is imported
"""What the new program finds on the tables that the old one wrote and it changed: reads every row, proves, and goes on."""

import json
import sys

import django

django.setup()

from django.apps import apps

from tinhso.base.clock import now
from tinhso.kernel.forms.kept import SEALED
from tinhso.kernel.journal import partitions
from tinhso.kernel.journal.public import verify_all
from tinhso.kernel.journal.sealing import seal_all
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.tests import playing

NEXT = {"filed": "accept", "accepted": "take", "taken": "propose", "proposed": "sign", "signed": "issue"}
left = json.loads(sys.argv[1])
who = playing.cast()
for station, act in NEXT.items():
    playing.ACTS[act](who, left[station], playing.later(60))
playing.returned(who)
seal_all(now())
report = verify_all()
rows = {model._meta.label: sum(1 for _row in model._default_manager.iterator()) for model in apps.get_models()}
found = {
    "rows": rows,
    "broken": [broken.text for broken in report.broken],
    "sealed": report.sealed,
    "answers": sum("registered_at" in row.answers.get("record", {}) for row in Dossier.objects.all()),
    "answers_sealed": sum(SEALED in kept for kept in Dossier.objects.values_list("answers", flat=True)),
    "codes": list(Dossier.objects.values_list("code", flat=True)),
    "years": len(partitions.partitions()),
}
sys.stdout.write(json.dumps(found))
