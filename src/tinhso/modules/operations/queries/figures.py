"""One figure, opened: what it came from, its course, the units below it, and what is to be expected of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from tinhso.base.clock import civil_date
from tinhso.base.refusals import Text
from tinhso.kernel.indicators.public import (
    Indicator,
    first_kept,
    forecast_for,
    list_every,
    next_target,
    own_period,
    readings,
    reasons_for,
    targets_for,
)
from tinhso.kernel.organisation.public import Agency, agencies_by_code, list_agencies
from tinhso.law.forecast import Forecast, Risk, risk
from tinhso.law.indicators import Direction, Standing, standing
from tinhso.law.periods import Period, read_period
from tinhso.modules.operations.queries import shown
from tinhso.modules.operations.queries.boards import Block, Shown, Tile, figure_over_time, places_for
from tinhso.web.words import own, period_words

MOST_PLACES = 400


@dataclass(frozen=True, slots=True)
class Opened:
    """A figure with everything that explains it."""

    tile: Tile
    history: list[tuple[Period, Decimal | None]]
    formula: str
    inputs: list[dict[str, Any]]
    missing: list[str]
    places: list[dict[str, Any]]
    reasons: Sequence[tuple[Text, int]]
    forecast: Forecast | None
    by: str
    """Key of the period of the target that lies ahead."""
    wanted: Decimal | None
    risk: Risk
    is_over: bool
    """Whether that period is over."""


def opened(indicator: Indicator, agency: Agency, period: Period, *, at: datetime) -> Opened:
    """Return a figure of a unit with what it came from. As many statements as it has periods, inputs and units need."""
    span = own_period(indicator, period)
    every = readings([indicator], agency.code, span, at=at)[indicator.code]
    here = every.get(agency.code)
    promised = targets_for([indicator.code], {agency.code, *every}, span)
    history = figure_over_time(indicator, agency.code, span, at=at)
    tile = Tile(
        indicator, agency.code, span, here, promised.get((indicator.code, agency.code)), *_before(history, span)
    )
    names = agencies_by_code({agency.code, *every}, min(span.last, civil_date(at)))
    block = Block("", {}, (), indicator)
    places = [
        _place(shown.place_row(each, block, span))
        for each in places_for(indicator, agency, every, names, promised)[:MOST_PLACES]
    ]
    ahead = next_target(indicator, agency.code, civil_date(at))
    if ahead is not None and not (indicator.is_share or read_period(ahead.period).kind is span.kind):
        ahead = None  # a number of a month says nothing of one that is promised for a year
    expected = forecast_for(indicator, history, ahead.period, at) if ahead else None
    return Opened(
        tile=tile,
        history=history,
        formula=here.formula if here else "",
        inputs=[
            {
                "code": f"{each.code}{f' ({each.shift})' if each.shift else ''}",
                "value": "–" if part.value is None else f"{part.value.normalize():f}",
            }
            for each, part in (here.inputs if here else ())
        ],
        missing=[own(names[code], "name") if code in names else code for code in (here.missing if here else ())],
        places=places,
        reasons=reasons_for(indicator.query, agency.code, span, at) if indicator.query else (),
        forecast=expected,
        by=ahead.period if ahead else "",
        wanted=ahead.value if ahead else None,
        risk=risk(expected, ahead.value if ahead else None, Direction(indicator.direction)),
        is_over=ahead is not None and read_period(ahead.period).last < civil_date(at),
    )


def _place(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "href": row["figure_href"]}


def _before(history: Sequence[tuple[Period, Decimal | None]], span: Period) -> tuple[Decimal | None, Decimal | None]:
    known = dict(history)
    return known.get(span.before()), known.get(span.year_ago())


def forecast_words(found: Opened) -> dict[str, str] | None:
    """Say what is to be expected of a figure by its target's day; None where nothing is promised."""
    if not found.by or found.wanted is None:
        return None
    indicator = found.tile.indicator
    target = shown.amount(indicator, found.wanted)
    by = period_words(read_period(found.by))
    if found.is_over:
        stands = standing(found.tile.value, found.wanted, Direction(indicator.direction))
        text = gettext("The target of {target} was promised for {period}, which is over. The figure now: {value}.")
        kind = {Standing.MET: "ok", Standing.UNKNOWN: "info"}.get(stands, "late")
        value = shown.amount(indicator, found.tile.value)
        return {"kind": kind, "text": text.format(target=target, period=by, value=value)}
    if found.forecast is None:
        text = gettext(
            "The target for {period} is {target}. There are too few figures yet to say whether it will be met."
        )
        return {"kind": "info", "text": text.format(period=by, target=target)}
    said = {
        Risk.SAFE: ("ok", gettext("The target of {target} for {period} will be met if things go on as they do.")),
        Risk.OPEN: ("warn", gettext("The target of {target} for {period} is in doubt.")),
        Risk.MISSES: (
            "late",
            gettext("The target of {target} for {period} will be missed if things go on as they do."),
        ),
        Risk.UNKNOWN: ("info", gettext("Target for {period}: {target}.")),
    }[found.risk]
    ends = gettext("Expected: {value}; between {low} and {high} in eight cases of ten, by {n} earlier figures.").format(
        value=shown.amount(indicator, found.forecast.value),
        low=shown.amount(indicator, found.forecast.low),
        high=shown.amount(indicator, found.forecast.high),
        n=found.forecast.points,
    )
    return {"kind": said[0], "text": f"{said[1].format(target=target, period=by)} {ends}"}


def kept_since() -> datetime | None:
    """Return since when figures are kept, for looking back."""
    return first_kept(each for each in list_every() if each.query)


def comparable(agency: Agency, at: datetime) -> list[tuple[str, str]]:
    """Return the units of the same level, by name."""
    rows = [
        each for each in list_agencies(on=civil_date(at)) if each.level == agency.level and each.kind == agency.kind
    ]
    return [
        (each.code, own(each, "name")) for each in sorted(rows, key=lambda one: one.name) if each.code != agency.code
    ]


def side_by_side(left: Shown, right: Shown) -> list[dict[str, Any]]:
    """Return the figures of two units that either of them has."""
    made = []
    for one, other in zip(left.blocks, right.blocks, strict=True):
        for mine, theirs in zip(one.tiles, other.tiles, strict=True):
            if mine.value is None and theirs.value is None:
                continue
            made.append(
                {
                    "name": own(mine.indicator, "name"),
                    "one": shown.amount(mine.indicator, mine.value),
                    "other": shown.amount(mine.indicator, theirs.value),
                    "better": _better(mine, theirs),
                    "href": f"{reverse('operations:figure', args=[mine.unit, mine.indicator.code])}?ky={mine.period.key}",
                }
            )
    return made


def _better(mine: Tile, theirs: Tile) -> str:
    """Tell which of two is better: `one`, `other`, or neither."""
    direction = Direction(mine.indicator.direction)
    if mine.value is None or theirs.value is None or mine.value == theirs.value or direction is Direction.NEITHER:
        return ""
    return "one" if (mine.value > theirs.value) == (direction is Direction.UP) else "other"
