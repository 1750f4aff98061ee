"""The index of an agency for a period, of every agency, of each field, and as it was closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tinhso.kernel.organisation.public import Agency, Kind, Level
from tinhso.law.figures import FigureNotInForce
from tinhso.law.quality.indicators import KINDS, Facts, Index, Indicator, Offered, band, index_of
from tinhso.law.quality.indicators import Kind as Figure
from tinhso.law.quality.measured import Counts
from tinhso.modules.quality.models import Closing, Offer
from tinhso.modules.quality.queries.periods import Period
from tinhso.modules.quality.queries.places import Places, agency_of, day_of, places_on
from tinhso.modules.quality.queries.reported import Told, reported_for
from tinhso.modules.quality.queries.sums import Gathered, by_field, gather, together


@dataclass(frozen=True, slots=True)
class AgencyIndex:
    """The index of an agency for a period, now; `closing` is how it was closed, if it was."""

    agency: Agency
    period: Period
    on: date
    facts: Facts
    index: Index | None
    """None: no index was in force in this period."""
    taken_over: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    """Its own desk and divisions."""
    closing: Closing | None = None

    @property
    def band(self) -> str:
        """Return the band of what could be measured; empty when there is none."""
        return band(self.index.share, on=self.on) if self.index and self.facts.counts.received else ""


def index_for(code: str, period: Period, *, at: datetime, of: str = "") -> AgencyIndex:
    """Return the index of an agency and all it counts. Raises NotFound for an agency that never was."""
    on = day_of(period, at)
    agency = agency_of(code, on)
    places = places_on(on)
    codes = places.below(agency.code)
    whole = together(gather(period, at=at, codes=None if _is_all(agency, places, codes) else codes, of=of).values())
    told = {} if of else reported_for([agency.code], period)
    facts = _facts(whole, agency, offers() if not of else {}, told)
    closing = None if of else closing_of(agency.code, period)
    taken_over, parts = tuple(places.taken_over(agency.code)), tuple(_parts(agency, places))
    return AgencyIndex(agency, period, on, facts, reckoned(facts, period.last), taken_over, parts, closing)


def table_for(code: str, period: Period, *, at: datetime, of: str = "") -> list[AgencyIndex]:
    """
    Return the index of an agency and of each agency below it, parents first.

    Left out is what counted nothing. The same few statements whatever the number of agencies: sums of those below are added.
    """
    on = day_of(period, at)
    agency = agency_of(code, on)
    places = places_on(on)
    codes = places.below(agency.code)
    parts = gather(period, at=at, codes=None if _is_all(agency, places, codes) else codes, of=of)
    known, told = ({}, {}) if of else (offers(), reported_for(codes, period))
    sums: dict[str, Gathered] = {}
    for part, counted in parts.items():
        for above in places.paths.get(part, (part,)):
            sums.setdefault(above, Gathered()).add(counted)
    rows = []
    for one in sorted(set(codes) & sums.keys(), key=lambda each: places.paths.get(each, (each,))):
        who = places.agencies.get(one) or places.gone.get(one) or agency_of(one, on)
        facts = _facts(sums[one], who, known, told)
        rows.append(AgencyIndex(who, period, on, facts, reckoned(facts, period.last)))
    return rows


def fields_for(code: str, period: Period, *, at: datetime) -> list[tuple[str, Counts, Index | None]]:
    """Return the figures of each field of work of an agency, most dossiers first. Procedures are not told by field."""
    on = day_of(period, at)
    codes = places_on(on).below(agency_of(code, on).code)
    found = by_field(period, at=at, codes=codes)
    rows = [(name, counts, reckoned(Facts(counts), period.last)) for name, counts in found.items()]
    return sorted(rows, key=lambda row: (-row[1].received, row[0]))


def reckoned(facts: Facts, on: date) -> Index | None:
    """Return the index by the figures of a day; None before there was one."""
    try:
        return index_of(facts, on=on)
    except FigureNotInForce:
        return None


def indicator_of(found: AgencyIndex, key: str) -> Indicator | None:
    """Return one indicator of an index; None where there is no index or no such indicator."""
    if found.index is None:
        return None
    return next((one for one in found.index.indicators if one.kind.key == key), None)


def figure_kind(key: str) -> Figure | None:
    """Return the indicator of this number, None when there is none."""
    return next((kind for kind in KINDS if kind.key == key), None)


def offers() -> dict[str, Offered]:
    """Return what the catalogue offers, by level, and all of it under an empty one. One statement."""
    rows = Offer.objects.all()
    return {row.level: Offered(row.all, row.online, row.with_fee, row.complete) for row in rows}


def _facts(counted: Gathered, agency: Agency, known: dict[str, Offered], told: Told) -> Facts:
    return Facts(counted.counts, counted.procedures, _offered(agency, known), told.get(agency.code, {}))


def _parts(agency: Agency, places: Places) -> Iterable[str]:
    """Yield the desk and the divisions of an agency."""
    for one in places.agencies.values():
        if one.parent_code == agency.code and one.kind in (Kind.DESK, Kind.DIVISION, Kind.OFFICE):
            yield one.code


def _offered(agency: Agency, known: dict[str, Offered]) -> Offered | None:
    """Return what is within an agency's competence: all for the province, a level for its committees, unknown for others."""
    if not agency.parent_code:
        return known.get("all")
    is_committee = agency.kind == Kind.COMMITTEE and agency.level in (Level.DISTRICT, Level.COMMUNE)
    return known.get(agency.level) if is_committee else None


def scope_of(code: str, period: Period, at: datetime) -> tuple[Agency, list[str] | None]:
    """Return an agency, and the agencies whose dossiers count for it; None: all there are. Raises NotFound."""
    on = day_of(period, at)
    agency = agency_of(code, on)
    places = places_on(on)
    codes = places.below(agency.code)
    return agency, None if _is_all(agency, places, codes) else codes


def parts_of(agency: Agency, period: Period, at: datetime) -> tuple[str, ...]:
    """Return the desk and the divisions of an agency that do not stand for themselves."""
    return tuple(_parts(agency, places_on(day_of(period, at))))


def _is_all(agency: Agency, places: Places, codes: list[str]) -> bool:
    """Tell whether an agency counts every dossier there is: then no list of codes is sent along."""
    return not agency.parent_code and len(codes) == len(places.paths)


def closing_of(code: str, period: Period) -> Closing | None:
    """Return how a period stands closed, None when it is open. One statement."""
    rows = Closing.objects.filter(agency_code=code, first=period.first, last=period.last, reopened_at=None)
    return rows.first()


def closings_of(code: str, *, limit: int = 24) -> list[Closing]:
    """Return the closings of an agency, newest first, reopened ones too."""
    return list(Closing.objects.filter(agency_code=code).order_by("-closed_at")[:limit])


def frozen(found: AgencyIndex) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the facts and the figures of an index as they are kept when a period is closed."""
    assert found.index is not None
    facts = {
        "counts": asdict(found.facts.counts),
        "procedures": asdict(found.facts.procedures) if found.facts.procedures else None,
        "offered": asdict(found.facts.offered) if found.facts.offered else None,
        "reported": {key: [each.numerator, each.denominator] for key, each in found.facts.reported.items()},
    }
    return facts, [_figure(one) for one in found.index.indicators]


def _figure(one: Indicator) -> dict[str, Any]:
    return {
        "key": one.kind.key,
        "numerator": one.ratio.numerator if one.ratio else None,
        "denominator": one.ratio.denominator if one.ratio else None,
        "rate": _text(one.rate),
        "points": _text(one.points),
        "maximum": _text(Decimal(one.maximum.numerator) / one.maximum.denominator),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def since(closing: Closing, now: Index | None) -> list[dict[str, Any]]:
    """Return the figures of a closing, each with what it would be now where that differs."""
    live = {one.kind.key: one for one in now.indicators} if now else {}
    rows = []
    for figure in closing.figures:
        one = live.get(figure["key"])
        rate = _text(one.rate) if one else None
        rows.append({**figure, "now": rate if rate != figure["rate"] else "", "changed": rate != figure["rate"]})
    return rows


def titles() -> Iterable[tuple[str, str]]:
    """Return number and title of every indicator."""
    return [(kind.key, kind.title) for kind in KINDS]
