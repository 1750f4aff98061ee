"""How a deadline stands, in the words of a chip: still time, soon, late, clock standing, returned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from tinhso.law.answer import Step
from tinhso.law.answer import msgid as _
from tinhso.law.civil_time import clock_time, short_date, wall_clock
from tinhso.law.working_time import Calendar, half_days_between, working_seconds_between

_HOUR = 3600
_DAY = 2
"""A working day in half days."""


class DeadlineState(StrEnum):
    """How a deadline stands."""

    ON_TIME = "on_time"
    SOON = "soon"
    LATE = "late"
    PAUSED = "paused"
    RETURNED = "returned"
    RETURNED_LATE = "returned_late"

    @property
    def tone(self) -> str:
        """Return the tone of the chip in the design system, §5."""
        return _TONES[self]


_TONES = {
    DeadlineState.ON_TIME: "ok",
    DeadlineState.SOON: "warn",
    DeadlineState.LATE: "late",
    DeadlineState.PAUSED: "pause",
    DeadlineState.RETURNED: "done",
    DeadlineState.RETURNED_LATE: "solid-late",
}


@dataclass(frozen=True, slots=True)
class DeadlineStatus:
    """
    The state, its words (a step: msgid and facts) and what is left.

    `left_half_days` are half working days to the due date, negative once past; `left_seconds` working seconds.
    """

    state: DeadlineState
    words: Step
    left_half_days: int
    left_seconds: int

    @property
    def tone(self) -> str:
        """Return the tone of the chip in the design system."""
        return self.state.tone


def deadline_status(
    due_at: datetime | None,
    at: datetime,
    calendar: Calendar,
    *,
    received_at: datetime | None = None,
    paused_since: datetime | None = None,
    returned_at: datetime | None = None,
    soon_days: Decimal | int = 2,
    soon_share: Decimal = Decimal("0.2"),
) -> DeadlineStatus:
    """
    Return how the deadline stands at a moment.

    Soon: at most `soon_days` working days are left, or `soon_share` of the whole limit (from `received_at` to
    `due_at`), whichever is larger; both come from the figures `onestop.soon_days`, `onestop.soon_share` or from the
    province. `due_at` is None only while the clock stands. Raises ValueError when it is None otherwise.
    """
    if returned_at is not None and due_at is not None:
        return _returned(due_at, returned_at, calendar)
    if paused_since is not None:
        return _paused(paused_since, due_at, at, calendar)
    if due_at is None:
        raise ValueError("a clock that runs has a due moment")
    now, end = wall_clock(at), wall_clock(due_at)
    halves = half_days_between(now.date(), end.date(), calendar)
    seconds = working_seconds_between(at, due_at, calendar)
    if at > due_at:
        return DeadlineStatus(DeadlineState.LATE, _late(now, end, -halves, -seconds), halves, seconds)
    window = Decimal(soon_days) * 2
    if received_at is not None:
        whole = half_days_between(wall_clock(received_at).date(), end.date(), calendar)
        window = max(window, soon_share * whole)
    state = DeadlineState.SOON if halves <= window else DeadlineState.ON_TIME
    return DeadlineStatus(state, _left(now, end, halves, seconds, calendar), halves, seconds)


def _left(now: datetime, end: datetime, halves: int, seconds: int, calendar: Calendar) -> Step:
    if now.date() == end.date():
        if seconds < _HOUR:
            minutes = seconds // 60
            text = _("Today, {count} minute left") if minutes == 1 else _("Today, {count} minutes left")
            return _words("left.today_minutes", text, minutes)
        hours = seconds // _HOUR
        text = _("Today, {count} hour left") if hours == 1 else _("Today, {count} hours left")
        return _words("left.today", text, hours)
    if seconds < calendar.full_day_seconds:
        hours = max(1, seconds // _HOUR)
        text = _("{count} working hour left") if hours == 1 else _("{count} working hours left")
        return _words("left.hours", text, hours)
    text = _("{count} working day left") if halves == _DAY else _("{count} working days left")
    return _words("left.days", text, Decimal(halves) / 2)


def _late(now: datetime, end: datetime, halves: int, seconds: int) -> Step:
    if now.date() == end.date() and seconds >= _HOUR:
        hours = seconds // _HOUR
        text = _("{count} hour overdue") if hours == 1 else _("{count} hours overdue")
        return _words("late.hours", text, hours)
    if halves == 0:
        return _words("late", _("Overdue since {time}, {day}"), 0, end)
    text = _("{count} working day overdue") if halves == _DAY else _("{count} working days overdue")
    return _words("late.days", text, Decimal(halves) / 2)


def _paused(since: datetime, due_at: datetime | None, at: datetime, calendar: Calendar) -> DeadlineStatus:
    halves = seconds = 0
    if due_at is not None:
        halves = half_days_between(wall_clock(at).date(), wall_clock(due_at).date(), calendar)
        seconds = working_seconds_between(at, due_at, calendar)
    words = _words("paused", _("Clock standing since {day}"), 0, since)
    return DeadlineStatus(DeadlineState.PAUSED, words, halves, seconds)


def _returned(due_at: datetime, returned_at: datetime, calendar: Calendar) -> DeadlineStatus:
    halves = half_days_between(wall_clock(returned_at).date(), wall_clock(due_at).date(), calendar)
    seconds = working_seconds_between(returned_at, due_at, calendar)
    days = Decimal(abs(halves)) / 2
    state = DeadlineState.RETURNED
    if returned_at > due_at:
        state = DeadlineState.RETURNED_LATE
        if not days:
            words = _words("returned.late", _("Returned late"), 0)
        else:
            text = _("Returned, {count} working day late") if days == 1 else _("Returned, {count} working days late")
            words = _words("returned.days_late", text, days)
    elif not days:
        words = _words("returned.on_time", _("Returned on time"), 0)
    else:
        text = _("Returned, {count} working day early") if days == 1 else _("Returned, {count} working days early")
        words = _words("returned.days_early", text, days)
    return DeadlineStatus(state, words, halves, seconds)


def _words(code: str, text: str, count: Decimal | int, moment: datetime | None = None) -> Step:
    facts: dict[str, Decimal | int | str] = {"count": count}
    if moment is not None:
        facts |= {"time": clock_time(moment), "day": short_date(wall_clock(moment).date())}
    return Step(text, "", None, facts, f"deadline.{code}")
