"""An administrator says who goes on with a dossier, or with a part of one, when a divided agency left it to nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.kernel.casework.public import hand_on_cases, succeed
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import Heirs
from tinhso.law.states import NationalState
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions.steps import save
from tinhso.modules.onestop.actions.succession import explain_there, tell
from tinhso.modules.onestop.models import AgencyChange, Dossier
from tinhso.modules.onestop.queries import divided as read


class NotATaker(BadInput):
    """Only who took over from the divided agency goes on with what was its own."""

    code = "onestop.not_a_taker"
    text = _("{agency} did not take over from the agency that had this. Choose one that is listed.")


class HandedOnBefore(Refusal):
    """It is there already."""

    code = "onestop.handed_on_before"
    text = _("{dossier} is with that agency already.")


def _reason(reason: str) -> str:
    if not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Say why: it stands in the journal."), "required")])
    return reason.strip()[:500]


@act
def hand_on_by_hand(code: str, to: str, *, reason: str, actor: Actor, at: datetime) -> Dossier:
    """
    Give a dossier of a divided agency to one of its successors; it goes on there at the same step, by the same clock.

    Raises NotFound, Forbidden, NotATaker, HandedOnBefore, BadInput without a reason.
    """
    require(access.can_hand_on_by_hand, actor)
    dossier = Dossier.objects.locked(code)
    if not read.is_movable(dossier):
        raise NotFound
    origin, heirs, divided = read.origin_of(dossier)
    if to not in heirs.takers(divided) or to not in dict(read.choices([to], civil_date(at))):
        raise NotATaker(agency=to, faults=[Fault("/to", _("Choose one that is listed."), "choice")])
    said = _reason(reason)
    chosen = replace(heirs, decided={**heirs.decided, divided: to})
    change = _change(dossier, origin, chosen, at)
    if change is None:
        raise HandedOnBefore(dossier=code)
    if dossier.case_id:
        hand_on_cases([dossier.case_id], _Finder(origin, change, chosen), actor=actor, at=at)
    change.save()
    save(
        dossier, "agency_code", "agency_name", "agency_name_en", "desk_code", "office_code", "shared_with", "book_desk"
    )
    explain_there([dossier])
    facts = {"was": change.agency_was, "became": dossier.agency_code, "reason": said}
    record("onestop.handed_on_by_hand", dossier, actor=actor, at=at, **facts)
    tell(dossier, change.agency_was, chosen, actor, at)
    return dossier


def _change(dossier: Dossier, origin: AgencyChange, heirs: Heirs, at: datetime) -> AgencyChange | None:
    """Put the chosen successor in the place of who keeps the dossier; None when nothing changes."""
    was = (dossier.agency_code, dossier.desk_code, dossier.office_code)
    dossier.desk_code = heirs.of(origin.desk_was)
    if NationalState(dossier.state).is_open:
        dossier.agency_code = heirs.of(origin.agency_was)
        found = heirs.of(origin.office_was)
        dossier.office_code = found and heirs.for_roles(
            found, ("processor",), field_of=heirs.field_of(origin.office_was)
        )
        name = heirs.after[dossier.agency_code]
        dossier.agency_name, dossier.agency_name_en = name.name, name.name_en
    if (dossier.agency_code, dossier.desk_code, dossier.office_code) == was:
        return None
    if dossier.received_at and not dossier.book_desk and dossier.desk_code != was[1]:
        dossier.book_desk = was[1]
    own = {dossier.agency_code, dossier.desk_code, dossier.office_code}
    dossier.shared_with = " ".join(sorted(set(dossier.shared_with.split()) - own))
    return AgencyChange(
        dossier=dossier, at=at, agency_was=was[0], agency_became=dossier.agency_code, desk_was=was[1],
        desk_became=dossier.desk_code, office_was=was[2], office_became=dossier.office_code, why=read.BY_HAND,
    )  # fmt: skip


class _Finder:
    """Finds who does the steps that the keeper has for the divided agency, and nothing else of the keeper's."""

    def __init__(self, origin: AgencyChange, change: AgencyChange, heirs: Heirs) -> None:
        self.heirs = heirs
        self.places = (
            (origin.office_was, change.office_was),
            (origin.agency_was, change.agency_was),
            (origin.desk_was, change.desk_was),
        )

    def __call__(self, _case: UUID, code: str, roles: frozenset[str]) -> str:
        for first, now in self.places:
            field = self.heirs.field_of(first)
            if now and code in (now, self.heirs.for_roles(now, roles, field_of=field)):
                return self.heirs.for_roles(self.heirs.of(first), roles, field_of=field)
        return ""


@act
def hand_part_on_by_hand(code: str, part: str, to: str, *, reason: str, actor: Actor, at: datetime) -> Dossier:
    """
    Give a part of a linked dossier, whose agency was divided, to one of its successors; its clock runs on.

    Raises NotFound, Forbidden, NotATaker, BadInput without a reason.
    """
    require(access.can_hand_on_by_hand, actor)
    dossier = Dossier.objects.locked(code)
    before = read.part_waiting(dossier, part, civil_date(at)).agency_code
    if to not in dict(read.takers_of(dossier, part, civil_date(at))):
        raise NotATaker(agency=to, faults=[Fault("/to", _("Choose one that is listed."), "choice")])
    said = _reason(reason)
    succeed(before, to, case_id=dossier.case_id, actor=actor, at=at)
    shared = {to if each == before else each for each in dossier.shared_with.split()}
    dossier.shared_with = " ".join(sorted(shared - {dossier.agency_code, dossier.desk_code, dossier.office_code}))
    save(dossier, "shared_with")
    facts = {"was": before, "became": to, "part": part, "reason": said}
    record("onestop.handed_on_by_hand", dossier, actor=actor, at=at, **facts)
    record("onestop.part_handed_over", dossier, actor=actor, at=at, before=before, agency=to)
    return dossier
