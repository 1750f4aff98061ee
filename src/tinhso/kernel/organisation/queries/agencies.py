"""Agencies: one by any of its identifiers, the tree, the competent one, search without marks."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from datetime import date
from functools import partial, reduce
from operator import or_

from django.db.models import Q

from tinhso.base.refusals import NotFound
from tinhso.base.text import fold
from tinhso.kernel.organisation.models import Agency, AgencyCode, Kind, Succession
from tinhso.kernel.organisation.queries.memory import memory, remembered


def find_agency(code: str, *, on: date) -> Agency | None:
    """
    Return the agency that bears this code, or any older identifier, on a day; None when there is none.

    Remembered until the organisation changes; each caller has a row of their own.
    """
    return copy.copy(remembered(("agency", code, on), lambda: _read_agency(code, on)))


def _read_agency(code: str, on: date) -> Agency | None:
    found = Agency.objects.on(on).filter(code=code).first()
    if found is None:
        known = AgencyCode.objects.filter(identifier=code, withdrawn_at__isnull=True).values("agency_code")
        found = Agency.objects.on(on).filter(code__in=known).first()
    return found


def get_agency(code: str, on: date) -> Agency:
    """
    Return the agency by its code, or by any identifier it ever had (QĐ 20/2020, QCVN 102), as it is on a day.

    Raises NotFound. An agency that ceased before that day is not found: ask `successors`.
    """
    found = find_agency(code, on=on)
    if found is None:
        raise NotFound
    return found


def agencies_by_code(codes: Iterable[str], on: date) -> dict[str, Agency]:
    """
    Return several agencies at once, by code, as they are on a day; unknown codes are left out.

    Remembered until the organisation changes; one statement for all that are not.
    """
    known = memory()
    found = {code: known.peek(("agency-row", code, on)) for code in set(codes)}
    missing = [code for code, row in found.items() if row is None]
    for row in Agency.objects.on(on).filter(code__in=missing) if missing else ():
        found[row.code] = known.get(("agency-row", row.code, on), partial(copy.copy, row))
    return {code: copy.copy(row) for code, row in found.items() if row is not None}


def last_known_agency(code: str) -> Agency:
    """Return the latest row of a code, in force or not: for naming an agency in an old dossier. Raises NotFound."""
    found = Agency.objects.filter(code=code, withdrawn_at__isnull=True).order_by("-valid_from").first()
    if found is None:
        raise NotFound
    return found


def list_agencies(
    *,
    on: date,
    level: str | None = None,
    kind: str | None = None,
    below: str | None = None,
    after: str = "",
    limit: int | None = None,
) -> list[Agency]:
    """Return the agencies of a day by path (parents before children); `after` is the path of the last one seen."""
    rows = Agency.objects.on(on).order_by("path")
    if level:
        rows = rows.filter(level=level)
    if kind:
        rows = rows.filter(kind=kind)
    if below:
        rows = rows.filter(Q(path__startswith=f"{below}/") | Q(path__contains=f"/{below}/"))
    if after:
        rows = rows.filter(path__gt=after)
    return list(rows[:limit] if limit else rows)


def children(code: str, on: date) -> list[Agency]:
    """Return the agencies directly under one, by code."""
    return list(Agency.objects.on(on).filter(parent_code=code).order_by("path"))


def division_for(code: str, field: str, on: date) -> Agency:
    """Return the child of an agency that works in a field (`civil-status`, `construction`, …), or the agency itself."""
    return copy.copy(remembered(("division", code, field, on), lambda: _read_division(code, field, on)))


def _read_division(code: str, field: str, on: date) -> Agency:
    found: Agency | None = Agency.objects.on(on).filter(parent_code=code, field=field).order_by("path").first()
    return found or get_agency(code, on)


def agency_beside(code: str, field: str, on: date) -> Agency:
    """
    Return the agency of a field that serves the unit of another agency, else the nearest unit above it: a ward's police.

    Raises NotFound when none does on the way up. Two statements the first time, then remembered.
    """
    return copy.copy(remembered(("beside", code, field, on), lambda: _read_beside(code, field, on)))


def _read_beside(code: str, field: str, on: date) -> Agency:
    own = get_agency(code, on)
    above = agencies_by_code(own.path_codes, on)
    units = [(above[step].level, above[step].unit_code) for step in reversed(own.path_codes) if step in above]
    rows = Agency.objects.on(on).filter(field=field, unit_code__in=[unit for _level, unit in units if unit])
    serving = {(row.level, row.unit_code): row for row in rows.order_by("-path")}
    for unit in units:
        if unit in serving:
            return serving[unit]
    raise NotFound


def desk_for(code: str, on: date) -> Agency:
    """
    Return the one-stop desk that receives for an agency: its own, or the nearest one above it (NĐ 61/2018, Đ.7–8).

    Raises NotFound when no desk is named on the way up. Three statements the first time, then remembered.
    """
    return copy.copy(remembered(("desk", code, on), lambda: _read_desk(code, on)))


def _read_desk(code: str, on: date) -> Agency:
    agency = get_agency(code, on)
    if agency.kind in (Kind.DESK, Kind.CENTRE):
        return agency
    above = agencies_by_code(agency.path_codes, on)
    for step in reversed(agency.path_codes):
        if step in above and above[step].desk_code:
            return get_agency(above[step].desk_code, on)
    raise NotFound


def served_by(desk_code: str, on: date) -> list[Agency]:
    """
    Return the agencies that a desk receives for: those that name it, and those below them that name no nearer one.

    It is `desk_for` read from the other end. Two statements the first time, then remembered.
    """
    return [copy.copy(agency) for agency in remembered(("served", desk_code, on), lambda: _read_served(desk_code, on))]


def _read_served(desk_code: str, on: date) -> list[Agency]:
    named = Agency.objects.on(on).exclude(desk_code="").values_list("code", "path", "desk_code")
    desks = {code: desk for code, _path, desk in named}
    below = [Q(path=path) | Q(path__startswith=f"{path}/") for _code, path, desk in named if desk == desk_code]
    if not below:
        return []
    rows = Agency.objects.on(on).exclude(kind__in=(Kind.DESK, Kind.CENTRE)).filter(reduce(or_, below)).order_by("path")
    return [row for row in rows if next(desks[code] for code in reversed(row.path_codes) if code in desks) == desk_code]


def search_agencies(text: str, on: date, *, limit: int = 20) -> list[Agency]:
    """Return agencies whose name or code holds every word, with marks or without, highest tiers first."""
    rows = Agency.objects.on(on)
    words = fold(text).split()
    for word in words:
        rows = rows.filter(folded__contains=word)
    return list(rows.order_by("path")[:limit]) if words else []


def identifiers_of(code: str) -> list[AgencyCode]:
    """Return every identifier an agency bears or bore, oldest first."""
    rows = AgencyCode.objects.filter(agency_code=code, withdrawn_at__isnull=True)
    return list(rows.order_by("valid_from", "scheme"))


def successors(code: str, on: date) -> list[Agency]:
    """Return who does the work of a closed agency on a day, following mergers and splits to their end."""
    links: dict[str, list[str]] = {}
    rows = Succession.objects.on(on).values_list("predecessor", "successor")
    for before, taker in rows:
        links.setdefault(before, []).append(taker)
    ends, queue, seen = set(), [code], set()
    while queue:
        here = queue.pop()
        if here in seen:
            continue
        seen.add(here)
        after = links.get(here, [here])
        if here in after:  # no one took over, or it goes on beside those split from it
            ends.add(here)
        queue.extend(after)
    return sorted(agencies_by_code(ends, on).values(), key=lambda agency: agency.path)
