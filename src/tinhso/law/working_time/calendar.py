"""
The working calendar of an administration, precomputed so that a deadline is two look-ups and not a walk over days.

The five-day week, Saturday and Sunday off: QĐ 188/1999/QĐ-TTg Đ.1. Holidays: Bộ luật Lao động 45/2019/QH14 Đ.112.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import pairwise

from tinhso.law.answer import NoAnswer
from tinhso.law.answer import msgid as _
from tinhso.law.civil_time import moment_of, wall_clock

Interval = tuple[time, time]

_DAY_HOURS: tuple[Interval, ...] = ((time(7), time(11, 30)), (time(13, 30), time(17)))
OFFICE_HOURS: Mapping[int, tuple[Interval, ...]] = dict.fromkeys(range(5), _DAY_HOURS)
"""Eight hours, Monday (0) to Friday (4): what a calendar assumes when the province says nothing."""

WEEKEND = "QĐ 188/1999/QĐ-TTg Đ.1"
_HALF_AT_MOST = 0.625
"""A day of at most five of eight hours is a half day: half days run 3½ to 4½ hours."""


class NoWorkingTime(NoAnswer):
    """The calendar has no working time left in which the limit could run."""

    code = "law.no_working_time"
    text = _("The calendar has no working time in which this limit could run. Check the working hours.")


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """
    A day that is not what its weekday says: a holiday, a swapped day, a day closed or opened by decision.

    `reason` is Vietnamese, `reason_en` English; `source` the law or decision; `kind` is `holiday`, `observed` (a day
    off in lieu), `swapped` or `local`; `certain` is False while the schedule is computed and not yet announced.
    `occasion` names the festival that several days make up (Tết). `hours` are those of an opened day, when they differ from a full working day.
    """

    reason: str
    reason_en: str = ""
    source: str = ""
    kind: str = "holiday"
    certain: bool = True
    occasion: str = ""
    occasion_en: str = ""
    hours: tuple[Interval, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Index:
    """Running sums from `first` (an ordinal): entry i is what has been worked before day first + i."""

    first: int
    halves: list[int]
    seconds: list[int]

    @property
    def last(self) -> int:
        return self.first + len(self.halves) - 2


@dataclass(frozen=True, eq=False)
class Calendar:
    """
    Which days and hours an administration works.

    `hours`: weekday (Monday 0) → intervals worked. `closed`: days off by law or decision. `opened`: days worked
    although their weekday is off, or with hours of their own; it wins over `closed`. `duty`: intervals in which the
    desk receives people while no clock runs (Saturday mornings). `decided`: years whose holidays are announced; a
    deadline that ends in another year says so. A plain string as the value of a day is its reason.
    """

    hours: Mapping[int, tuple[Interval, ...]] = field(default_factory=lambda: OFFICE_HOURS)
    closed: Mapping[date, SpecialDay | str] = field(default_factory=dict)
    opened: Mapping[date, SpecialDay | str] = field(default_factory=dict)
    duty: Mapping[int, tuple[Interval, ...]] = field(default_factory=dict)
    decided: frozenset[int] | None = None
    full_day_seconds: int = field(init=False)
    special: tuple[date, ...] = field(init=False, repr=False)
    _index: list[_Index] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for spans in (*self.hours.values(), *self.duty.values()):
            _check(spans)
        opened = {day: _special(given, "swapped") for day, given in self.opened.items()}
        closed = {day: _special(given, "holiday") for day, given in self.closed.items() if day not in opened}
        full = max((_length(spans) for spans in self.hours.values()), default=0)
        for day in opened.values():
            _check(day.hours or ())
        put = object.__setattr__
        put(self, "opened", opened)
        put(self, "closed", closed)
        put(self, "full_day_seconds", full or max((_length(d.hours or ()) for d in opened.values()), default=0))
        put(self, "special", tuple(sorted({*closed, *opened})))
        put(self, "_index", [])

    def hours_on(self, day: date) -> tuple[Interval, ...]:
        """Return the intervals in which the clock runs on this day; empty when it is a day off."""
        if day in self.opened:
            own = _known(self.opened[day]).hours
            return self._full_day() if own is None else own
        return () if day in self.closed else self.hours.get(day.weekday(), ())

    def half_days_on(self, day: date) -> int:
        """Return 2 for a full working day, 1 for a half day, 0 for a day off."""
        return self._halves(_length(self.hours_on(day)))

    def special_day(self, day: date) -> SpecialDay | None:
        """Return why this day is not what its weekday says, or None when it is."""
        found = self.opened.get(day) or self.closed.get(day)
        return _known(found) if found else None

    def opens(self, day: date) -> datetime:
        """Return the moment at which work begins on a working day. Raises IndexError on a day off."""
        return moment_of(day, self.hours_on(day)[0][0])

    def closes(self, day: date) -> datetime:
        """Return the moment at which work ends on a working day. Raises IndexError on a day off."""
        return moment_of(day, self.hours_on(day)[-1][1])

    def is_open_at(self, moment: datetime) -> bool:
        """Tell whether the desk receives people at this moment, duty hours included."""
        clock = wall_clock(moment)
        day = clock.date()
        duty = () if day in self.closed else self.duty.get(day.weekday(), ())
        return any(start <= clock.time() < end for start, end in (*self.hours_on(day), *duty))

    def is_decided(self, year: int) -> bool:
        """Tell whether the holidays of this year are announced; True when the calendar does not say."""
        return self.decided is None or year in self.decided

    def halves_in(self, first: int, end: int) -> int:
        """Return the half days worked from ordinal `first` (included) to `end` (excluded)."""
        index = self._covering(first, end)
        return index.halves[end - index.first] - index.halves[first - index.first]

    def seconds_in(self, first: int, end: int) -> int:
        """Return the seconds worked from ordinal `first` (included) to `end` (excluded)."""
        index = self._covering(first, end)
        return index.seconds[end - index.first] - index.seconds[first - index.first]

    def day_of_half(self, start: int, wanted: int) -> int:
        """Return the first ordinal on which `wanted` (> 0) half days are worked, counted from `start` (included)."""
        return self._find(start, wanted, "halves")

    def day_of_second(self, start: int, wanted: int) -> int:
        """Return the first ordinal on which `wanted` (> 0) seconds are worked, counted from `start` (included)."""
        return self._find(start, wanted, "seconds")

    def _find(self, start: int, wanted: int, what: str) -> int:
        reach = 366
        while True:
            until = min(start + reach, _LAST)
            index = self._covering(start, until)
            sums: list[int] = getattr(index, what)
            base = start - index.first
            target = sums[base] + wanted
            if sums[-1] >= target:
                return index.first + bisect_left(sums, target, base + 1) - 1
            if until == _LAST or reach > _HORIZON or (not self.works_weekly and until > self._last_opened()):
                raise NoWorkingTime
            reach *= 2

    @property
    def works_weekly(self) -> bool:
        """Tell whether any weekday is worked, so that time never runs out."""
        return any(_length(spans) for spans in self.hours.values())

    def _last_opened(self) -> int:
        return max((day.toordinal() for day in self.opened), default=0)

    def _full_day(self) -> tuple[Interval, ...]:
        return max(self.hours.values(), key=_length, default=_DAY_HOURS)

    def _halves(self, seconds: int) -> int:
        if seconds <= 0:
            return 0
        return 1 if seconds <= _HALF_AT_MOST * self.full_day_seconds else 2

    def _covering(self, first: int, last: int) -> _Index:
        if self._index:
            index = self._index[0]
            if index.first <= first and last <= index.last + 1:
                return index
            if max(last, index.last) - min(first, index.first) > _HORIZON:
                return self._build(_year_start(first), _year_end(last))
            first, last = min(first, index.first), max(last, index.last)
        # the list has one element, replaced whole: threads see the old index or the new one, never half of one
        index = self._build(_year_start(first), _year_end(last))
        self._index[:] = [index]
        return index

    def _build(self, first: int, last: int) -> _Index:
        week = [(self._halves(n), n) for n in (_length(self.hours.get(day, ())) for day in range(7))]
        special = {day.toordinal(): self.hours_on(day) for day in self.special}
        halves, seconds = [0], [0]
        half = second = 0
        for ordinal in range(first, last + 1):
            if ordinal in special:
                length = _length(special[ordinal])
                worked = (self._halves(length), length)
            else:
                worked = week[(ordinal + 6) % 7]
            half += worked[0]
            second += worked[1]
            halves.append(half)
            seconds.append(second)
        return _Index(first, halves, seconds)


_LAST = date.max.toordinal()
_HORIZON = 200 * 366
"""No time limit reaches further, and no index is kept for longer."""


def _year_start(ordinal: int) -> int:
    return date(date.fromordinal(ordinal).year, 1, 1).toordinal()


def _year_end(ordinal: int) -> int:
    return date(date.fromordinal(min(ordinal, _LAST)).year, 12, 31).toordinal()


def _length(spans: Iterable[Interval]) -> int:
    return sum(seconds_of(end) - seconds_of(start) for start, end in spans)


def seconds_of(clock: time) -> int:
    """Return the seconds from midnight to this time, fractions dropped."""
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def _special(given: SpecialDay | str, kind: str) -> SpecialDay:
    return SpecialDay(given, kind=kind) if isinstance(given, str) else given


def _known(given: SpecialDay | str) -> SpecialDay:
    return given if isinstance(given, SpecialDay) else SpecialDay(given)


def _check(spans: Iterable[Interval]) -> None:
    flat = [clock for span in spans for clock in span]
    if any(later <= earlier for earlier, later in pairwise(flat)):
        raise ValueError("working intervals must follow one another and not be empty")
