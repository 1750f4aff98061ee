"""Boards in words: figures with their units, how they stand to a target and to the period before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, pgettext

from tinhso.base.clock import civil_date
from tinhso.kernel.indicators.public import Indicator, link_to, told_by
from tinhso.law.indicators import Direction, Standing
from tinhso.law.periods import Kind, Period, read_period
from tinhso.modules.operations.queries.boards import KINDS, Block, Place, Tile, current
from tinhso.web.words import number, own, percent, period_words, vietnamese

STATE_ICONS = {
    Standing.MET: "circle-check",
    Standing.NEAR: "clock-alert",
    Standing.MISSED: "triangle-alert",
    Standing.UNKNOWN: "",
}
CHIPS = {Standing.MET: "ok", Standing.NEAR: "warn", Standing.MISSED: "late", Standing.UNKNOWN: "plain"}
TREND_ICONS = ("trending-up", "trending-down", "minus")


def amount(indicator: Indicator, value: Decimal | None) -> str:
    """Return a figure with its unit; words for one that is missing, which is not nought."""
    if value is None:
        return gettext("No figure")
    if indicator.unit == "%":
        return percent(value, indicator.decimals)
    unit = own(indicator, "unit")
    return f"{number(value, indicator.decimals)} {unit}".strip()


def standing_words(tile: Tile) -> str:
    """Say how a figure stands to its target."""
    if tile.target is None or tile.value is None:
        return ""
    target = amount(tile.indicator, tile.target.value)
    if tile.target.period != tile.period.key:
        target = gettext("{target} for {period}").format(
            target=target, period=period_words(read_period(tile.target.period))
        )
    short = abs(tile.target.value - tile.value)
    gap = number(short, max(tile.indicator.decimals, 1 if tile.indicator.is_share else 0))
    said = {
        Standing.MET: gettext("Meets the target of {target}"),
        Standing.NEAR: gettext("Nearly: {gap} off the target of {target}"),
        Standing.MISSED: gettext("{gap} off the target of {target}"),
        Standing.UNKNOWN: gettext("Target: {target}"),
    }
    return said[tile.standing].format(target=target, gap=gap)


def trend(indicator: Indicator, value: Decimal | None, before: Decimal | None, words: str) -> dict[str, str] | None:
    """Say how a figure moved since another period, and whether that is better."""
    if value is None or before is None:
        return None
    moved = value - before
    places = max(indicator.decimals, 1 if indicator.is_share else 0)
    icon = TREND_ICONS[0] if moved > 0 else TREND_ICONS[1] if moved < 0 else TREND_ICONS[2]
    if not moved:
        return {"icon": icon, "text": gettext("as in {period}").format(period=words), "state": ""}
    up = gettext("{n} more than in {period}") if moved > 0 else gettext("{n} less than in {period}")
    is_better = (moved > 0) == (indicator.direction == Direction.UP)
    state = "" if indicator.direction == Direction.NEITHER else "met" if is_better else "missed"
    return {"icon": icon, "text": up.format(n=number(abs(moved), places), period=words), "state": state}


def tile_row(tile: Tile) -> dict[str, Any]:
    """Return a tile as a board shows it."""
    stands = tile.standing
    return {
        "name": own(tile.indicator, "name"),
        "href": f"{reverse('operations:figure', args=[tile.unit, tile.indicator.code])}?ky={tile.period.key}",
        "value": amount(tile.indicator, tile.value),
        "is_missing": tile.value is None,
        "standing": stands.value,
        "icon": STATE_ICONS[stands],
        "said": standing_words(tile),
        "trend": trend(tile.indicator, tile.value, tile.before, period_words(tile.period.before())),
        "ago": trend(tile.indicator, tile.value, tile.year_ago, period_words(tile.period.year_ago())),
        "source": source_words(tile),
    }


def source_words(tile: Tile) -> str:
    """Say where a figure comes from: its period and who counted or told it."""
    span = period_words(tile.period)
    if tile.indicator.query:
        return gettext("{period}, counted by the platform").format(period=span)
    if tile.figure is not None and tile.figure.told is not None:
        return gettext("{period}, {source}").format(period=span, source=told_by(tile.figure.told))
    if tile.value is not None and tile.figure is not None and tile.figure.below:
        return gettext("{period}, from {n} units below").format(period=span, n=len(tile.figure.below))
    return span


def place_row(place: Place, block: Block, period: Period, *, board: str = "", kept: str = "") -> dict[str, Any]:
    """Return a unit of a rank as a board shows it."""
    assert block.rank is not None
    return {
        "name": own(place.unit, "name"),
        "href": f"{reverse('operations:board', args=[place.unit.code])}?bang={board}&ky={period.key}{kept}",
        "figure_href": f"{reverse('operations:figure', args=[place.unit.code, block.rank.code])}?ky={period.key}",
        "value": amount(block.rank, place.value),
        "place": place.place,
        "chip": CHIPS[place.standing],
        "standing": standing_name(place.standing),
        "rows": link_to(block.rank.query, place.unit.code, period) if block.rank.query else "",
    }


def standing_name(stands: Standing) -> str:
    """Return how something stands to its target in a word or two."""
    return {
        Standing.MET: gettext("Target met"),
        Standing.NEAR: gettext("Nearly met"),
        Standing.MISSED: gettext("Target missed"),
        Standing.UNKNOWN: gettext("No target"),
    }[stands]


def period_links(period: Period, path: str, at: datetime, extra: str) -> list[dict[str, Any]]:
    """Return today, this month, this quarter and this year, and the period that is shown where it is another."""
    names = {
        Kind.DAY: pgettext("period", "Today"),
        Kind.MONTH: gettext("This month"),
        Kind.QUARTER: gettext("This quarter"),
        Kind.YEAR: gettext("This year"),
    }
    made = [
        {
            "text": names[kind],
            "href": f"{path}?ky={current(kind, at).key}{extra}",
            "current": current(kind, at) == period,
        }
        for kind in KINDS
    ]
    if not any(each["current"] for each in made):
        made.append({"text": period_words(period), "href": f"{path}?ky={period.key}{extra}", "current": True})
    return made


def around_period(period: Period, path: str, at: datetime, extra: str) -> dict[str, str]:
    """Return the addresses of the periods before and after; none after the one that lasts."""
    later = period.after()
    return {
        "earlier": f"{path}?ky={period.before().key}{extra}",
        "later": f"{path}?ky={later.key}{extra}" if later.first <= civil_date(at) else "",
    }


def block_row(block: Block) -> dict[str, Any]:
    """Return the head of a block."""
    return {"code": block.code, "name": block_name(block.row), "icon": block.row["icon"]}


def block_name(row: Mapping[str, Any]) -> str:
    """Return the name of a block in the language of the page."""
    name: str = row["name"]
    return name if vietnamese() else row.get("name_en") or name


def chart_points(found: Sequence[tuple[Period, Decimal | None]]) -> list[tuple[str, float | None]]:
    """Return figures over time as a chart takes them."""
    return [(_short(span), None if value is None else float(value)) for span, value in found]


def _short(period: Period) -> str:
    return (
        f"{period.first:%m/%y}"
        if period.kind is Kind.MONTH
        else period.key[-5:]
        if period.kind is Kind.DAY
        else period.key
    )
