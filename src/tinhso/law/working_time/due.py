"""
When a dossier is due: the limit reckoned on the calendar, with every step of the reasoning.

Bộ luật Dân sự 91/2015/QH13: Đ.147 says when a time begins, Đ.148 when it ends. NĐ 61/2018/NĐ-CP Đ.18 says when a
dossier is handed over.
"""

from __future__ import annotations

import calendar as months
from datetime import date, datetime, time
from decimal import ROUND_CEILING, Decimal
from typing import Any

from tinhso.law.answer import Answer, Step
from tinhso.law.answer import msgid as _
from tinhso.law.civil_time import clock_time, moment_of, short_date, wall_clock
from tinhso.law.figures import figure
from tinhso.law.working_time.calendar import Calendar, NoWorkingTime, seconds_of
from tinhso.law.working_time.limits import Limit, LimitNotWhole, Unit
from tinhso.law.working_time.reasons import day_off_reason, skipped_days, undecided
from tinhso.law.working_time.spans import is_working_day, next_working_day, worked_before

FIRST_DAY = "Bộ luật Dân sự 91/2015/QH13, Đ.147 k.2"
HOURS_RUN = "Bộ luật Dân sự 91/2015/QH13, Đ.147 k.1"
LAST_DAY = "Bộ luật Dân sự 91/2015/QH13, Đ.148 k.1"
MONTH_END = "Bộ luật Dân sự 91/2015/QH13, Đ.148 k.3"
YEAR_END = "Bộ luật Dân sự 91/2015/QH13, Đ.148 k.4"
DAY_OFF = "Bộ luật Dân sự 91/2015/QH13, Đ.148 k.5"
HAND_OVER = "NĐ 61/2018/NĐ-CP Đ.18"
CUTOFF = time(15)


def due(
    received: datetime,
    limit: Limit,
    calendar: Calendar,
    *,
    late_reception_shifts: bool = False,
    cutoff: time = CUTOFF,
) -> Answer[datetime]:
    """
    Return the last moment at which the result is still on time.

    Days, months and years end with the working hours of their last day; the day of receipt is not counted (Đ.147
    k.2); a last day that is off gives way to the next working day (Đ.148 k.5). Hours run from the moment of receipt
    in working hours (Đ.147 k.1). A fraction of a working day runs on the working day after the whole ones.
    `late_reception_shifts`: the province counts what comes after `cutoff`, or outside working days, as received on
    the next working day. Raises LimitUnspecified, LimitNotWhole, NoWorkingTime.
    """
    limit.check()
    clock = wall_clock(received)
    steps = [_received(clock)]
    if late_reception_shifts:
        shifted = _shifted(clock, calendar, cutoff)
        if shifted != clock:
            steps.append(_shift_step(cutoff, shifted))
            clock = shifted
    answer = _reckon(clock, limit, calendar)
    warning = undecided(answer.value.date(), calendar)
    return Answer(answer.value, (*steps, *answer.steps, *warning))


def due_date(received: date, days: int, calendar: Calendar) -> Answer[date]:
    """
    Return the last civil date on which the result is still on time.

    `days` are working days; the day of receipt is not one of them (Bộ luật Dân sự 91/2015/QH13, Đ.147 k.2). No days
    means the day of receipt itself, or the next working day when it is off. Raises ValueError if `days` < 0.
    """
    if days < 0:
        raise ValueError("a time limit is never negative")
    last = last_working_day(received, 2 * days, calendar)
    steps = [
        _first_day(received),
        *skipped_days(received, last, calendar),
        Step(
            _("{amount} working days end on {day}.") if days != 1 else _("{amount} working day ends on {day}."),
            LAST_DAY,
            last,
            {"amount": days, "day": short_date(last)},
            "due.counted",
        ),
    ]
    return Answer(last, tuple(steps))


def hand_over_by(received: datetime, calendar: Calendar, *, cutoff: time | None = None) -> Answer[datetime]:
    """
    Return when the desk must have handed the dossier to the agency that settles it (NĐ 61/2018/NĐ-CP Đ.18).

    Received up to `cutoff` on a working day: by the end of that day. Later, or on a day off: at the beginning of the
    next working day. The hour is the figure `onestop.hand_over_cutoff` of that day unless another one is given. Raises
    FigureNotInForce for a day before 21/06/2018.
    """
    clock = wall_clock(received)
    day = clock.date()
    rule = figure("onestop.hand_over_cutoff", on=day)
    cutoff = cutoff or time(int(rule.value))
    if is_working_day(day, calendar) and clock.time() <= cutoff and clock <= calendar.closes(day):
        text, by = _("Received by {cutoff}: hand over on the same working day."), calendar.closes(day)
    else:
        by = calendar.opens(next_working_day(day, calendar))
        text = _("Received after {cutoff} or on a day off: hand over at the start of the next working day, {day}.")
    facts = {"cutoff": cutoff.strftime("%H:%M"), "day": short_date(by.date())}
    return Answer(by, (_received(clock), Step(text, rule.sources[0], by.date(), facts, "hand_over.by")))


def run_working_seconds(start: datetime, seconds: int, calendar: Calendar) -> datetime:
    """
    Return the moment at which `seconds` of working time have run since `start`.

    No seconds: `start` itself when the clock runs then, else the next opening. Raises NoWorkingTime.
    """
    clock = wall_clock(start).replace(microsecond=0)
    today = clock.date().toordinal()
    if seconds == 0:
        return _next_worked(clock, calendar)
    target = worked_before(clock, calendar) + seconds
    ordinal = calendar.day_of_second(today, target)
    left = target - calendar.seconds_in(today, ordinal)
    day = date.fromordinal(ordinal)
    for opens, closes in calendar.hours_on(day):
        length = seconds_of(closes) - seconds_of(opens)
        if left <= length:
            at = seconds_of(opens) + left
            return moment_of(day, time(at // 3600, at // 60 % 60, at % 60))
        left -= length
    raise NoWorkingTime


def nominal_end(received: date, limit: Limit) -> date:
    """
    Return the date on which a limit in days, months or years ends before days off move it (Đ.148 k.1–k.4).

    A last month without the day of receipt ends on its last day. Raises LimitNotWhole for a fraction, ValueError for
    limits in working time, NoWorkingTime beyond the year 9999.
    """
    if not limit.is_whole:
        raise LimitNotWhole(amount=limit.amount)
    amount = int(limit.amount)
    try:
        if limit.unit is Unit.DAY:
            return date.fromordinal(received.toordinal() + amount)
        if limit.unit in (Unit.MONTH, Unit.YEAR):
            return _months_later(received, amount * (1 if limit.unit is Unit.MONTH else 12))
    except (OverflowError, ValueError) as beyond:
        raise NoWorkingTime from beyond
    raise ValueError("only days, months and years have a nominal end")


def last_day(received: date, limit: Limit, calendar: Calendar, *, standing: int = 0) -> Answer[date]:
    """
    Return the civil date on which a limit in days, months or years ends, moved off days off (Đ.148 k.5).

    `standing`: days in which the clock stood, added to the nominal end. Raises as `nominal_end` does.
    """
    nominal = nominal_end(received, limit)
    source = {Unit.DAY: LAST_DAY, Unit.MONTH: MONTH_END, Unit.YEAR: YEAR_END}[limit.unit]
    steps = [_first_day(received)]
    if limit.unit is not Unit.DAY and nominal.day != received.day:
        text = _("The last month has no day {wanted}: its last day, {day}, stands for it.")
        facts: dict[str, Any] = {"wanted": received.day, "day": short_date(nominal)}
        steps.append(Step(text, MONTH_END, nominal, facts, "due.no_such_day"))
    last = date.fromordinal(nominal.toordinal() + standing)
    facts = {"limit": limit.words(), "day": short_date(last), "received": short_date(received)}
    steps.append(Step(_("{limit} from {received}: until {day}."), source, last, facts, "due.counted"))
    if not is_working_day(last, calendar):
        moved = next_working_day(last, calendar)
        text = _("{day} is a day off ({reason}): the time ends with the next working day, {moved}.")
        facts = {"day": short_date(last), "moved": short_date(moved), **day_off_reason(last, calendar)}
        steps.append(Step(text, DAY_OFF, moved, facts, "due.moved"))
        last = moved
    return Answer(last, tuple(steps))


def last_working_day(received: date, halves: int, calendar: Calendar) -> date:
    """Return the date on which so many half working days have passed since the day of receipt, itself not counted."""
    if halves == 0:
        return received if is_working_day(received, calendar) else next_working_day(received, calendar)
    return date.fromordinal(calendar.day_of_half(received.toordinal() + 1, halves))


def _reckon(clock: datetime, limit: Limit, calendar: Calendar) -> Answer[datetime]:
    if limit.unit is Unit.WORKING_HOUR:
        return _hours(clock, limit, calendar)
    if limit.unit is Unit.WORKING_DAY and not limit.is_whole:
        return _fraction(clock, limit, calendar)
    if limit.unit is Unit.WORKING_DAY:
        answer = due_date(clock.date(), int(limit.amount), calendar)
    else:
        answer = last_day(clock.date(), limit, calendar)
    return end_of_day(clock, answer, calendar)


def end_of_day(clock: datetime, answer: Answer[date], calendar: Calendar) -> Answer[datetime]:
    """Return the moment at which work ends on the last day: the appointment that the receipt names."""
    day = answer.value
    if calendar.closes(day) < clock:
        # a limit of no days, received after closing: the same day is over
        day = next_working_day(day, calendar)
    closes = calendar.closes(day)
    text = _("Working hours end at {time} on {day}.")
    facts = {"time": clock_time(closes), "day": short_date(day)}
    return Answer(closes, (*answer.steps, Step(text, "", day, facts, "due.closing")))


def _hours(clock: datetime, limit: Limit, calendar: Calendar) -> Answer[datetime]:
    seconds = int((Decimal(limit.amount) * 3600).to_integral_value(ROUND_CEILING))
    end = run_working_seconds(clock, seconds, calendar)
    text = _("{limit} run from the moment of receipt, in working hours only, until {time} on {day}.")
    facts = {"limit": limit.words(), "time": clock_time(end), "day": short_date(end.date())}
    skipped = skipped_days(clock.date(), end.date(), calendar)
    return Answer(end, (*skipped, Step(text, HOURS_RUN, end.date(), facts, "due.hours")))


def _fraction(clock: datetime, limit: Limit, calendar: Calendar) -> Answer[datetime]:
    whole = int(limit.amount)
    base = due_date(clock.date(), whole, calendar) if whole else Answer(clock.date(), (_first_day(clock.date()),))
    part = int(((Decimal(limit.amount) - whole) * calendar.full_day_seconds).to_integral_value(ROUND_CEILING))
    end = run_working_seconds(calendar.opens(next_working_day(base.value, calendar)), part, calendar)
    text = _("{amount} of a working day runs on {day} until {time}.")
    facts = {"amount": Decimal(limit.amount) - whole, "day": short_date(end.date()), "time": clock_time(end)}
    return Answer(end, (*base.steps, Step(text, FIRST_DAY, end.date(), facts, "due.fraction")))


def _months_later(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _next_worked(clock: datetime, calendar: Calendar) -> datetime:
    day = clock.date()
    for opens, closes in calendar.hours_on(day):
        if clock.time() <= closes:
            return max(clock, moment_of(day, opens))
    return calendar.opens(next_working_day(day, calendar))


def counted_as_received(received: datetime, calendar: Calendar, *, cutoff: time = CUTOFF) -> datetime:
    """Return when a dossier counts as received where the province puts off what comes late (`late_reception_shifts`)."""
    return _shifted(wall_clock(received), calendar, cutoff)


def _shifted(clock: datetime, calendar: Calendar, cutoff: time) -> datetime:
    if is_working_day(clock.date(), calendar) and clock.time() <= cutoff:
        return clock
    return calendar.opens(next_working_day(clock.date(), calendar))


def _shift_step(cutoff: time, shifted: datetime) -> Step:
    text = _("Received after {cutoff} or on a day off: by the rule of the province it counts as received on {day}.")
    facts = {"cutoff": cutoff.strftime("%H:%M"), "day": short_date(shifted.date())}
    return Step(text, HAND_OVER, shifted.date(), facts, "due.late_reception")


def _received(clock: datetime) -> Step:
    facts = {"time": clock_time(clock), "day": short_date(clock.date())}
    return Step(_("Complete dossier received at {time} on {day}."), "", clock.date(), facts, "due.received")


def _first_day(received: date) -> Step:
    facts = {"day": short_date(received)}
    return Step(_("The day of receipt, {day}, is not counted."), FIRST_DAY, received, facts, "due.first_day")
