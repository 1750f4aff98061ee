"""
The clocks of a dossier, kept apart and never mixed.

The legal clock starts again from zero when a supplement is complete (NĐ 61/2018/NĐ-CP Đ.19 k.4). The statistical clock
subtracts the time of the supplement (formula of index 2.1, QĐ 766/QĐ-TTg). The clock of a step runs in working time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from tinhso.law.answer import Answer, Step
from tinhso.law.answer import msgid as _
from tinhso.law.civil_time import clock_time, short_date, wall_clock
from tinhso.law.statistics import (
    Punctuality,
    Supplement,
    end_of_processing,
    on_time,
    punctuality,
    statistical_elapsed,
    statistical_on_time,
)
from tinhso.law.working_time import (
    Calendar,
    Limit,
    Unit,
    due,
    due_date,
    run_working_seconds,
    working_seconds_between,
)
from tinhso.law.working_time.due import CUTOFF, end_of_day, last_day, last_working_day
from tinhso.law.working_time.pauses import Pause, merged, unfounded

__all__ = [
    "Pause",
    "Postponing",
    "Punctuality",
    "Supplement",
    "end_of_processing",
    "legal_due",
    "on_time",
    "postponing",
    "punctuality",
    "statistical_elapsed",
    "statistical_on_time",
    "step_due",
    "supplement_notice_by",
    "unfounded",
]

RESTART = "NĐ 61/2018/NĐ-CP Đ.19 k.4"
POSTPONE = "NĐ 61/2018/NĐ-CP Đ.19 k.9"
STANDS = "Bộ luật Dân sự 91/2015/QH13, Đ.147 k.3"


def legal_due(
    received: datetime,
    limit: Limit,
    calendar: Calendar,
    *,
    supplements: Sequence[Supplement] = (),
    pauses: Sequence[Pause] = (),
    late_reception_shifts: bool = False,
    cutoff: time = CUTOFF,
) -> Answer[datetime | None]:
    """
    Return when the dossier is due by law; None while the clock stands (a supplement or a founded pause is open).

    The limit runs anew from zero from the moment the last supplement is complete (NĐ 61/2018/NĐ-CP Đ.19 k.4). Pauses
    with a legal base then push the due date back by the working time they took; others push nothing and are named.
    Raises LimitUnspecified, LimitNotWhole, NoWorkingTime.
    """
    notes = [_without_base(pause) for pause in unfounded(pauses)]
    start = received
    for supplement in sorted(supplements, key=lambda one: one.asked_at):
        if supplement.completed_at is None:
            return Answer(None, (*notes, _waiting(supplement.asked_at, RESTART)))
        if supplement.completed_at > start:
            start = supplement.completed_at
            text = _("The supplement was complete at {time} on {day}: the time limit starts again from zero.")
            notes.append(Step(text, RESTART, wall_clock(start).date(), _when(start), "due.restart"))
    plain = due(start, limit, calendar, late_reception_shifts=late_reception_shifts, cutoff=cutoff)
    end: datetime = plain.value
    steps = [*notes, *plain.steps]
    stood: list[tuple[datetime, datetime]] = []
    for begun, over, pause in merged(pauses, start):
        if begun >= end:
            break
        if over is None:
            return Answer(None, (*steps, _waiting(begun, pause.base)))
        stood.append((begun, over))
        was, end = end, _pushed(start, plain, limit, calendar, stood)
        steps.append(_push_step(begun, over, was, end))
    return Answer(end, tuple(steps))


def _pushed(
    start: datetime,
    plain: Answer[datetime],
    limit: Limit,
    calendar: Calendar,
    stood: list[tuple[datetime, datetime]],
) -> datetime:
    """Return the due moment after the clock stood in these intervals."""
    if limit.unit is Unit.WORKING_HOUR or not limit.is_whole:
        lost = sum(working_seconds_between(first, last, calendar) for first, last in stood)
        return run_working_seconds(plain.value, lost, calendar) if lost else plain.value
    first = _first_counted_from(plain, start)
    end = wall_clock(plain.value).date()
    halves, days = 2 * int(limit.amount), 0
    for begun, over in stood:
        stop, run = wall_clock(begun).date(), wall_clock(over).date()
        # stopped on the last day: that day is not over yet, so it is had again after the pause
        again = run > stop == end
        after = max(stop, first).toordinal() + (0 if again else 1)
        days += max(0, run.toordinal() + 1 - after)
        halves += calendar.halves_in(after, max(after, run.toordinal() + 1))
        if limit.unit is Unit.WORKING_DAY:
            end = last_working_day(first, halves, calendar)
        else:
            end = last_day(first, limit, calendar, standing=days).value
    return max(plain.value, end_of_day(wall_clock(start), Answer(end), calendar).value)


def _first_counted_from(plain: Answer[datetime], start: datetime) -> date:
    """Return the day of receipt that the reckoning used: a late reception may have shifted it."""
    shifted = [step.on for step in plain.steps if step.code == "due.late_reception" and step.on]
    return shifted[0] if shifted else wall_clock(start).date()


def step_due(started: datetime, limit: Limit, calendar: Calendar) -> Answer[datetime]:
    """
    Return when an internal step is due: working hours and (fractions of) working days run from the moment it starts.

    A working day is as long as the calendar's full day, so steps that add up to the limit end within it. Other units
    are reckoned like the limit of a dossier. Raises LimitUnspecified, LimitNotWhole, NoWorkingTime.
    """
    if limit.unit not in (Unit.WORKING_DAY, Unit.WORKING_HOUR):
        return due(started, limit, calendar)
    unit = calendar.full_day_seconds if limit.unit is Unit.WORKING_DAY else 3600
    seconds = int((Decimal(limit.amount) * unit).to_integral_value(ROUND_CEILING))
    end = run_working_seconds(started, seconds, calendar)
    text = _("{limit} of working time from {time} on {day}.")
    step = Step(text, "", end.date(), {"limit": limit.words(), **_when(started)}, "due.step")
    return Answer(end, (step,))


def supplement_notice_by(received: datetime, calendar: Calendar, *, working_days: int) -> Answer[date]:
    """
    Return the last day on which a supplement may be asked after appraisal (NĐ 61/2018/NĐ-CP Đ.19 k.4).

    `working_days` is the figure `onestop.supplement_notice_within` in force on the day of receipt.
    """
    answer = due_date(wall_clock(received).date(), working_days, calendar)
    text = _("A supplement is asked by {day} at the latest.")
    step = Step(text, RESTART, answer.value, {"day": short_date(answer.value)}, "supplement.notice_by")
    return answer.then(step)


class Postponing(StrEnum):
    """Whether the applicant may be given a new day."""

    ALLOWED = "allowed"
    USED_UP = "used_up"
    TOO_LATE = "too_late"


def postponing(due_on: date, asked_on: date, times_before: int, *, days_before: int, most: int) -> Answer[Postponing]:
    """
    Tell whether the result may be postponed (NĐ 61/2018/NĐ-CP Đ.19 k.9).

    `days_before` and `most` are the figures `onestop.postpone_before` (days before the due date at which the apology
    must be out) and `onestop.postpone_times`, in force on the day of receipt.
    """
    facts = {"day": short_date(due_on), "asked": short_date(asked_on), "most": most, "days": days_before}
    if times_before >= most:
        text, verdict = _("A new date has been given {most} time(s), which is the most allowed."), Postponing.USED_UP
    elif (due_on - asked_on).days < days_before:
        text = _("Due on {day}: a new date had to be given at least {days} day(s) before; it is {asked}.")
        verdict = Postponing.TOO_LATE
    else:
        text, verdict = _("Due on {day}: on {asked} a new date may still be given."), Postponing.ALLOWED
    return Answer(verdict, (Step(text, POSTPONE, asked_on, facts, f"postpone.{verdict}"),))


def _push_step(begun: datetime, over: datetime, was: datetime, end: datetime) -> Step:
    moments = {"begun": begun, "over": over, "day": end, "was": was}
    facts = {name: short_date(wall_clock(moment).date()) for name, moment in moments.items()}
    text = _("The clock stood from {begun} to {over}: due on {day} instead of {was}.")
    return Step(text, STANDS, wall_clock(end).date(), facts, "due.pushed")


def _waiting(since: datetime, source: str) -> Step:
    text = _("The clock stands since {time} on {day}; the due date follows when it runs again.")
    return Step(text, source, wall_clock(since).date(), _when(since), "due.standing")


def _without_base(pause: Pause) -> Step:
    text = _("The pause from {day} cites no legal base: it does not push the due date back.")
    return Step(text, "", wall_clock(pause.start).date(), _when(pause.start), "due.pause_without_base")


def _when(moment: datetime) -> dict[str, str]:
    return {"time": clock_time(moment), "day": short_date(wall_clock(moment).date())}
