"""What a participant whose agency ceased has before it goes to the agency that took over, clock and all."""

from __future__ import annotations

from datetime import datetime

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.kernel.casework.public import succeed
from tinhso.kernel.journal.public import record
from tinhso.modules.onestop.actions.steps import save
from tinhso.modules.onestop.models import Dossier


@act
def hand_to_successor(before: str, after: str, *, actor: Actor, at: datetime) -> int:
    """
    Hand every part that an agency has before it to its successor, whose people then see the dossiers. Returns how many.

    The clocks run on. Again finds nothing.
    """
    require(by_system, actor)
    cases = succeed(before, after, actor=actor, at=at)
    found = Dossier.objects.select_for_update().filter(case_id__in=[case.pk for case in cases])
    for dossier in found.order_by("pk"):
        parts = {after if code == before else code for code in dossier.shared_with.split()}
        dossier.shared_with = " ".join(sorted(parts - {dossier.agency_code, dossier.desk_code, dossier.office_code}))
        save(dossier, "shared_with")
        record("onestop.part_handed_over", dossier, actor=actor, at=at, before=before, agency=after)
    return len(cases)
