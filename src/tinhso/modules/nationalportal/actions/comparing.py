"""Comparing a day: what we know of the dossiers filed on it, and what the portal knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.registry import registry
from tinhso.kernel.casework.public import NationalCases, NationalPortal, Standing
from tinhso.kernel.journal.public import record
from tinhso.modules.nationalportal import access
from tinhso.modules.nationalportal.actions.telling import note_taken, tell_again
from tinhso.modules.nationalportal.models import (
    CentralDossier,
    Difference,
    DifferenceKind,
    Message,
    MessageState,
    Reconciliation,
)
from tinhso.modules.nationalportal.queries.central import is_central

AT_ONCE = 1000


def compare_day(portal: NationalPortal, day: date, *, actor: Actor, at: datetime) -> Reconciliation:
    """Ask the portal about a civil day and keep how both sides differ. Raises PortalAway, PortalRefuses, Forbidden."""
    require(access.can_compare, actor)
    return _keep(day, {one.code: one for one in portal.filed_on(day)}, actor=actor, at=at)


def standing_here(day: date) -> dict[str, Standing]:
    """Return every dossier of ours that was filed on a day."""
    found: dict[str, Standing] = {}
    cases, after = registry.one(NationalCases), ""
    while some := cases.filed_on(day, after, AT_ONCE):
        found |= {one.code: one for one in some}
        after = some[-1].code
    return found


@act
def _keep(day: date, there: Mapping[str, Standing], *, actor: Actor, at: datetime) -> Reconciliation:
    require(access.can_compare, actor)
    here = standing_here(day)
    central = {code: one for code, one in there.items() if code not in here and is_central(one.service, day)}
    _keep_central(central, at)
    note_taken(sorted(here.keys() & there.keys()), at)
    theirs = {code: one for code, one in there.items() if code not in central}
    found = [row for code in sorted({*here, *theirs}) if (row := _difference(day, here.get(code), theirs.get(code)))]
    waiting = set(
        Message.objects.filter(
            dossier_code__in=[row.dossier_code for row in found], state=MessageState.WAITING
        ).values_list("dossier_code", flat=True)
    )
    differ = [row for row in found if row.dossier_code not in waiting]
    before = dict(Difference.objects.filter(day=day).values_list("dossier_code", "sent_again_at"))
    for row in differ:
        row.sent_again_at = before.get(row.dossier_code)
    Difference.objects.filter(day=day).delete()
    Difference.objects.bulk_create(differ, batch_size=500)
    kept, _made = Reconciliation.objects.update_or_create(
        day=day,
        defaults={
            "at": at,
            "here": len(here),
            "there": len(theirs),
            "under_way": len(found) - len(differ),
            "differences": len(differ),
            "by_agency": _counts(here, theirs),
        },
    )
    record(
        "nationalportal.compared", ("day", f"{day}"), actor=actor, at=at, here=len(here), there=len(theirs),
        differences=len(differ), central=len(central),
    )  # fmt: skip
    return kept


def _difference(day: date, here: Standing | None, there: Standing | None) -> Difference | None:
    one = here or there
    assert one is not None
    if here and there and here.state == there.state:
        return None
    kind = DifferenceKind.STATE
    if here is None or there is None:
        kind = DifferenceKind.MISSING_THERE if there is None else DifferenceKind.MISSING_HERE
    return Difference(
        day=day,
        dossier_code=one.code,
        agency_code=one.agency,
        kind=kind,
        here=int(here.state) if here else 0,
        there=int(there.state) if there else 0,
    )


def _counts(here: Mapping[str, Standing], there: Mapping[str, Standing]) -> list[list[object]]:
    ours = Counter((one.agency, int(one.state)) for one in here.values())
    theirs = Counter((one.agency, int(one.state)) for one in there.values())
    return [[agency, state, ours[agency, state], theirs[agency, state]] for agency, state in sorted({*ours, *theirs})]


def _keep_central(found: Mapping[str, Standing], at: datetime) -> None:
    """Keep where dossiers stand that a central system works."""
    rows = [
        CentralDossier(
            code=one.code,
            service_code=one.service,
            agency_code=one.agency,
            state=int(one.state),
            filed_on=one.received_on,
            due_at=one.due_at,
            seen_at=at,
        )
        for one in found.values()
    ]
    CentralDossier.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["state", "agency_code", "service_code", "due_at", "seen_at"],
    )


@act
def send_differences(day: date, codes: list[str], *, actor: Actor, at: datetime) -> int:
    """Tell the portal again of what it does not know, or knows otherwise, of a day; return of how many dossiers."""
    require(access.can_tell, actor)
    rows = Difference.objects.filter(day=day, dossier_code__in=codes).exclude(kind=DifferenceKind.MISSING_HERE)
    found = list(rows.values_list("dossier_code", flat=True))
    for code in found:
        tell_again(code, actor=actor, at=at)
    rows.update(sent_again_at=at)
    record("nationalportal.told_again", ("day", f"{day}"), actor=actor, at=at, dossiers=len(found))
    return len(found)
