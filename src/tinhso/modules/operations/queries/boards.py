"""A board with its figures: of one unit, a period and a moment, each beside its target, the period before and the year before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound, Text
from tinhso.kernel.indicators.public import (
    Figure,
    Indicator,
    Observation,
    Readings,
    Target,
    latest_told,
    list_indicators,
    own_period,
    readings,
    reasons_for,
    targets_for,
)
from tinhso.kernel.organisation.public import Agency, agencies_by_code, find_agency, list_agencies
from tinhso.law.indicators import Direction, Standing, ranked, standing
from tinhso.law.periods import Kind, Period, period_of, read_period
from tinhso.modules.operations.models import Board

KINDS = (Kind.DAY, Kind.MONTH, Kind.QUARTER, Kind.YEAR)
"""Periods that a board offers of its own."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure of a board."""

    indicator: Indicator
    unit: str
    period: Period
    figure: Figure | None
    target: Target | None = None
    before: Decimal | None = None
    year_ago: Decimal | None = None

    @property
    def value(self) -> Decimal | None:
        """Return the figure; None where there is none, which is not nought."""
        return self.figure.value if self.figure else None

    @property
    def standing(self) -> Standing:
        """Tell how it stands to its target."""
        if self.target is None:
            return Standing.UNKNOWN
        return standing(self.value, self.target.value, Direction(self.indicator.direction), self.target.tolerance)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit in a rank: its figure, and its place, None where it has none."""

    unit: Agency
    value: Decimal | None
    place: int | None
    target: Target | None = None
    standing: Standing = Standing.UNKNOWN


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a board: its tiles, and the units below by one of its figures, the worst first."""

    code: str
    row: Mapping[str, Any]
    tiles: tuple[Tile, ...]
    rank: Indicator | None = None
    places: tuple[Place, ...] = ()
    reasons: tuple[tuple[Text, int], ...] = ()
    """What weighs most on the figure of the worst one; of a past day nobody knows it any more."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A board of a unit."""

    board: Board
    agency: Agency
    period: Period
    as_of: datetime | None
    blocks: tuple[Block, ...]


def list_boards() -> list[Board]:
    """Return the boards, in their order. One statement."""
    return list(Board.objects.filter(is_active=True).order_by("order", "code"))


def get_board(code: str) -> Board:
    """Return a board, the first one for an empty code. Raises NotFound."""
    found = next((each for each in list_boards() if code in ("", each.code)), None)
    if found is None:
        raise NotFound
    return found


def unit_for(code: str, at: datetime) -> Agency:
    """Return a unit in force, the province for an empty code. Raises NotFound."""
    day = civil_date(at)
    if not code:
        return next(each for each in list_agencies(on=day) if not each.parent_code)
    found = find_agency(code, on=day)
    if found is None:
        raise NotFound
    return found


def shown_for(board: Board, unit: Agency, period: Period, *, at: datetime, as_of: datetime | None = None) -> Shown:
    """
    Return a board with its figures, now or as they stood at a past moment.

    Figures that modules lend cost a handful of statements for each of three periods, told ones a few each.
    """
    codes = [code for block in board.blocks for code in (*block["tiles"], block.get("rank", "")) if code]
    known = list_indicators(codes)
    every = list(known.values())
    now = readings(every, unit.code, period, at=at, as_of=as_of)
    before = _readings(every, unit.code, period.before(), at, as_of)
    ago = _readings(every, unit.code, period.year_ago(), at, as_of)
    units = {code for figures in now.values() for code in figures} | {unit.code}
    promised = targets_for(known, units, period)
    names = agencies_by_code(units, min(period.last, civil_date(at)))
    # a block whose system is not there shows what was told last, with its year
    told = latest_told((each for each in every if not each.query), unit.code, period.last) if as_of is None else {}
    blocks = []
    for row in board.blocks:
        tiles = tuple(
            Tile(
                known[code],
                unit.code,
                *_newest(now.get(code, {}).get(unit.code), told.get(code), own_period(known[code], period)),
                promised.get((code, unit.code)),
                _value(before, code, unit.code),
                _value(ago, code, unit.code),
            )
            for code in row["tiles"]
            if code in known
        )
        rank = known.get(row.get("rank", ""))
        places = places_for(rank, unit, now.get(rank.code, {}), names, promised) if rank else ()
        worst = next((each for each in places if each.place is not None), None)
        reasons = reasons_for(rank.query, worst.unit.code, period, at) if rank and worst and as_of is None else ()
        blocks.append(Block(row["code"], row, tiles, rank, places, tuple(reasons)))
    return Shown(board, unit, period, as_of, tuple(blocks))


def _newest(figure: Figure | None, told: Observation | None, period: Period) -> tuple[Period, Figure | None]:
    """Return the figure of a period, or the newest one before it where the period has none."""
    if (figure is not None and figure.value is not None) or told is None:
        return period, figure
    return read_period(told.period), Figure(told.unit, told.value, told, above=told.above, beneath=told.below)


def _readings(
    every: Sequence[Indicator], unit: str, period: Period, at: datetime, as_of: datetime | None = None
) -> Readings:
    """Return the figures of a period beside the one that is asked for; none where the unit was not yet there."""
    try:
        return readings(every, unit, period, at=at, as_of=as_of)
    except NotFound:
        return {}


def _value(found: Readings, code: str, unit: str) -> Decimal | None:
    figure = found.get(code, {}).get(unit)
    return figure.value if figure else None


def places_for(
    indicator: Indicator,
    unit: Agency,
    figures: Mapping[str, Figure],
    names: Mapping[str, Agency],
    promised: Mapping[tuple[str, str], Target],
) -> tuple[Place, ...]:
    """Return the units right below one, the worst first: of a unit without figures, those below it."""
    told = {code: figures[code].value for code in nearest(unit.code, figures, names)}
    direction = Direction(indicator.direction)
    order = ranked(list(told.items()), direction)
    made = []
    for each in order[::-1]:
        target = promised.get((indicator.code, each.of))
        if target is None and indicator.is_share:
            # a share that is promised of the whole is asked of each part; a number is not
            target = promised.get((indicator.code, unit.code))
        stands = standing(each.value, target.value, direction, target.tolerance) if target else Standing.UNKNOWN
        made.append(Place(names[each.of], each.value, each.place, target, stands))
    return tuple(sorted(made, key=lambda one: one.place is None))


def nearest(unit: str, figures: Iterable[str], names: Mapping[str, Agency]) -> list[str]:
    """Return the units of some figures that stand right below one, none of the others between."""
    known = {code for code in figures if code in names and code != unit}
    found = []
    for code in sorted(known):
        path = names[code].path_codes
        if unit in path and not known.intersection(path[path.index(unit) + 1 : -1]):
            found.append(code)
    return found


def figure_over_time(
    indicator: Indicator, unit: str, period: Period, *, at: datetime, number: int = 13
) -> list[tuple[Period, Decimal | None]]:
    """Return the figures of a unit in a period and those before it, oldest first; a period without a figure has None."""
    here = own_period(indicator, period)
    spans = [here]
    for _each in range(number - 1):
        spans.append(spans[-1].before())
    found = []
    for span in reversed(spans):
        value = _value(_readings([indicator], unit, span, at), indicator.code, unit)
        found.append((span, value))
    first = next((place for place, (_span, value) in enumerate(found) if value is not None), len(found) - 1)
    return found[first:]


def current(kind: Kind, at: datetime) -> Period:
    """Return the period of a kind that lasts now."""
    return period_of(kind, civil_date(at))
