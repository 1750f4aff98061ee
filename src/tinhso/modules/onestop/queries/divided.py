"""Dossiers and parts of divided agencies that wait for a person to say who goes on with them: code and agencies, no names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tinhso.base.actors import Actor
from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.public import Participant, agencies_taking_part, open_parts_of
from tinhso.kernel.organisation.public import (
    Heirs,
    agencies_by_code,
    heirs_of,
    last_known_agency,
    latest_agencies,
    list_reforms,
    successors,
)
from tinhso.law.states import NationalState
from tinhso.modules.onestop import access
from tinhso.modules.onestop.models import AgencyChange, DeliveryState, Dossier
from tinhso.modules.onestop.queries.succession import OPEN
from tinhso.web.words import own

KEPT, BY_HAND = "kept", "by_hand"
MOST = 500


@dataclass(frozen=True, slots=True)
class Waiting:
    """A dossier, or a part of one, that nobody has given to a successor."""

    code: str
    part: str
    """Key of the participant; empty: the dossier itself."""
    was: str
    """Name of the divided agency."""
    now: str
    """Name of the agency that keeps it meanwhile; empty: nobody."""
    since: datetime | None


def list_waiting(actor: Actor, *, at: datetime) -> list[Waiting]:
    """Return what waits, the longest first, at most 500 of each."""
    require(access.sees_what_waits, actor)
    return [*_dossiers(), *_parts(civil_date(at))]


def count_waiting(actor: Actor, at: datetime) -> int:
    """Return how much waits, for the menu; nothing for who may not see it."""
    return len(list_waiting(actor, at=at)) if access.sees_what_waits(actor) else 0


def _dossiers() -> list[Waiting]:
    rows = AgencyChange.objects.filter(why=KEPT, dossier__state__in=OPEN).select_related("dossier").order_by("at", "id")
    moved = set(AgencyChange.objects.filter(why=BY_HAND).values_list("dossier_id", flat=True))
    kept = [row for row in rows[:MOST] if row.dossier_id not in moved and row.agency_became == row.dossier.agency_code]
    names = _names({code for row in kept for code in (row.agency_was, row.agency_became)})
    return [
        Waiting(
            row.dossier.code, "", names.get(row.agency_was, row.agency_was), names.get(row.agency_became, ""), row.at
        )
        for row in kept
    ]


def _parts(on: date) -> list[Waiting]:
    parts = parts_waiting(on)
    codes = {part.case_id: part.case.subject_key for part in parts}
    known = set(Dossier.objects.filter(case_id__in=list(codes)).values_list("case_id", flat=True))
    names = _names({part.agency_code for part in parts})
    return [
        Waiting(codes[part.case_id], part.key, names.get(part.agency_code, part.agency_code), "", part.started_at)
        for part in parts[:MOST]
        if part.case_id in known
    ]


def parts_waiting(on: date) -> list[Participant]:
    """Return the parts of agencies that ceased and that several took over: nobody can know which of them it is."""
    codes = agencies_taking_part()
    standing = agencies_by_code(codes, on)
    divided = [code for code in codes if code not in standing and len(successors(code, on)) > 1]
    return open_parts_of(divided) if divided else []


def part_waiting(dossier: Dossier, key: str, on: date) -> Participant:
    """Return such a part of a dossier. Raises NotFound."""
    found = next((each for each in parts_waiting(on) if (each.case_id, each.key) == (dossier.case_id, key)), None)
    if found is None:
        raise NotFound
    return found


def is_movable(dossier: Dossier) -> bool:
    """Tell whether anything is still to be done with a dossier: it runs, or its result waits."""
    return NationalState(dossier.state).is_open or dossier.delivery == DeliveryState.READY


def origin_of(dossier: Dossier) -> tuple[AgencyChange, Heirs, str]:
    """
    Return where a dossier was before a reform divided its agency, who took over, and which agency was divided.

    Raises NotFound for a dossier of which nobody has to say who goes on.
    """
    change = AgencyChange.objects.filter(dossier=dossier).order_by("at", "id").first()
    for reform in list_reforms() if change else ():
        heirs = heirs_of(reform)
        ended = change is not None and change.agency_was in set(heirs.ended)
        if change and ended and (divided := heirs.divided_above(change.agency_was)):
            return change, heirs, divided
    raise NotFound


def choices(codes: Iterable[str], on: date) -> list[tuple[str, str]]:
    """Return code and name of agencies, for a form."""
    found = agencies_by_code(codes, on)
    return [(code, f"{own(row, 'name')} ({code})") for code, row in sorted(found.items())]


def takers_of(dossier: Dossier, part: str, on: date) -> list[tuple[str, str]]:
    """Return who may go on with a dossier, or with a part of it. Raises NotFound where nobody has to choose."""
    if part:
        agency = part_waiting(dossier, part, on).agency_code
        return choices([each.code for each in successors(agency, on)], on)
    _change, heirs, divided = origin_of(dossier)
    return choices(heirs.takers(divided), on)


def get_waiting(code: str, *, seen_by: Actor) -> Dossier:
    """Return a dossier to who hands it on, whatever agency has it. Raises NotFound."""
    require(access.can_hand_on_by_hand, seen_by)
    found = Dossier.objects.defer("answers", "components", "fee_steps").filter(code=code).first()
    if found is None or not is_movable(found):
        raise NotFound
    return found


def _names(codes: Iterable[str]) -> dict[str, str]:
    return {code: str(own(row, "name")) for code, row in latest_agencies(codes).items()}


def name_of(code: str) -> str:
    """Return the name of an agency, whether it stands or not. Raises NotFound."""
    return str(own(last_known_agency(code), "name"))
