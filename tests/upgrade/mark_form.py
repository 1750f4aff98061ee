# ruff: noqa: E402 - Django is set up before anything of ours is imported
"""The new program publishes a form with a sensitive question while the old one works; a ring lies there from before."""

import json
import sys
from pathlib import Path

import django

django.setup()

from tinhso.base.actors import system
from tinhso.base.clock import now
from tinhso.base.sealing import add_key, ring_path, seals_answers
from tinhso.kernel.forms.kept import SEALED
from tinhso.kernel.forms.public import publish_form
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.tests import playing

folder = Path(sys.argv[1]) / "forms"
schema = json.loads((folder / f"{playing.COPY}.json").read_text("utf-8"))
schema["properties"]["record"]["properties"]["registered_at"]["x-sensitive"] = "private_life"
publish_form(
    playing.COPY,
    schema,
    common=json.loads((folder / "_common.json").read_text("utf-8")),
    actor=system("loader"),
    at=now(),
)
add_key(at=now())
# as the old program writes its ring
kept = json.loads(ring_path().read_text("utf-8"))
del kept["answers"]
ring_path().write_text(json.dumps(kept), "utf-8")
assert not seals_answers()
code = playing.file(playing.citizen()).code
(answers,) = Dossier.objects.filter(code=code).values_list("answers", flat=True)
assert SEALED not in answers, "sealed while the old program runs"
sys.stdout.write(code)
