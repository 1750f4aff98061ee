"""Waiting and serving times, from the rows of hours: nothing is counted over tickets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tinhso.modules.queueing.models import HourFigure, LineDay, Ticket

TICKETS = 100
"""Of a day, on one page."""


@dataclass(slots=True)
class Times:
    """What was measured of a line, a window or an hour."""

    name: str
    called: int = 0
    longest: int = 0
    waits: dict[int, int] = field(default_factory=dict)
    serves: dict[int, int] = field(default_factory=dict)

    @property
    def wait_median(self) -> int | None:
        """Return the minutes that half of them waited at most."""
        return quantile(self.waits, 50)

    @property
    def wait_p90(self) -> int | None:
        """Return the minutes that nine of ten waited at most."""
        return quantile(self.waits, 90)

    @property
    def serve_median(self) -> int | None:
        """Return the minutes that half of them took at most."""
        return quantile(self.serves, 50)

    @property
    def serve_p90(self) -> int | None:
        """Return the minutes that nine of ten took at most."""
        return quantile(self.serves, 90)


def quantile(lengths: Mapping[int, int], percent: int) -> int | None:
    """Return the whole minutes within which `percent` of them lie (nearest rank), None for none."""
    total, seen = sum(lengths.values()), 0
    for minutes in sorted(lengths):
        seen += lengths[minutes]
        if seen * 100 >= total * percent:
            return minutes
    return None


def rows_of(desk_code: str, day: date) -> list[HourFigure]:
    """Return the figures of a desk and day: one row for each line, window and hour."""
    rows = HourFigure.objects.filter(desk_code=desk_code, day=day).select_related("line")
    return list(rows.order_by("hour", "line_id", "window"))


def days_of_lines(line_ids: Sequence[str], day: date) -> dict[str, LineDay]:
    """Return the counter rows of these lines."""
    return {each.line_id: each for each in LineDay.objects.filter(line_id__in=line_ids, day=day)}


def tickets_of(desk_code: str, day: date, *, line: str = "", page: int = 1) -> tuple[list[Ticket], bool]:
    """Return a page of the tickets of a desk and day, of one line or of all, in the order in which they were taken; and whether more follow."""
    rows = Ticket.objects.filter(desk_code=desk_code, day=day).select_related("line")
    if line:
        rows = rows.filter(line_id=line)
    begin = (max(page, 1) - 1) * TICKETS
    found = list(rows.order_by("taken_at", "id")[begin : begin + TICKETS + 1])
    return found[:TICKETS], len(found) > TICKETS


def together(rows: Iterable[HourFigure], by: str) -> list[Times]:
    """Put rows together by `hour`, `window` or `line_id`."""
    found: dict[str, Times] = {}
    for row in rows:
        name = f"{row.hour:02d}:00" if by == "hour" else str(getattr(row, by))
        times = found.setdefault(name, Times(name))
        times.called += row.called
        times.longest = max(times.longest, row.longest_wait // 60)
        for minutes, number in row.waits.items():
            times.waits[int(minutes)] = times.waits.get(int(minutes), 0) + number
        for minutes, number in row.serves.items():
            times.serves[int(minutes)] = times.serves.get(int(minutes), 0) + number
    return [found[name] for name in sorted(found)]
