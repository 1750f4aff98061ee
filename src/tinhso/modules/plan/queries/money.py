"""Where the money of a plan stands: planned, allocated and paid out, by year, by source and by project; and what does not add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from tinhso.modules.plan.models import HELD, Amount, Booking, Item, Kind, Movement, Plan, Way

ZERO = Decimal(0)
WHOLE = 0
"""The key of the whole time among years."""


@dataclass(slots=True)
class Line:
    """One line of money: what is planned, allocated and paid out, by year; year 0 is all of them. In đồng."""

    item: Item | None
    name: str
    planned: dict[int, Decimal] = field(default_factory=dict)
    allocated: dict[int, Decimal] = field(default_factory=dict)
    disbursed: dict[int, Decimal] = field(default_factory=dict)

    def share(self, year: int = WHOLE) -> Decimal | None:
        """Return how much of what is planned is paid out, in per cent; None where nothing is planned."""
        planned = self.planned.get(year, ZERO)
        return self.disbursed.get(year, ZERO) * 100 / planned if planned else None

    def overdrawn(self, year: int = WHOLE) -> Decimal:
        """Return how much more is paid out than was allocated; nought where it is not."""
        return max(self.disbursed.get(year, ZERO) - self.allocated.get(year, ZERO), ZERO)

    @property
    def gap(self) -> Decimal:
        """Return how much the years together are more than the sum that is told for all; nought where they agree or none are told."""
        years = [vnd for year, vnd in self.planned.items() if year != WHOLE]
        return sum(years, ZERO) - self.planned[WHOLE] if years and WHOLE in self.planned else ZERO


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Lines that together are not what they should be: `projects`, `sources` or `years`, for a year or for all (0)."""

    kind: str
    name: str
    year: int
    off: Decimal
    """How much they are more than the whole."""


@dataclass(frozen=True, slots=True)
class Money:
    """The money of a plan."""

    years: tuple[int, ...]
    whole: Line
    sources: tuple[Line, ...]
    projects: tuple[Line, ...]
    unnamed_sources: Line
    """Booked without a source."""
    unnamed_projects: Line
    disagreements: tuple[Disagreement, ...]

    @property
    def is_planned(self) -> bool:
        """Tell whether the plan names money at all."""
        return bool(self.whole.planned or self.sources or self.projects or self.whole.allocated or self.whole.disbursed)


def money_of(plan: Plan, *, until: date | None = None) -> Money:
    """Return where the money of a plan stands, by the lines that a person accepted; `until`: at the end of that day. Three statements."""
    items = list(Item.objects.filter(plan=plan, kind=Kind.MONEY, state__in=HELD).order_by("order"))
    planned = _planned(items)
    rows = Movement.objects.filter(plan=plan, taken_back_at=None)
    moved = list(
        (rows if until is None else rows.filter(on__lte=until))
        .values_list("booking", "year", "source", "project")
        .annotate(vnd=Sum("vnd"))
        .order_by()
    )
    sources = [_line(each, planned, moved, 2) for each in items if each.way == Way.SOURCE]
    projects = [_line(each, planned, moved, 3) for each in items if each.way == Way.PROJECT]
    told = [_line(each, planned, (), 2) for each in items if each.way == Way.WHOLE]
    whole = _whole(told, projects, sources)
    _add(whole, moved)
    unnamed = []
    for place in (2, 3):
        line = Line(None, "")
        _add(line, [row for row in moved if row[place] is None])
        unnamed.append(line)
    years = sorted(
        {
            year
            for line in (whole, *sources, *projects)
            for sums in (line.planned, line.allocated, line.disbursed)
            for year in sums
        }
        - {WHOLE}
    )
    return Money(
        tuple(years), whole, tuple(sources), tuple(projects), unnamed[0], unnamed[1],
        tuple(_disagreements(bool(told), whole, sources, projects, years)),
    )  # fmt: skip


type _Moved = Sequence[tuple[str, int, UUID | None, UUID | None, Decimal]]


def _planned(items: Iterable[Item]) -> dict[UUID, dict[int, Decimal]]:
    found: dict[UUID, dict[int, Decimal]] = {}
    for item, year, vnd in Amount.objects.filter(item__in=[each.pk for each in items]).values_list(
        "item", "year", "vnd"
    ):
        found.setdefault(item, {})[year] = vnd
    return found


def _line(item: Item, planned: Mapping[UUID, dict[int, Decimal]], moved: _Moved, place: int) -> Line:
    line = Line(item, item.text, _with_whole(dict(planned.get(item.pk, {}))))
    _add(line, [row for row in moved if row[place] == item.pk])
    return line


def _with_whole(sums: dict[int, Decimal]) -> dict[int, Decimal]:
    """Return sums by year with that of all years, where only the years are told."""
    if sums and WHOLE not in sums:
        sums[WHOLE] = sum(sums.values(), ZERO)
    return sums


def _add(line: Line, moved: _Moved) -> None:
    for booking, year, _source, _project, vnd in moved:
        sums = line.allocated if booking == Booking.ALLOCATED else line.disbursed
        sums[year] = sums.get(year, ZERO) + vnd
        sums[WHOLE] = sums.get(WHOLE, ZERO) + vnd


def _whole(told: Sequence[Line], projects: Sequence[Line], sources: Sequence[Line]) -> Line:
    """Return the whole as it is told; of a plan that tells none, what its projects are together, or else its sources."""
    if told:
        return told[0]
    made = Line(None, "")
    for each in projects or sources:
        for year, vnd in each.planned.items():
            made.planned[year] = made.planned.get(year, ZERO) + vnd
    return made


def _disagreements(
    is_told: bool, whole: Line, sources: Sequence[Line], projects: Sequence[Line], years: Sequence[int]
) -> Iterable[Disagreement]:
    for line in (whole, *sources, *projects):
        if line.gap:
            yield Disagreement("years", line.name, WHOLE, line.gap)
    ways = (("sources", sources), ("projects", projects)) if is_told else ()
    for kind, lines in ways:
        for year in (WHOLE, *years):
            said = whole.planned.get(year)
            parts = [line.planned[year] for line in lines if year in line.planned]
            if said is None or not parts:
                continue
            off = sum(parts, ZERO) - said
            if off:
                yield Disagreement(kind, whole.name, year, off)
