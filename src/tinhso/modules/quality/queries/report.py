"""The report of a period as paper: an official paper is Vietnamese, whoever prints it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, override

from tinhso.law.quality.indicators import KINDS, RULES, Index
from tinhso.modules.quality.models import Closing
from tinhso.modules.quality.queries import shown
from tinhso.modules.quality.queries.figures import AgencyIndex, index_for, table_for
from tinhso.modules.quality.queries.periods import Period
from tinhso.modules.quality.queries.places import agency_of
from tinhso.web.words import moment, number, percent

TEMPLATE = "quality/report"


def report_of(code: str, period: Period, *, at: datetime) -> tuple[str, dict[str, Any]]:
    """
    Return template and data of the report of an agency for a period, with the agencies below it.

    The figures are those that were closed; of a period that is open, those of now, and the paper says so.
    """
    found = index_for(code, period, at=at)
    before = index_for(code, period.before(), at=at)
    below = table_for(found.agency.code, period, at=at)
    with override("vi"):
        return TEMPLATE, {
            **_head(found),
            **_figures(found, before.index),
            "agencies": [_agency(row) for row in below if row.agency.code != found.agency.code and row.index],
        }


def _head(found: AgencyIndex) -> dict[str, str]:
    parent = found.agency.parent_code
    return {
        "above": agency_of(parent, found.on).name if parent else "",
        "agency": found.agency.name,
        "period": shown.period_words(found.period),
    }


def _figures(found: AgencyIndex, before: Index | None) -> dict[str, Any]:
    closing, index = found.closing, found.index
    figures = closing.figures if closing else []
    if index is not None and not closing:
        figures = [
            {
                "key": one.kind.key,
                "numerator": one.ratio.numerator if one.ratio else None,
                "denominator": one.ratio.denominator if one.ratio else None,
                "rate": one.rate,
                "points": one.points,
                "maximum": Decimal(one.maximum.numerator) / one.maximum.denominator,
            }
            for one in index.indicators
        ]
    known = closing or index
    counts = closing.facts["counts"]["received"] if closing else found.facts.counts.received
    return {
        "received": number(counts),
        "points": number(known.points, 2) if known else "–",
        "measured": number(known.measured, 0) if known else "–",
        "standing": _standing(closing),
        "rules": closing.rules if closing else RULES,
        "rows": [_row(one, before) for one in figures],
    }


def _standing(closing: Closing | None) -> str:
    if closing is None:
        return "chưa chốt: số liệu tại thời điểm in"
    return f"{closing.closed_by} chốt lúc {moment(closing.closed_at)}"


def _row(one: dict[str, Any], before: Index | None) -> dict[str, str]:
    titles = {kind.key: kind.title for kind in KINDS}
    key = one["key"]
    earlier = before.of(key).rate if before and key in titles else None
    return {
        "key": key,
        "title": gettext(titles.get(key, key)),
        "numerator": _said(one["numerator"]),
        "denominator": _said(one["denominator"]),
        "rate": percent(Decimal(str(one["rate"])), 2) if one["rate"] is not None else "",
        "before": percent(earlier, 2) if earlier is not None else "",
        "points": number(Decimal(str(one["points"])), 2) if one["points"] is not None else "",
        "maximum": number(Decimal(str(one["maximum"]))),
    }


def _said(value: int | None) -> str:
    return "" if value is None else number(value)


def _agency(row: AgencyIndex) -> dict[str, str]:
    (line,) = shown.table_rows([row], links=False)
    return {
        "name": row.agency.name,
        "received": line["received"],
        "points": f"{line['points']} / {line['measured']}",
        "on_time": line["rate_2_1"],
        "online": line["rate_3_3"],
        "content": line["rate_5_4"],
    }
