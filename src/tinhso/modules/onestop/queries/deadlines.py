"""When a dossier is due, and why: the law's answer with this province's calendar and choices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from tinhso.kernel.organisation.public import calendar_for
from tinhso.law.answer import Answer
from tinhso.law.clocks import Supplement, legal_due, supplement_notice_by
from tinhso.law.days import DayLine, course
from tinhso.law.working_time import Limit, Pause, Unit, due
from tinhso.modules.onestop.models import SUPPLEMENT, Dossier
from tinhso.modules.onestop.queries.services import choices


def due_for(amount: Decimal, unit: str, *, agency_code: str, clock_from: datetime) -> Answer[datetime]:
    """
    Return the moment until which the result is on time. Raises law's UnitUnspecified, CalendarEnds.

    Bộ luật Dân sự 91/2015/QH13 Đ.147-148; NĐ 61/2018/NĐ-CP Đ.18; the cut-off hour is the province's choice.
    """
    rules = choices(clock_from).get("deadline", {})
    return due(
        clock_from,
        Limit(amount, Unit(unit)),
        calendar_for(agency_code, clock_from),
        late_reception_shifts=bool(rules.get("late_reception_shifts", False)),
    )


def why_due(dossier: Dossier, pauses: Sequence[Pause]) -> Answer[datetime | None] | None:
    """
    Return the answer that led to the due date, anew from the same facts: None before receipt or without a limit.

    Its value is None while the clock stands for a supplement (`law.clocks.legal_due`).
    """
    if dossier.received_at is None or dossier.clock_from is None or dossier.limit_amount is None:
        return None
    rules = choices(dossier.clock_from).get("deadline", {})
    return legal_due(
        dossier.received_at,
        Limit(dossier.limit_amount, Unit(dossier.limit_unit)),
        calendar_for(dossier.agency_code, dossier.clock_from),
        supplements=_supplements(dossier, pauses),
        late_reception_shifts=bool(rules.get("late_reception_shifts", False)),
    )


def days_of(dossier: Dossier, pauses: Sequence[Pause]) -> list[DayLine]:
    """Return the calendar of a dossier day by day, from receipt to the due date: counted or not, standing, anew, and why."""
    if dossier.received_at is None or dossier.due_at is None:
        return []
    calendar = calendar_for(dossier.agency_code, dossier.clock_from or dossier.received_at)
    limit = Limit(dossier.limit_amount, Unit(dossier.limit_unit)) if dossier.limit_amount is not None else None
    restarts = [one.completed_at for one in _supplements(dossier, pauses) if one.completed_at is not None]
    return course(dossier.received_at, restarts, dossier.due_at, calendar, pauses, limit=limit)


def notice_by(dossier: Dossier) -> date | None:
    """Return the last day on which more may be asked of a received dossier; None before receipt (`law.clocks`)."""
    if dossier.received_at is None:
        return None
    return supplement_notice_by(dossier.received_at, calendar_for(dossier.agency_code, dossier.received_at)).value


def _supplements(dossier: Dossier, pauses: Sequence[Pause]) -> list[Supplement]:
    """Return the supplements that were answered or are waited for; one that a withdrawal ended restarted nothing."""
    began = dossier.clock_from
    return [
        Supplement(pause.start, pause.end)
        for pause in pauses
        if pause.reason == SUPPLEMENT and (pause.end is None or (began is not None and pause.end <= began))
    ]
