"""Whose dossiers are whose: a province counts all below it, a successor those of who it took over from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tinhso.base.clock import civil_date
from tinhso.kernel.organisation.public import (
    Agency,
    Kind,
    agencies_by_code,
    find_agency,
    last_known_agency,
    latest_agencies,
    list_agencies,
    province,
    remembered,
    successors,
)
from tinhso.modules.quality.models import Tally
from tinhso.modules.quality.queries.periods import Period


@dataclass(frozen=True, slots=True)
class Places:
    """Where the dossiers of each agency are counted on a day: codes from the province down to who answers for them now."""

    paths: Mapping[str, tuple[str, ...]]
    agencies: Mapping[str, Agency]
    """Those in force."""
    gone: Mapping[str, Agency]
    """The last known rows of those that are not."""

    def below(self, code: str) -> list[str]:
        """Return the agencies whose dossiers count for this one: its own, those below, those it took over from."""
        found = [one for one, path in self.paths.items() if code in path]
        return found or [code]

    def taken_over(self, code: str) -> list[str]:
        """Return those among them that are no longer in force."""
        return [one for one in self.below(code) if one not in self.agencies and one != code]


def places_on(day: date) -> Places:
    """Return where dossiers are counted on a day. A split agency has no one successor: its dossiers stay its own."""
    agencies = remembered(("quality-agencies", day), lambda: {one.code: one for one in list_agencies(on=day)})
    paths = {code: one.path_codes for code, one in agencies.items()}
    kept = Tally.objects.filter(span="m", service_code="").order_by().values_list("agency_code", flat=True).distinct()
    gone = tuple(sorted(code for code in kept if code not in paths))
    if not gone:
        return Places(paths, agencies, {})
    # asked once for all of them: a page sends the same few statements however many there are
    takers = remembered(("quality-takers", gone, day), lambda: {code: _takers(code, day) for code in gone})
    known = latest_agencies(gone)
    for code in gone:
        last = known.get(code)
        own = last.path_codes if last else (code,)
        paths[code] = (*takers[code][0], code) if len(takers[code]) == 1 else own
    return Places(paths, agencies, known)


def _takers(code: str, day: date) -> list[tuple[str, ...]]:
    return [one.path_codes for one in successors(code, day)]


def day_of(period: Period, at: datetime) -> date:
    """Return the day on which agencies are looked at: the last of the period, or today while it lasts."""
    return min(period.last, civil_date(at))


def agency_of(code: str, day: date) -> Agency:
    """Return an agency by any of its codes, in force on a day or the last known. Raises NotFound."""
    return find_agency(code, on=day) or last_known_agency(code)


def home_of(path: Sequence[str], day: date) -> str:
    """Return the agency that answers for a post: its own, or the nearest above a desk, a division or an office."""
    known = agencies_by_code(path, day)
    parts = (Kind.DESK, Kind.DIVISION, Kind.OFFICE, Kind.CENTRE)
    return next((code for code in reversed(path) if code in known and known[code].kind not in parts), root_code())


def root_code() -> str:
    """Return the code of the province."""
    return province().code
