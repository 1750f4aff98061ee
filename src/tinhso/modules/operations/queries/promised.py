"""What is promised of a unit: by the text that promises it, how each stands now, and which will be missed."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from tinhso.kernel.indicators.public import Indicator, Prospect, promises_of, prospects
from tinhso.kernel.organisation.public import Agency
from tinhso.law.forecast import Forecast, Risk
from tinhso.law.periods import read_period
from tinhso.modules.operations.queries import shown
from tinhso.web.words import own, period_words

CHIPS = {Risk.SAFE: "ok", Risk.OPEN: "warn", Risk.MISSES: "late", Risk.UNKNOWN: "plain"}


def by_text(unit: Agency, *, at: datetime) -> list[dict[str, Any]]:
    """Return what is promised of a unit, grouped by the text that promises it, what will be missed first."""
    made = []
    for source, some in groupby(prospects(promises_of(unit.code), at=at), key=lambda each: each.target.source):
        rows = sorted((_row(each) for each in some), key=lambda row: row["order"])
        made.append({"source": source, "rows": rows, "missed": sum(row["is_missed"] for row in rows)})
    return made


def _row(found: Prospect) -> dict[str, Any]:
    target, indicator = found.target, found.target.indicator
    words = {
        Risk.SAFE: gettext("Will be met"),
        Risk.OPEN: gettext("In doubt"),
        Risk.MISSES: gettext("Will be missed"),
        Risk.UNKNOWN: gettext("Too few figures to say"),
    }
    return {
        "name": own(indicator, "name"),
        "href": reverse("operations:figure", args=[target.unit, indicator.code]),
        "target": shown.amount(indicator, target.value),
        "by": period_words(read_period(target.period)),
        "value": shown.amount(indicator, found.value),
        "of": period_words(found.span) if found.span else "",
        "chip": shown.CHIPS[found.standing] if found.is_over else CHIPS[found.risk],
        "said": shown.standing_name(found.standing) if found.is_over else words[found.risk],
        "range": _range(indicator, found.expected) if not found.is_over else "",
        "sentence": target.sentence,
        "is_missed": found.is_missed,
        "order": (not found.is_missed, found.risk is not Risk.OPEN, own(indicator, "name")),
    }


def _range(indicator: Indicator, expected: Forecast | None) -> str:
    if expected is None:
        return ""
    return gettext("expected between {low} and {high}").format(
        low=shown.amount(indicator, expected.low), high=shown.amount(indicator, expected.high)
    )
