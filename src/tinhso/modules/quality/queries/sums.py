"""The kept sums of a period, by agency and procedure: a handful of statements over sums, whatever the number of dossiers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from tinhso.base.replica import from_replica
from tinhso.law.quality.indicators import Procedures
from tinhso.law.quality.measured import KEPT, Counts, Standing
from tinhso.modules.quality.models import Case, Tally
from tinhso.modules.quality.queries.measuring import DAY, MONTH
from tinhso.modules.quality.queries.periods import Period

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
    Return what was counted of each agency (None: of all), of one field (`of`) or of all. Three statements.

    What is open is looked at as it stands at the end of the period, or now while it lasts.
    """
    found: dict[str, Gathered] = defaultdict(Gathered)
    sums = _tallies(period, codes, of, whole=not of).values("agency_code").annotate(**_SUMS)
    for code, *numbers in sums.values_list("agency_code", *_SUMS):
        found[code].counts += _counts(numbers)
    seen = {f"n_{name}": Sum(name) for name in _OF_PROCEDURES}
    services = _tallies(period, codes, of, whole=False).values("agency_code", "service_code").annotate(**seen)
    for code, service, received, *marks in services.values_list("agency_code", "service_code", *seen):
        if received:
            found[code].see(service, tuple(mark > 0 for mark in marks))
    for code, late in _open_late(period, codes, of, period.moment(at)):
        found[code].counts = replace(found[code].counts, open_late=late)
    return dict(found)


@from_replica
def by_field(period: Period, *, at: datetime, codes: Sequence[str]) -> dict[str, Counts]:
    """Return what was counted of each field of work. Two statements."""
    rows = _tallies(period, codes, "", whole=False).values("field").annotate(**_SUMS)
    found = {name: _counts(numbers) for name, *numbers in rows.values_list("field", *_SUMS)}
    late = _still_open(period, codes, "", period.moment(at)).values("field").annotate(n=Count("pk"))
    for row in late.values_list("field", "n"):
        found[row[0]] = replace(found.get(row[0], Counts()), open_late=row[1])
    return {name: counts for name, counts in found.items() if counts.received}


def together(parts: Iterable[Gathered]) -> Gathered:
    """Return what was counted of several agencies as of one."""
    whole = Gathered()
    for part in parts:
        whole.add(part)
    return whole


_SUMS = {f"n_{name}": Sum(name) for name in KEPT}


def _counts(numbers: Sequence[Any]) -> Counts:
    return Counts(**{name: number or 0 for name, number in zip(KEPT, numbers, strict=True)})


def _tallies(period: Period, codes: Sequence[str] | None, of: str, *, whole: bool) -> QuerySet[Tally]:
    """Return the rows of a period; `whole`: months as one row for all procedures, not one for each."""
    months, parts = period.months(), []
    if months:
        by_month = Q(span=MONTH, first__gte=months[0], first__lte=months[-1])
        parts.append(by_month & (Q(service_code="") if whole else ~Q(service_code="")))
    parts += [Q(span=DAY, first__gte=first, first__lte=last) for first, last in period.loose()]
    rows = Tally.objects.filter(reduce(or_, parts)).order_by()
    if codes is not None:
        rows = rows.filter(agency_code__in=codes)
    return rows.filter(field=of) if of else rows


def _still_open(period: Period, codes: Sequence[str] | None, of: str, moment: datetime) -> QuerySet[Case]:
    rows = Case.objects.filter(
        standing=Standing.OPEN, turns_late_at__lt=moment, day__gte=period.first, day__lte=period.last
    ).order_by()
    if codes is not None:
        rows = rows.filter(agency_code__in=codes)
    return rows.filter(field=of) if of else rows


def _open_late(period: Period, codes: Sequence[str] | None, of: str, moment: datetime) -> Iterable[tuple[str, int]]:
    """Return how many are open and late, by agency: a look at the few that are open."""
    rows = _still_open(period, codes, of, moment).values("agency_code").annotate(n=Count("pk"))
    return rows.values_list("agency_code", "n")
