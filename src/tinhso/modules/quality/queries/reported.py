"""Figures that somebody entered with evidence: those approved, by agency and indicator, and the story of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from tinhso.base.refusals import NotFound
from tinhso.law.quality.indicators import Ratio
from tinhso.modules.quality.models import Reported, ReportState
from tinhso.modules.quality.queries.periods import Period

type Told = Mapping[str, Mapping[str, Ratio]]
"""By agency and indicator."""
_DAY = timedelta(days=1)


def reported_for(codes: Sequence[str], period: Period) -> Told:
    """
    Return what is approved of these agencies for a period: as entered for it, else the sum of parts that fill it whole.

    One statement. A quarter of which a month is missing is missing, not the sum of two.
    """
    rows = Reported.objects.filter(state=ReportState.APPROVED, first__gte=period.first, last__lte=period.last)
    rows = rows.filter(agency_code__in=codes).order_by("first", "-last")
    found: dict[tuple[str, str], list[Reported]] = defaultdict(list)
    for row in rows:
        found[row.agency_code, row.indicator].append(row)
    told: dict[str, dict[str, Ratio]] = defaultdict(dict)
    for (code, key), parts in found.items():
        if whole := _whole(parts, period):
            told[code][key] = whole
    return told


def _whole(parts: Sequence[Reported], period: Period) -> Ratio | None:
    """Return the ratio of sums over parts that follow each other without a gap; longer ones before shorter."""
    numerator = denominator = 0
    day: date = period.first
    for row in parts:
        if row.first == day:
            numerator, denominator, day = numerator + row.numerator, denominator + row.denominator, row.last + _DAY
    return Ratio(numerator, denominator) if day > period.last else None


def get_report(report_id: UUID) -> Reported:
    """Return an entered figure. Raises NotFound."""
    found = Reported.objects.filter(pk=report_id).first()
    if found is None:
        raise NotFound
    return found


def reports_of(code: str, key: str, period: Period, *, limit: int = 50) -> list[Reported]:
    """Return what was entered of an indicator within a period, newest first, whatever became of it. One statement."""
    rows = Reported.objects.filter(agency_code=code, indicator=key, first__gte=period.first, last__lte=period.last)
    return list(rows.order_by("-entered_at", "-id")[:limit])
