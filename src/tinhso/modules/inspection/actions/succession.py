"""A reform ended agencies: findings that somebody still has to answer or judge go to the heads of those that took over."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count as Number

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import Count, Heirs
from tinhso.modules.inspection.models import UNDONE, Finding, FindingState


def count_findings(heirs: Heirs) -> list[Count]:
    """Return how many findings are undone in each agency that ends, by state. One statement."""
    rows = Finding.objects.filter(agency_code__in=heirs.ended, state__in=UNDONE).values_list("agency_code", "state")
    counted = rows.annotate(n=Number("pk")).order_by("agency_code", "state")
    return [Count(code, str(FindingState(state).label), n, heirs.of(code)) for code, state, n in counted]


@act
def hand_on_findings(heirs: Heirs, *, limit: int, actor: Actor, at: datetime) -> int:
    """
    Let the heads of successors see and answer a batch of findings; return how many.

    Whom it concerns, who was given it, its facts and its time to answer stay.
    """
    require(by_system, actor)
    rows = Finding.objects.select_for_update().filter(agency_code__in=heirs.movable, state__in=UNDONE)
    found = list(rows.order_by("pk")[:limit])
    for finding in found:
        was, finding.agency_code = finding.agency_code, heirs.of(finding.agency_code)
        finding.revision += 1
        record("inspection.finding_handed_on", finding, actor=actor, at=at, was=was, agency=finding.agency_code)
    Finding.objects.bulk_update(found, ["agency_code", "revision"])
    return len(found)
