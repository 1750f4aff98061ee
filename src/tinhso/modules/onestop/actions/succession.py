"""A reform ended agencies: dossiers in flight and drafts go on in those that took over, as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.kernel.casework.public import hand_on_cases
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import Agency, Heirs
from tinhso.law.states import NationalState
from tinhso.modules.onestop.models import AgencyChange, Application, Dossier, Lateness
from tinhso.modules.onestop.queries import succession as read

_WRITTEN = (
    "agency_code", "agency_name", "agency_name_en", "desk_code", "office_code", "shared_with", "book_desk", "agent_code",
    "revision",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Move:
    """Where one dossier was and where it goes."""

    dossier: Dossier
    unit: str
    desk_was: str
    agency_was: str
    office_was: str


@act
def hand_on_dossiers(heirs: Heirs, *, limit: int, actor: Actor, at: datetime) -> int:
    """
    Hand on a batch of dossiers that still need an agency that ended; return how many.

    The code, the terms of the day of filing, the due date and the order stay. A dossier that is settled keeps the agency
    that settled it: only where its result is handed over changes. Each gets its line and a note of what changed.
    """
    require(by_system, actor)
    dossiers = read.dossiers_to_hand_on(heirs, limit=limit)
    if not dossiers:
        return 0
    moves = [_hand_on(dossier, heirs) for dossier in dossiers]
    Dossier.objects.bulk_update(dossiers, _WRITTEN)
    AgencyChange.objects.bulk_create(_note(move, heirs, at) for move in moves)
    units = {move.dossier.case_id: move.unit for move in moves if move.dossier.case_id}
    hand_on_cases(list(units), _finder(heirs, units), actor=actor, at=at)
    explain_there(dossiers)
    for move in moves:
        tell(move.dossier, move.agency_was, heirs, actor, at)
    return len(moves)


def _hand_on(dossier: Dossier, heirs: Heirs) -> _Move:
    unit = read.unit_in(dossier.answers) if _is_divided(dossier, heirs) else ""
    move = _Move(dossier, unit, dossier.desk_code, dossier.agency_code, dossier.office_code)
    dossier.desk_code = heirs.of(move.desk_was, unit=unit)
    _keep_line(dossier, move.desk_was)
    if NationalState(dossier.state).is_open:
        dossier.agency_code = heirs.of(move.agency_was, unit=unit)
        dossier.office_code = _office(move, heirs)
        dossier.agent_code = heirs.of(dossier.agent_code)
        shared = {heirs.of(code, unit=unit) for code in dossier.shared_with.split()}
        own = {dossier.agency_code, dossier.desk_code, dossier.office_code}
        dossier.shared_with = " ".join(sorted(shared - own))
        name = heirs.after.get(dossier.agency_code)
        if name and dossier.agency_code != move.agency_was:
            dossier.agency_name, dossier.agency_name_en = name.name, name.name_en
    dossier.revision += 1
    return move


def explain_there(dossiers: list[Dossier]) -> None:
    """Let who settles a late dossier now say why, where nobody has."""
    known = {dossier.pk: dossier for dossier in dossiers}
    rows = list(Lateness.objects.filter(pk__in=known, stated_at__isnull=True, over_at__isnull=True))
    for row in rows:
        row.agency_code, row.office_code = known[row.pk].agency_code, known[row.pk].office_code
    if rows:
        Lateness.objects.bulk_update(rows, ["agency_code", "office_code"])


def _keep_line(dossier: Dossier, desk_was: str) -> None:
    """Leave the line in the book of the desk that received it: the successor's book has its own numbers."""
    if dossier.received_at and not dossier.book_desk and dossier.desk_code != desk_was:
        dossier.book_desk = desk_was


def _office(move: _Move, heirs: Heirs) -> str:
    if not move.office_was:
        return ""
    found = heirs.of(move.office_was, unit=move.unit)
    return heirs.for_roles(found, ("processor",), field_of=heirs.field_of(move.office_was))


def _is_divided(dossier: Dossier, heirs: Heirs) -> bool:
    """Tell whether where the matter lies decides who goes on: only then the answers are opened."""
    row = heirs.before.get(dossier.agency_code) or heirs.before.get(dossier.desk_code)
    steps = row.path_codes if row else ()
    return not heirs.divided_set.isdisjoint(steps)


def _finder(heirs: Heirs, units: Mapping[UUID, str]) -> Callable[[UUID, str, frozenset[str]], str]:
    def heir(case: UUID, code: str, roles: frozenset[str]) -> str:
        if code in heirs.after or code not in heirs.before:
            return ""
        return heirs.for_roles(heirs.of(code, unit=units[case]), roles, field_of=heirs.field_of(code))

    return heir


def _note(move: _Move, heirs: Heirs, at: datetime) -> AgencyChange:
    dossier = move.dossier
    return AgencyChange(
        dossier=dossier,
        at=at,
        agency_was=move.agency_was,
        agency_became=dossier.agency_code,
        desk_was=move.desk_was,
        desk_became=dossier.desk_code,
        office_was=move.office_was,
        office_became=dossier.office_code,
        why=heirs.why(move.agency_was, unit=move.unit),
    )


def tell(dossier: Dossier, was: str, heirs: Heirs, actor: Actor, at: datetime) -> None:
    """Journal where a dossier goes on, of which its owner is told. For acts."""
    desk: Agency | None = heirs.after.get(dossier.desk_code)
    record(
        "onestop.dossier_handed_on",
        dossier,
        actor=actor,
        at=at,
        agency=dossier.agency_code,
        was=was,
        became=dossier.agency_code,
        desk=dossier.desk_code,
        desk_name=desk.name if desk else "",
        desk_address=desk.address if desk else "",
    )


@act
def hand_on_drafts(heirs: Heirs, *, limit: int, actor: Actor, at: datetime) -> int:
    """Let a batch of drafts name the agency that took over; where several did, the applicant chooses again."""
    require(by_system, actor)
    drafts = read.drafts_to_hand_on(heirs, limit=limit)
    for draft in drafts:
        was = draft.agency_code
        draft.agency_code = "" if was in heirs.divided_set else heirs.of(was)
        draft.revision += 1
        record("onestop.draft_handed_on", draft, actor=actor, at=at, was=was, became=draft.agency_code)
    Application.objects.bulk_update(drafts, ["agency_code", "revision"])
    return len(drafts)
