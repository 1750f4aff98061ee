"""The nine indices of TT 01/2018/TT-VPCP of an agency and of its officials: counted where they are counts, else as entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max, Sum

from tinhso.law.quality import nine
from tinhso.law.quality.measured import Counts
from tinhso.modules.quality.models import Entered, Share
from tinhso.modules.quality.queries.figures import AgencyIndex, index_for, scope_of
from tinhso.modules.quality.queries.periods import Period

MOST_OFFICIALS = 200
_SUMS = ("received", "early", "same_day", "overdue", "asked_once", "asked_again")


@dataclass(frozen=True, slots=True)
class Rated:
    """An agency or an official with the indices that are known, what was entered, and what comes of it."""

    key: str
    name: str
    dossiers: int
    nine: nine.Nine
    entered: dict[int, Entered]
    result: str


def agency_nine(code: str, period: Period, *, at: datetime) -> tuple[AgencyIndex, Rated]:
    """Return the nine indices of an agency for a period."""
    found = index_for(code, period, at=at)
    counts, on = found.facts.counts, period.last
    entered = entered_for(found.agency.code, period).get("", {})
    offered = found.facts.offered
    share = Decimal(100 * offered.online) / offered.all if offered and offered.all else None
    values: dict[int, Decimal | None] = {}
    for number in nine.TITLES:
        known = entered.get(number)
        values[number] = nine.points_of(number, known.value, found.agency.level, on=on) if known else None
    values |= {1: nine.total_time(counts), 3: nine.contacts(counts), 9: nine.online(share, counts, on=on)}
    made = nine.Nine(values)
    return found, Rated("", found.agency.name, counts.received, made, entered, nine.rate_agency(made, on=on))


def officials_nine(code: str, period: Period, *, at: datetime) -> list[Rated]:
    """Return the indices of each official who worked on dossiers settled in the whole months of a period. Two statements."""
    agency, codes = scope_of(code, period, at)
    months = period.months()
    if not months:
        return []
    entered = entered_for(agency.code, period)
    found = []
    for key, name, counts in _worked(codes, months):
        if not counts.received:
            continue
        own = entered.get(key, {})
        values: dict[int, Decimal | None] = {
            number: nine.points_of(number, own[number].value, agency.level, on=period.last) if number in own else None
            for number in nine.OF_OFFICIALS
        }
        values |= {1: nine.total_time(counts), 3: nine.contacts(counts)}
        made = nine.Nine(values)
        result = nine.rate_official(made, on=period.last)
        found.append(Rated(key, name, counts.received, made, own, result))
    return found


def _worked(codes: Sequence[str] | None, months: list[date]) -> list[tuple[str, str, Counts]]:
    """Return key, name and counts of each official, by name. One statement."""
    rows = Share.objects.filter(month__gte=months[0], month__lte=months[-1]).order_by()
    if codes is not None:
        rows = rows.filter(agency_code__in=codes)
    sums = {f"n_{name}": Sum(name) for name in _SUMS}
    found = rows.values("official_key").annotate(known=Max("name"), **sums).order_by("known", "official_key")
    return [
        (key, name, Counts(**dict(zip(_SUMS, numbers, strict=True))))
        for key, name, *numbers in found.values_list("official_key", "known", *sums)[:MOST_OFFICIALS]
    ]


def entered_for(code: str, period: Period) -> dict[str, dict[int, Entered]]:
    """Return what was entered for an agency and a period: by official (empty: of the agency) and number. One statement."""
    found: dict[str, dict[int, Entered]] = {}
    for row in Entered.objects.filter(agency_code=code, first=period.first, last=period.last):
        found.setdefault(row.official_key, {})[row.number] = row
    return found
