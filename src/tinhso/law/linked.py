"""
What several agencies that settle one dossier owe, each by its own clock (NĐ 61/2018/NĐ-CP Đ.19 k.6, k.7; TT 01/2018/TT-VPCP Đ.13 k.2).

Each is late by its own limit alone. What the dossier is late beyond that nobody's clock explains, and is the lead's: it
steers the others. The time that the lead held the dossier itself is what is left when the others' time is taken out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from tinhso.law.answer import Answer, NoAnswer, Step
from tinhso.law.answer import msgid as _
from tinhso.law.civil_time import clock_time, short_date, wall_clock
from tinhso.law.statistics import Punctuality, punctuality
from tinhso.law.working_time import Calendar, Limit, Unit, working_seconds_between

TOGETHER = "NĐ 61/2018/NĐ-CP Đ.19 k.6"
RATED = "TT 01/2018/TT-VPCP Đ.13 k.2"
_HOUR = 3600
_DAYS: dict[Unit, Decimal] = {
    # of an ordinary week of five working days of eight hours: holidays lengthen both sides of the comparison
    Unit.WORKING_HOUR: Decimal(7) / Decimal(40),
    Unit.WORKING_DAY: Decimal(7) / Decimal(5),
    Unit.DAY: Decimal(1),
    Unit.MONTH: Decimal(30),
    Unit.YEAR: Decimal(365),
}


class PartsTooLong(NoAnswer):
    """The limits of the participants do not fit in that of the whole."""

    code = "law.parts_too_long"
    text = _("The parts need about {needed} days, one after another and side by side as stated; the whole has {whole}.")
    law = TOGETHER


@dataclass(frozen=True, slots=True)
class Stretch:
    """One participant's part: when its clock ran, until when it was to be done; `ended` None while it runs."""

    key: str
    started: datetime
    due: datetime | None
    ended: datetime | None = None
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    is_lead: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What one participant answers for, in seconds of working time."""

    key: str
    held: int
    """How long its clock ran, without the pauses; of the lead: how long it, and nobody else, had the dossier."""
    late: int
    punctuality: Punctuality | None
    """The mark of TT 01/2018/TT-VPCP Đ.13 k.2; None while it runs and is not late, or without a limit."""


def longest(parts: Iterable[tuple[int, Limit]]) -> Decimal:
    """
    Return how many calendar days parts take together, in ordinary weeks: those of one position side by side, then the next.

    Raises LimitUnspecified, LimitNotWhole.
    """
    by_position: dict[int, Decimal] = {}
    for position, limit in parts:
        limit.check()
        days = Decimal(limit.amount) * _DAYS[limit.unit]
        by_position[position] = max(by_position.get(position, Decimal(0)), days)
    return sum(by_position.values(), Decimal(0))


def require_fit(parts: Sequence[tuple[int, Limit]], whole: Limit) -> None:
    """Raise PartsTooLong when participants who all keep their limits could still miss that of the whole."""
    needed, has = longest(parts), longest([(0, whole)])
    if needed > has:
        facts = {
            name: int(days.to_integral_value(ROUND_CEILING)) for name, days in (("needed", needed), ("whole", has))
        }
        raise PartsTooLong(**facts)


def lateness(part: Stretch, at: datetime, calendar: Calendar) -> Answer[int]:
    """Return by how many working seconds a part is late by its own clock, 0 when it is not; a clock that stands is not late."""
    end, due = part.ended or _standing_since(part) or at, part.due
    if due is None or end <= due:
        return Answer(0)
    # at least a second: what came after the last moment of a day came late, however little was worked between
    late = max(working_seconds_between(due, end, calendar), 1)
    text = _("Its own time ended at {due_time} on {due_day}; it took until {time} on {day}.")
    facts = {
        "due_time": clock_time(due), "due_day": short_date(wall_clock(due).date()),
        "time": clock_time(end), "day": short_date(wall_clock(end).date()),
    }  # fmt: skip
    return Answer(late, (Step(text, RATED, wall_clock(end).date(), facts, "linked.late"),))


def shares(
    parts: Sequence[Stretch],
    *,
    received: datetime,
    due: datetime | None,
    ended: datetime | None,
    at: datetime,
    calendars: Mapping[str, Calendar],
) -> Answer[dict[str, Share]]:
    """
    Return what each participant answers for, by key.

    `received`, `due` and `ended` are the whole dossier's; `calendars` by key, the lead's for the whole. A part that was
    reached twice is given twice and counted together. Exactly one part, or several of one key, is the lead's.
    """
    lead = next(part.key for part in parts if part.is_lead)
    whole, end = calendars[lead], ended or at
    steps: list[Step] = []
    found: dict[str, Share] = {}
    for key in dict.fromkeys(part.key for part in parts):
        own, calendar = [part for part in parts if part.key == key], calendars[key]
        late = [lateness(part, at, calendar) for part in own]
        steps += [step for answer in late for step in answer.steps]
        held = sum(_worked(_running(part, at), calendar) for part in own)
        found[key] = Share(key, held, sum(answer.value for answer in late), _mark(own, at))
    others = [span for part in parts if not part.is_lead for span in _running(part, at)]
    its_own = [span for part in parts if part.is_lead for span in _running(part, at)]
    mine = _worked(_without([(received, end)], _without(others, its_own)), whole)
    unexplained = _unexplained(parts, due, end, at, whole)
    if unexplained:
        text = _("{hours} working hours of lateness lie in nobody's part: they are the lead's, which steers.")
        hours = (Decimal(unexplained) / _HOUR).quantize(Decimal("0.1"))
        steps.append(Step(text, TOGETHER, wall_clock(end).date(), {"hours": hours}, "linked.unexplained"))
    found[lead] = Share(lead, mine, found[lead].late + unexplained, found[lead].punctuality)
    return Answer(found, tuple(steps))


def _standing_since(part: Stretch) -> datetime | None:
    return next((start for start, end in part.pauses if end is None), None)


def _mark(parts: Sequence[Stretch], at: datetime) -> Punctuality | None:
    """Return the mark of a participant: late if any of its parts is."""
    marks = [
        punctuality(part.ended or at, part.due)
        for part in parts
        if part.due is not None and (part.ended is not None or (at > part.due and _standing_since(part) is None))
    ]
    order = (Punctuality.LATE, Punctuality.ON_THE_DAY, Punctuality.EARLY)
    return min(marks, key=order.index, default=None)


Span = tuple[datetime, datetime]


def _running(part: Stretch, at: datetime) -> list[Span]:
    """Return when the clock of a part ran."""
    stops = [(start, stop or at) for start, stop in part.pauses]
    return _without([(part.started, part.ended or max(at, part.started))], stops)


def _unexplained(
    parts: Sequence[Stretch], due: datetime | None, end: datetime, at: datetime, calendar: Calendar
) -> int:
    """Return for how long the whole was late although nobody's part was."""
    if due is None or end <= due:
        return 0
    late = [
        (part.due, part.ended or _standing_since(part) or at)
        for part in parts
        if part.due is not None and (part.ended or _standing_since(part) or at) > part.due
    ]
    return max(working_seconds_between(due, end, calendar) - _worked(_joined(late), calendar), 0)


def _joined(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _without(spans: Iterable[Span], gone: Iterable[Span]) -> list[Span]:
    """Return what is in the first and not in the second."""
    left = _joined(spans)
    for start, end in _joined(gone):
        left = [
            piece
            for begun, over in left
            for piece in ((begun, min(over, start)), (max(begun, end), over))
            if piece[1] > piece[0]
        ]
    return left


def _worked(spans: Iterable[Span], calendar: Calendar) -> int:
    return sum(working_seconds_between(start, end, calendar) for start, end in _joined(spans))
