"""
The clocks of a dossier, kept apart and never mixed.

The legal clock starts again from zero when a supplement is complete (NĐ 61/2018/NĐ-CP Đ.19 k.4). The statistical clock
subtracts the time of the supplement (formula of index 2.1, QĐ 766/QĐ-TTg). The clock of a step runs in working time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import NamedTuple

from tinhso.law.answer import Answer, Step
from tinhso.law.answer import msgid as _
from tinhso.law.civil_time import clock_time, short_date, wall_clock
from tinhso.law.figures import figure
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
from tinhso.law.working_time.due import CUTOFF, end_of_day, last_day, last_working_day, nominal_end
from tinhso.law.working_time.pauses import Pause, merged, unfounded

__all__ = [
    "Pause",
    "Postponing",
    "Punctuality",
    "Supplement",
    "after_standing",
    "end_of_processing",
    "legal_due",
    "on_time",
    "postponing",
    "punctuality",
    "restart_source",
    "statistical_elapsed",
    "statistical_on_time",
    "step_due",
    "supplement_notice_by",
    "unfounded",
]

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
    Raises LimitUnspecified, LimitNotWhole, NoWorkingTime; FigureNotInForce for a supplement before 21/06/2018.
    """
    notes = [_without_base(pause) for pause in unfounded(pauses)]
    start = received
    for supplement in sorted(supplements, key=lambda one: one.asked_at):
        if supplement.completed_at is None:
            return Answer(None, (*notes, _waiting(supplement.asked_at, restart_source(supplement.asked_at))))
        if supplement.completed_at > start:
            start = supplement.completed_at
            text = _("The supplement was complete at {time} on {day}: the time limit starts again from zero.")
            notes.append(Step(text, restart_source(start), wall_clock(start).date(), _when(start), "due.restart"))
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
        later = run_working_seconds(plain.value, lost, calendar) if lost else plain.value
        # of a limit of no hours nothing is left when the clock runs again: it ends at that moment
        return max(later, run_working_seconds(stood[-1][1], 0, calendar))
    # a limit of no days that was received after closing ends on the next working day: it is reckoned from there
    first = _first_counted_from(plain, start) if limit.amount else wall_clock(plain.value).date()
    days = [_stood_days(begun, over, first, calendar) for begun, over in stood]
    push = _pushed_working_day if limit.unit is Unit.WORKING_DAY else _pushed_date
    end = push(first, limit, calendar, days)
    return max(plain.value, end_of_day(wall_clock(start), Answer(end), calendar).value)


def after_standing(was: datetime, begun: datetime, over: datetime, base: str, calendar: Calendar) -> Answer[datetime]:
    """
    Return when a result is due of which only the date is known (a new appointment), after the clock stood in between.

    The working time that was left on the day on which the clock stopped is had again after the day on which it runs; the day on
    which it stops is counted unless it is the last (Bộ luật Dân sự 91/2015/QH13 Đ.147 k.3). A clock without a base, or one that
    stopped after the date had passed, moves nothing.
    """
    last = wall_clock(was).date()
    if not base or begun >= was:
        return Answer(was)
    stop, run = wall_clock(begun).date(), wall_clock(over).date()
    if run <= stop and over <= was:
        return Answer(was)
    left = calendar.halves_in(stop.toordinal() + 1, last.toordinal() + 1)
    # stopped on the last day: that day is not over yet, so one like it is had after the pause
    end = last_working_day(run, left or calendar.halves_in(last.toordinal(), last.toordinal() + 1), calendar)
    closes = max(was, end_of_day(wall_clock(over), Answer(end), calendar).value)
    return Answer(closes, (_push_step(begun, over, was, closes),))


class _Stood(NamedTuple):
    """A stretch in which the clock stood, by days."""

    stop: date
    run: date
    day_gone: bool
    """Nothing is left of the day on which it stopped: it runs again on a later day, or after that day's closing."""


def _stood_days(begun: datetime, over: datetime, first: date, calendar: Calendar) -> _Stood:
    stop, run = max(wall_clock(begun).date(), first), wall_clock(over).date()
    after_closing = bool(calendar.hours_on(stop)) and over > calendar.closes(stop)
    return _Stood(stop, run, run > stop or after_closing)


def _pushed_working_day(first: date, limit: Limit, calendar: Calendar, stood: list[_Stood]) -> date:
    """Return the last working day when the clock stopped and ran again on these days."""
    halves = 2 * int(limit.amount)
    end = last_working_day(first, halves, calendar)
    for stop, run, day_gone in stood:
        # stopped on the last day: that day is not over yet, so it is had again after the pause
        after = stop.toordinal() + (0 if day_gone and stop == end else 1)
        halves += calendar.halves_in(after, max(after, run.toordinal() + 1))
        end = last_working_day(first, halves, calendar)
    return end


def _pushed_date(first: date, limit: Limit, calendar: Calendar, stood: list[_Stood]) -> date:
    """Return the last day of a limit in days, months or years when the clock stopped and ran again on these days."""
    plain = nominal_end(first, limit)
    nominal = plain
    end = last_day(first, limit, calendar).value
    for stop, run, day_gone in stood:
        if stop < nominal:
            nominal += max(run - stop, timedelta())
        elif day_gone and (stop == nominal or run >= end):
            # stopped on the last day, or while that day was moved past days off: it is had again after the pause
            nominal = run + timedelta(days=1)
        end = last_day(first, limit, calendar, standing=(nominal - plain).days).value
    return end


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


def supplement_notice_by(received: datetime, calendar: Calendar) -> Answer[date]:
    """
    Return the last day on which a supplement may be asked after appraisal (NĐ 61/2018/NĐ-CP Đ.19 k.4).

    The days are the figure `onestop.supplement_notice_within` in force on the day of receipt.
    """
    on = wall_clock(received).date()
    within = figure("onestop.supplement_notice_within", on=on)
    source = within.sources[0]
    answer = due_date(on, int(within.value), calendar)
    text = _("A supplement is asked by {day} at the latest.")
    step = Step(text, source, answer.value, {"day": short_date(answer.value)}, "supplement.notice_by")
    return answer.then(step)


def restart_source(moment: datetime) -> str:
    """Return the text on which the limit starts again from zero after a supplement, in force at this moment."""
    return figure("onestop.supplement_restarts", on=wall_clock(moment).date()).sources[0]


class Postponing(StrEnum):
    """Whether the applicant may be given a new day."""

    ALLOWED = "allowed"
    USED_UP = "used_up"
    TOO_LATE = "too_late"


def postponing(received_on: date, due_on: date, asked_on: date, *, times_before: int) -> Answer[Postponing]:
    """
    Tell whether the result may be postponed (NĐ 61/2018/NĐ-CP Đ.19 k.9).

    It rests on the figures `onestop.postpone_before` (days before the due date at which the apology must be out) and
    `onestop.postpone_times`, in force on the day of receipt.
    """
    before, times = (figure(f"onestop.postpone_{key}", on=received_on) for key in ("before", "times"))
    days_before, most = int(before.value), int(times.value)
    facts = {"day": short_date(due_on), "asked": short_date(asked_on), "most": most, "days": days_before}
    if times_before >= most:
        text, verdict = _("A new date has been given {most} time(s), which is the most allowed."), Postponing.USED_UP
    elif (due_on - asked_on).days < days_before:
        text = _("Due on {day}: a new date had to be given at least {days} day(s) before; it is {asked}.")
        verdict = Postponing.TOO_LATE
    else:
        text, verdict = _("Due on {day}: on {asked} a new date may still be given."), Postponing.ALLOWED
    source = (times if verdict is Postponing.USED_UP else before).sources[0]
    return Answer(verdict, (Step(text, source, asked_on, facts, f"postpone.{verdict}"),))


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
