"""Who takes part in a dossier, as pages and programs show it: each with its task, its clock, its lateness as its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

from django.utils.translation import gettext, ngettext

from tinhso.base.actors import Actor
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.public import (
    LEAD,
    Participant,
    PartRole,
    agencies_taking_part,
    participants_of,
    why_part_due,
)
from tinhso.kernel.organisation.public import agencies_by_code, calendar_for, last_known_agency, successors
from tinhso.law.answer import Answer
from tinhso.law.linked import Share, Stretch, shares
from tinhso.law.working_time import Limit, Unit
from tinhso.modules.onestop import access
from tinhso.modules.onestop.models import DeliveryState, Dossier, PartResult
from tinhso.modules.onestop.queries.services import service_filed
from tinhso.modules.onestop.queries.shown import Due, deadline, step_text
from tinhso.web.words import own, vietnamese

HOUR = 3600
Stand = Literal["waiting", "running", "paused", "over", "silent", "gone"]
WAITING: Final = "waiting"
RUNNING: Final = "running"
PAUSED: Final = "paused"
OVER: Final = "over"
SILENT: Final = "silent"
GONE: Final = "gone"
LOOKS: dict[Stand, tuple[str, str]] = {
    WAITING: ("plain", "clock"),
    RUNNING: ("info", "loader"),
    PAUSED: ("pause", "circle-pause"),
    OVER: ("ok", "check"),
    SILENT: ("late", "circle-alert"),
    GONE: ("plain", "circle-x"),
}


@dataclass(frozen=True, slots=True)
class PartRow:
    """One participant of a dossier."""

    row: Participant
    agency: str
    role: str
    task: str
    limit: str
    state: Stand
    said: str
    """The state in words."""
    due: Due | None
    share: Share | None
    result: PartResult | None
    document_id: UUID | None
    """Its signed result, where the reader may open it."""
    title: str = ""
    """What its result is called, in the language of the page."""

    @property
    def tone(self) -> str:
        """Return the look of the state."""
        return LOOKS[self.state][0]

    @property
    def icon(self) -> str:
        """Return the picture of the state."""
        return LOOKS[self.state][1]

    @property
    def late(self) -> str:
        """Return by how much it is late by its own clock, in words; empty when it is not."""
        return late_words(self.share.late) if self.share and self.share.late else ""

    @property
    def before(self) -> list[str]:
        """Return the names of the agencies that had the part before."""
        return [last_known_agency(each["agency"]).name for each in self.row.before]


def own_part(rows: Sequence[PartRow], dossier: Dossier, actor: Actor) -> PartRow | None:
    """Return the part of a participant's officer, whose date is theirs; None for who receives or settles the dossier."""
    held = set(actor.agencies_with(access.OFFICE))
    if held & {dossier.agency_code, dossier.desk_code, dossier.office_code}:
        return None
    return next((part for part in reversed(rows) if part.row.agency_code in held), None)


def late_words(seconds: int) -> str:
    """Return working time in words, whole hours at least: one too many rather than “0 hours late”."""
    hours = max(-(-seconds // HOUR), 1)
    return ngettext("%(count)d working hour late", "%(count)d working hours late", hours) % {"count": hours}


def proposed_part(dossier: Dossier, key: str) -> PartResult | None:
    """Return what a participant's part is proposed to end in, or ended in; None when nothing was proposed."""
    return dossier.part_results.filter(part=key).first()


def part_result(dossier: Dossier, key: str) -> PartResult:
    """Return what a participant's part is proposed to end in, or ended in. Raises NotFound."""
    found = proposed_part(dossier, key)
    if found is None:
        raise NotFound
    return found


def participants(dossier: Dossier) -> list[Participant]:
    """Return who takes part in a dossier; no statement where one agency settles it."""
    return participants_of(dossier.case_id) if dossier.shared_with and dossier.case_id else []


def part_rows(dossier: Dossier, at: datetime, *, public: bool = False, own_reader: bool = False) -> list[PartRow]:
    """
    Return the participants in their order, for a page. At most three statements; none where one agency settles it.

    `public`: for who only has the code, without results; `own_reader`: the applicant opens what was let out to them.
    """
    rows = participants(dossier)
    if not rows:
        return []
    answer = shares_of(dossier, rows, at)
    results = {} if public else {each.part: each for each in dossier.part_results.all()}
    names = agencies_by_code({row.agency_code for row in rows}, civil_date(at))
    is_out = not own_reader or _is_out(dossier)
    titles = {} if not results or vietnamese() else _titles(dossier)
    return [
        _row(
            row, dossier, at,
            name=own(names.get(row.agency_code) or last_known_agency(row.agency_code), "name"),
            share=answer.value.get(row.key) if answer else None,
            result=(result := results.get(row.key)),
            is_out=is_out,
            title=titles.get(row.key) or (result.title if result else ""),
        )
        for row in rows
    ]  # fmt: skip


def _titles(dossier: Dossier) -> dict[str, str]:
    """Return what the results of participants are called in English: a result keeps its name as it was signed."""
    return {part.key: part.result.name_en for part in service_filed(dossier).parts if part.result}


def _is_out(dossier: Dossier) -> bool:
    """Tell whether what participants signed is let out to the applicant (`actions.parts.let_out_parts`)."""
    if dossier.holds_result:
        return False
    each = service_filed(dossier).hand_over == "each"
    return each or dossier.delivery != DeliveryState.NONE


def _row(
    row: Participant, dossier: Dossier, at: datetime, *, name: str, share: Share | None, result: PartResult | None,
    is_out: bool, title: str,
) -> PartRow:  # fmt: skip
    state = state_of(row)
    signed = result is not None and result.issued_at is not None
    return PartRow(
        row=row,
        agency=name,
        role=str(PartRole(row.role).label),
        task=own(row, "task"),
        limit=step_text(Limit(row.limit_amount, Unit(row.limit_unit)).words())
        if row.limit_amount is not None and row.limit_unit
        else "",
        state=state,
        said=_said(row, state, result if signed else None),
        due=_due(row, at) if dossier.received_at else None,
        share=share,
        result=result,
        document_id=result.signed_document_id if result is not None and signed and is_out else None,
        title=title,
    )


def state_of(row: Participant) -> Stand:
    """Return where a part stands."""
    if row.started_at is None:
        return GONE if row.ended_at else WAITING
    if row.ended_at is None:
        return PAUSED if row.paused_at else RUNNING
    ends: dict[str, Stand] = {"cancelled": GONE, "silent": SILENT}
    return ends.get(row.outcome, OVER)


def _said(row: Participant, state: Stand, result: PartResult | None) -> str:
    if state == OVER and result is not None and result.kind == "refusal":
        return gettext("Refused its part")
    if state == SILENT and row.answered_late_at:
        return gettext("Answered after its time")
    return {
        WAITING: gettext("Not its turn yet"),
        RUNNING: gettext("Has it now"),
        PAUSED: gettext("Waits for the applicant"),
        OVER: gettext("Done its part"),
        SILENT: gettext("Did not answer"),
        GONE: gettext("Not needed any more"),
    }[state]


def _due(row: Participant, at: datetime) -> Due | None:
    if row.outcome in ("cancelled", "not_reached"):
        return None
    return deadline(
        row.due_at, at, agency_code=row.agency_code, received_at=row.clock_from, paused_since=row.paused_at,
        returned_at=row.ended_at,
    )  # fmt: skip


def shares_of(dossier: Dossier, rows: Sequence[Participant], at: datetime) -> Answer[dict[str, Share]] | None:
    """Return what each participant answers for (`law.linked.shares`); None where nobody leads, or before reception."""
    begun = [row for row in rows if row.started_at is not None]
    if dossier.received_at is None or not any(row.key == LEAD for row in begun):
        return None
    return shares(
        [stretch_of(row) for row in begun],
        received=dossier.received_at,
        due=dossier.due_at,
        ended=dossier.finished_at,
        at=at,
        calendars={row.key: calendar_for(row.agency_code, at) for row in begun},
    )


def stretch_of(row: Participant) -> Stretch:
    """Return a record as the law counts it."""
    assert row.started_at is not None
    pauses: list[tuple[datetime, datetime | None]] = [
        (datetime.fromisoformat(each["from"]), datetime.fromisoformat(each["to"])) for each in row.pauses
    ]
    if row.paused_at is not None:
        pauses.append((row.paused_at, None))
    return Stretch(row.key, row.started_at, row.due_at, row.ended_at, tuple(pauses), is_lead=row.key == LEAD)


def why_rows(dossier: Dossier, at: datetime) -> list[dict[str, Any]]:
    """Return for each participant that began why it is due when it is, step by step, and how its lateness was counted."""
    rows = participants(dossier)
    made = []
    for row in rows:
        answer = why_part_due(row)
        if answer is None:
            continue
        lines = [{"text": step_text(step), "source": step.source, "on": step.on} for step in answer.steps]
        made.append({"task": own(row, "task"), "law": row.law, "verified": row.is_verified, "steps": lines})
    answered = shares_of(dossier, rows, at)
    if made and answered and answered.steps:
        lines = [{"text": step_text(step), "source": step.source, "on": step.on} for step in answered.steps]
        made.append({"task": gettext("Who is late, by its own time"), "law": "", "verified": True, "steps": lines})
    return made


def lead_hours(rows: Iterable[PartRow]) -> str:
    """Return how many working hours the lead itself had the dossier, for a sentence; empty where nobody leads."""
    share = next((each.share for each in rows if each.row.key == LEAD), None)
    return f"{(Decimal(share.held) / HOUR).quantize(Decimal('0.1'))}" if share else ""


def steps_read_by(actor: Actor, dossier: Dossier) -> tuple[str, ...]:
    """
    Return the steps of the form that a participant's officer reads: what its part needs and no more; empty: all of them.

    Whoever receives or settles the dossier reads it whole, and so does its applicant.
    """
    held = actor.agencies_with(access.OFFICE)
    if not dossier.shared_with or not held or {dossier.agency_code, dossier.desk_code, dossier.office_code} & set(held):
        return ()
    service = service_filed(dossier)
    keys = {row.key for row in participants(dossier) if row.agency_code in held}
    reads = [part.reads for part in service.parts if part.key in keys]
    return () if not all(reads) else tuple(step for steps in reads for step in steps)


def agencies_ceased(on: date) -> list[tuple[str, str]]:
    """
    Return the agencies that have a part before them and ceased, each with the one that took over.

    Split among several, it waits for a person: nobody can know which of them it is.
    """
    codes = agencies_taking_part()
    standing = agencies_by_code(codes, on)
    taken = [(code, successors(code, on)) for code in codes if code not in standing]
    return [(code, found[0].code) for code, found in taken if len(found) == 1 and found[0].code != code]
