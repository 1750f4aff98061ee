"""The population of a survey by strata, and the dossiers that a seed draws from it."""

from __future__ import annotations

import dataclasses
import heapq
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from tinhso.law.quality.survey import place
from tinhso.modules.quality.models import Case, Survey
from tinhso.modules.quality.queries.figures import scope_of
from tinhso.modules.quality.queries.periods import Period
from tinhso.modules.quality.queries.places import day_of, places_on


@dataclass(slots=True)
class Stratum:
    """A level of agencies and a field: how many dossiers each agency has in it."""

    level: str
    field: str
    units: dict[str, int] = dataclasses.field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return what it is called in the draw."""
        return f"{self.level}|{self.field}"

    @property
    def population(self) -> int:
        """Return how many dossiers it has."""
        return sum(self.units.values())


def strata_of(survey: Survey, at: datetime) -> dict[str, Stratum]:
    """Return the strata of a survey's population, by key. One statement over the dossiers settled in its period."""
    levels = _levels(survey, at)
    found: dict[str, Stratum] = {}
    rows = _population(survey, at).values("agency_code", "field").annotate(n=Count("pk"))
    for code, name, number in rows.values_list("agency_code", "field", "n"):
        stratum = Stratum(levels.get(code, ""), name)
        stratum = found.setdefault(stratum.key, stratum)
        stratum.units[code] = stratum.units.get(code, 0) + number
    return found


def drawn(survey: Survey, numbers: dict[str, int], at: datetime) -> dict[str, list[tuple[str, str]]]:
    """
    Return the dossiers drawn of each stratum, with their agencies, in the order of the draw (`law.quality.survey.draw`).

    The population is read once, row by row; only as many are held as are drawn.
    """
    levels = _levels(survey, at)
    heaps: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    rows = _population(survey, at).values_list("code", "agency_code", "field")
    for code, agency, name in rows.iterator(chunk_size=2000):
        key = f"{levels.get(agency, '')}|{name}"
        most = numbers.get(key, 0)
        if not most:
            continue
        # the largest of those held stands first, to be thrown out by a smaller one
        entry = (-int(place(survey.seed, key, code), 16), code, agency)
        if len(heaps[key]) < most:
            heapq.heappush(heaps[key], entry)
        else:
            heapq.heappushpop(heaps[key], entry)
    return {key: [(code, agency) for _place, code, agency in sorted(heap, reverse=True)] for key, heap in heaps.items()}


def _population(survey: Survey, at: datetime) -> QuerySet[Case]:
    rows = Case.objects.filter(ended_on__gte=survey.first, ended_on__lte=survey.last).order_by()
    _agency, codes = scope_of(survey.agency_code, Period(survey.first, survey.last), at)
    return rows if codes is None else rows.filter(agency_code__in=codes)


def _levels(survey: Survey, at: datetime) -> dict[str, str]:
    """Return the level of each agency; of one that is no more, that of who took over from it."""
    places = places_on(day_of(Period(survey.first, survey.last), at))
    levels = {code: agency.level for code, agency in places.agencies.items()}
    for code, path in places.paths.items():
        if code not in levels:
            levels[code] = next((levels[above] for above in reversed(path) if above in levels), "")
    return levels
