"""When a dossier is due, and why: the law's answer with this province's calendar and choices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from tinhso.kernel.organisation.public import calendar_for
from tinhso.law.answer import Answer
from tinhso.law.days import DayLine, day_by_day
from tinhso.law.working_time import Limit, Pause, Unit, due
from tinhso.modules.onestop.models import Dossier
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


def why_due(dossier: Dossier) -> Answer[datetime] | None:
    """Return the answer that led to the due date, anew from the same facts; None while there is no date."""
    if dossier.clock_from is None or dossier.limit_amount is None:
        return None
    return due_for(
        dossier.limit_amount, dossier.limit_unit, agency_code=dossier.agency_code, clock_from=dossier.clock_from
    )


def days_of(dossier: Dossier, pauses: Sequence[Pause]) -> list[DayLine]:
    """
    Return the calendar of a dossier day by day, from where the legal clock began to the due date: counted or not, and why.

    After a supplement it began anew (NĐ 61/2018/NĐ-CP Đ.19 k.4): only pauses since then stand in it.
    """
    if dossier.clock_from is None or dossier.due_at is None:
        return []
    start = dossier.clock_from
    pauses = [pause for pause in pauses if pause.start >= start]
    calendar = calendar_for(dossier.agency_code, start)
    limit = Limit(dossier.limit_amount, Unit(dossier.limit_unit)) if dossier.limit_amount is not None else None
    return day_by_day(start, dossier.due_at, calendar, pauses, limit=limit)
