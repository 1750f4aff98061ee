"""The kept sums of a period, by agency and procedure: a handful of statements over sums, whatever the number of dossiers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum

from tinhso.base.replica import from_replica
from tinhso.law.quality.indicators import Procedures
from tinhso.law.quality.measured import KEPT, Counts, Standing
from tinhso.modules.quality.models import Case, Tally
from tinhso.modules.quality.queries.measuring import DAY, MONTH
from tinhso.modules.quality.queries.periods import Period

FEW = 20
"""Agencies of which the sums of each procedure are read whole."""
_OF_PROCEDURES = ("received", "online", "fee_due", "vneid_known", "vneid")


@dataclass(slots=True)
class Gathered:
    """What was counted of some agencies: sums, and of each procedure what was seen of it."""

    counts: Counts = field(default_factory=Counts)
    seen: dict[str, tuple[bool, ...]] = field(default_factory=dict)
    """Of each procedure: online, with a fee, VNeID known, VNeID."""

    def add(self, other: Gathered) -> None:
        """Take in what was counted elsewhere."""
        self.counts += other.counts
        for code, marks in other.seen.items():
            self.see(code, marks)

    def see(self, code: str, marks: tuple[bool, ...]) -> None:
        """Note what was seen of a procedure."""
        known = self.seen.get(code)
        self.seen[code] = tuple(map(or_, known, marks)) if known else marks

    @property
    def procedures(self) -> Procedures:
        """Return how many procedures had what."""
        columns = list(zip(*self.seen.values(), strict=True)) or [()] * 4
        online, fee, known, vneid = (sum(column) for column in columns)
        return Procedures(len(self.seen), online, fee, known, vneid)


@from_replica
def gather(period: Period, *, at: datetime, codes: Sequence[str] | None = None, of: str = "") -> dict[str, Gathered]:
    """
    Return what was counted of each agency (None: of all), of one field (`of`) or of all. Three statements, two of few agencies.

    What is open is looked at as it stands at the end of the period, or now while it lasts.
    """
    found: dict[str, Gathered] = defaultdict(Gathered)
    services = services_of(of, period, codes) if of else None
    if services is not None or (codes is not None and len(codes) <= FEW):
        _add_at_once(found, _tallies(period, codes, services, whole=False))
    else:
        _add_apart(found, period, codes)
    late = _still_open(period, codes, services, period.moment(at)).values("agency_code").annotate(n=Count("pk"))
    for code, number in late.values_list("agency_code", "n"):
        found[code].counts = replace(found[code].counts, open_late=number)
    return dict(found)


@from_replica
def by_field(period: Period, *, at: datetime, codes: Sequence[str]) -> dict[str, Counts]:
    """
    Return what was counted of each field of work. Two statements.

    A field is one of procedures, not of dossiers: where it was renamed in the period, all of it is told under one name.
    """
    rows = _tallies(period, codes, None, whole=False).values("service_code").annotate(of=Max("field"), **_SUMS)
    found: dict[str, Counts] = defaultdict(Counts)
    fields = {}
    for service, name, *numbers in rows.values_list("service_code", "of", *_SUMS):
        found[name] += _counts(numbers)
        fields[service] = name
    late = _still_open(period, codes, None, period.moment(at)).values("service_code").annotate(n=Count("pk"))
    for service, number in late.values_list("service_code", "n"):
        found[fields[service]] += Counts(open_late=number)
    return {name: counts for name, counts in found.items() if counts.received}


def services_of(of: str, period: Period, codes: Sequence[str] | None) -> list[str]:
    """Return the procedures that are told under a field in a period. One statement."""
    rows = _tallies(period, codes, None, whole=False).values("service_code").annotate(of=Max("field"))
    return [service for service, name in rows.values_list("service_code", "of") if name == of]


def _add_at_once(found: dict[str, Gathered], tallies: QuerySet[Tally]) -> None:
    """Add sums and procedures by one statement: of a few agencies, the rows of procedures are few as well."""
    rows = tallies.values("agency_code", "service_code").annotate(**_SUMS)
    for code, service, *numbers in rows.values_list("agency_code", "service_code", *_SUMS):
        counts = _counts(numbers)
        if counts.received:
            found[code].counts += counts
            found[code].see(service, tuple(getattr(counts, name) > 0 for name in _OF_PROCEDURES[1:]))


def _add_apart(found: dict[str, Gathered], period: Period, codes: Sequence[str] | None) -> None:
    """Add sums by the rows of all procedures together, and what was seen of procedures by five columns of theirs."""
    sums = _tallies(period, codes, None, whole=True).values("agency_code").annotate(**_SUMS)
    for code, *numbers in sums.values_list("agency_code", *_SUMS):
        found[code].counts += _counts(numbers)
    seen = {f"n_{name}": Sum(name) for name in _OF_PROCEDURES}
    rows = _tallies(period, codes, None, whole=False).values("agency_code", "service_code").annotate(**seen)
    for code, service, received, *marks in rows.values_list("agency_code", "service_code", *seen):
        if received:
            found[code].see(service, tuple(mark > 0 for mark in marks))


def together(parts: Iterable[Gathered]) -> Gathered:
    """Return what was counted of several agencies as of one."""
    whole = Gathered()
    for part in parts:
        whole.add(part)
    return whole


_SUMS = {f"n_{name}": Sum(name) for name in KEPT}


def _counts(numbers: Sequence[Any]) -> Counts:
    return Counts(**{name: number or 0 for name, number in zip(KEPT, numbers, strict=True)})


def _tallies(
    period: Period, codes: Sequence[str] | None, services: Sequence[str] | None, *, whole: bool
) -> QuerySet[Tally]:
    """Return the rows of a period; `whole`: months as one row for all procedures, not one for each."""
    months, parts = period.months(), []
    if months:
        by_month = Q(span=MONTH, first__gte=months[0], first__lte=months[-1])
        parts.append(by_month & (Q(service_code="") if whole else ~Q(service_code="")))
    parts += [Q(span=DAY, first__gte=first, first__lte=last) for first, last in period.loose()]
    return _narrowed(Tally.objects.filter(reduce(or_, parts)).order_by(), codes, services)


def _still_open(
    period: Period, codes: Sequence[str] | None, services: Sequence[str] | None, moment: datetime
) -> QuerySet[Case]:
    """Return what is open and late: a look at the few that are open."""
    rows = Case.objects.filter(
        standing=Standing.OPEN, turns_late_at__lt=moment, day__gte=period.first, day__lte=period.last
    ).order_by()
    return _narrowed(rows, codes, services)


def _narrowed[M: (Tally, Case)](
    rows: QuerySet[M], codes: Sequence[str] | None, services: Sequence[str] | None
) -> QuerySet[M]:
    if codes is not None:
        rows = rows.filter(agency_code__in=codes)
    return rows if services is None else rows.filter(service_code__in=services)
