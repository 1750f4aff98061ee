"""When a dossier is due, and why: the law's answer with this province's calendar and choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypedDict
from uuid import UUID

from tinhso.base.clock import civil_date
from tinhso.kernel.casework.public import PastClock
from tinhso.kernel.organisation.public import calendar_for
from tinhso.law.answer import Answer, NoAnswer
from tinhso.law.clocks import Supplement, after_standing, legal_due, supplement_notice_by
from tinhso.law.days import DayLine, course
from tinhso.law.working_time import Limit, Pause, Unit, due, hand_over_by
from tinhso.law.working_time.due import CUTOFF
from tinhso.modules.onestop.models import SUPPLEMENT, Dossier
from tinhso.modules.onestop.queries.services import choices


def due_for(amount: Decimal, unit: str, *, agency_code: str, clock_from: datetime) -> Answer[datetime]:
    """
    Return the moment until which the result is on time. Raises law's UnitUnspecified, CalendarEnds.

    Bộ luật Dân sự 91/2015/QH13 Đ.147-148; NĐ 61/2018/NĐ-CP Đ.18; the cut-off hour is the province's choice.
    """
    return due(
        clock_from, Limit(amount, Unit(unit)), calendar_for(agency_code, clock_from), **_late_reception(clock_from)
    )


class _Late(TypedDict):
    late_reception_shifts: bool
    cutoff: time


def _late_reception(at: datetime) -> _Late:
    """Return what the province says about a dossier that comes late in the day."""
    rules = _rules(at)
    return {
        "late_reception_shifts": bool(rules.get("late_reception_shifts", False)),
        "cutoff": _cutoff(rules) or CUTOFF,
    }


def _rules(at: datetime) -> dict[str, Any]:
    found: dict[str, Any] = choices(at).get("deadline", {})
    return found


def _cutoff(rules: dict[str, Any]) -> time | None:
    return time.fromisoformat(rules["cutoff"]) if rules.get("cutoff") else None


def pass_on_by(dossier: Dossier, at: datetime) -> datetime | None:
    """
    Return by when the desk passes on what it received (NĐ 61/2018/NĐ-CP Đ.18); None when that moment is over.

    None as well before receipt, and where the province does not reckon it (`deadline.hand_over`).
    """
    by = hand_over_of(dossier)
    return by if by is not None and at <= by else None


def hand_over_of(dossier: Dossier) -> datetime | None:
    """Return by when the desk passes on what it received, whether that moment is over or not; None as in `pass_on_by`."""
    received = dossier.received_at
    if received is None or not (rules := _rules(received)).get("hand_over", False):
        return None
    by: datetime = hand_over_by(received, calendar_for(dossier.agency_code, received), cutoff=_cutoff(rules)).value
    return by


def why_due(dossier: Dossier, pauses: Sequence[Pause]) -> Answer[datetime | None] | None:
    """
    Return the answer that led to the due date, anew from the same facts: None before receipt or without a limit.

    Its value is None while the clock stands (`law.clocks.legal_due`).
    """
    if dossier.received_at is None or dossier.clock_from is None or dossier.limit_amount is None:
        return None
    return legal_due(
        dossier.received_at,
        Limit(dossier.limit_amount, Unit(dossier.limit_unit)),
        calendar_for(dossier.agency_code, dossier.clock_from),
        supplements=_supplements(dossier, pauses),
        pauses=[pause for pause in pauses if pause.reason != SUPPLEMENT],
        **_late_reception(dossier.clock_from),
    )


def due_after_standing(dossier: Dossier, begun: datetime, over: datetime, base: str) -> Answer[datetime]:
    """
    Return when a dossier is due after its clock stood from `begun` to `over` on this base.

    Where the head gave a new date, that date moves; else the limit is reckoned anew with all the times in which the clock stood.
    """
    assert dossier.due_at is not None
    if (
        dossier.postponed_at is not None
        and dossier.clock_from is not None
        and dossier.postponed_at >= dossier.clock_from
    ):
        return after_standing(dossier.due_at, begun, over, base, calendar_for(dossier.agency_code, over))
    pauses = [Pause(each.started_at, each.ended_at, each.reason, each.base) for each in dossier.pauses.all()]
    answer = why_due(dossier, [pause for pause in pauses if pause.end is not None])
    if answer is None or answer.value is None:
        return Answer(dossier.due_at)
    return Answer(max(answer.value, dossier.due_at), answer.steps)


def pay_until(at: datetime, days: int, agency_code: str) -> date:
    """Return the last day for paying what is demanded now: so many days, not ending on a day off (BLDS 91/2015/QH13 Đ.147-148)."""
    return civil_date(due(at, Limit(Decimal(days), Unit.DAY), calendar_for(agency_code, at)).value)


def days_of(dossier: Dossier, pauses: Sequence[Pause]) -> list[DayLine]:
    """Return the calendar of a dossier day by day, from receipt to the due date: counted or not, standing, anew, and why."""
    if dossier.received_at is None or dossier.due_at is None:
        return []
    calendar = calendar_for(dossier.agency_code, dossier.clock_from or dossier.received_at)
    limit = Limit(dossier.limit_amount, Unit(dossier.limit_unit)) if dossier.limit_amount is not None else None
    restarts = [one.completed_at for one in _supplements(dossier, pauses) if one.completed_at is not None]
    late = _late_reception(dossier.received_at)
    late_after = late["cutoff"] if late["late_reception_shifts"] else None
    return course(dossier.received_at, restarts, dossier.due_at, calendar, pauses, limit=limit, late_after=late_after)


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


def past_clocks(cases: Sequence[UUID]) -> Mapping[UUID, PastClock]:
    """Return the legal clocks of dossiers by their cases; what was not received has none. One statement."""
    rows = Dossier.objects.filter(case_id__in=cases, received_at__isnull=False)
    words = ("case_id", "received_at", "due_at", "finished_at", "limit_amount", "limit_unit", "agency_code")
    found: dict[UUID, PastClock] = {}
    for case, received, due_at, settled, amount, unit, agency in rows.values_list(*words):
        first = due_at
        if amount is not None and due_at is not None:
            with suppress(NoAnswer):
                first = due_for(amount, unit, agency_code=agency, clock_from=received).value
        found[case] = PastClock(received, first, due_at, settled)
    return found
