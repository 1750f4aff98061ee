"""What runs in agencies that end: found by the indexes of agencies and desks, whatever else there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django.db.models import Count as Number
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from tinhso.base.clock import CIVIL_ZONE
from tinhso.kernel.casework.public import cases_at
from tinhso.kernel.organisation.public import Count, Heirs
from tinhso.law.states import NationalState
from tinhso.modules.onestop.models import AgencyChange, Application, ApplicationState, Counter, DeliveryState, Dossier
from tinhso.modules.onestop.queries.dossiers import IS_OWED

OPEN = [int(state) for state in NationalState if state.is_open]
_CHUNK = 200


def count_dossiers(heirs: Heirs) -> list[Count]:
    """Return how many dossiers in flight each agency that ends has, by state, and results that wait at its desk."""
    found: list[Count] = []
    rows = Dossier.objects.filter(agency_code__in=heirs.ended)
    running = rows.filter(state__in=OPEN).values_list("agency_code", "state").annotate(n=Number("pk"))
    for code, state, n in running.order_by("agency_code", "state"):
        found.append(Count(code, NationalState(state).title, n, heirs.of(code)))
    waiting = Dossier.objects.filter(desk_code__in=heirs.ended, delivery=DeliveryState.READY)
    for code, n in waiting.values_list("desk_code").annotate(n=Number("pk")).order_by("desk_code"):
        found.append(Count(code, gettext_noop("Result to hand over"), n, heirs.of(code)))
    owed = Dossier.objects.filter(Q(desk_code__in=heirs.ended), IS_OWED)
    for code, n in owed.values_list("desk_code").annotate(n=Number("pk")).order_by("desk_code"):
        found.append(Count(code, gettext_noop("Fee to take or give back"), n, heirs.of(code)))
    return found


def dossiers_to_hand_on(heirs: Heirs, *, limit: int) -> list[Dossier]:
    """
    Return dossiers that still need an agency that ended: in flight, a result to hand over, money owed; at most `limit`.

    Each way is an index of its own, never a walk through what is closed. Locked until the act commits.
    """
    found: dict[Any, None] = {}
    for fits in _WAYS:
        for codes in _chunks(heirs.movable):
            if len(found) >= limit:
                break
            rows = Dossier.objects.filter(fits(codes)).order_by().values_list("pk", flat=True)
            found.update(dict.fromkeys(rows[: limit - len(found)]))
    picked = Dossier.objects.select_for_update().filter(pk__in=list(found)).order_by("pk")
    return list(picked) if found else []


_WAYS: tuple[Callable[[list[str]], Q], ...] = (
    lambda codes: Q(agency_code__in=codes, state__in=OPEN),
    lambda codes: Q(desk_code__in=codes, state__in=OPEN),
    lambda codes: Q(office_code__in=codes, state__in=OPEN),
    lambda codes: Q(desk_code__in=codes, delivery=DeliveryState.READY),
    lambda codes: Q(Q(desk_code__in=codes), IS_OWED),
    lambda codes: Q(case_id__in=cases_at(codes)),
)


def _chunks(codes: Iterable[str]) -> Iterable[list[str]]:
    each = iter(codes)
    while chunk := list(islice(each, _CHUNK)):
        yield chunk


def count_books(heirs: Heirs) -> list[Count]:
    """Return the series of numbers (forms, receipts, results) that end with their agency; successors begin their own."""
    ended, found = set(heirs.ended), []
    for series, value in (
        Counter.objects.exclude(series__startswith="dossier:").order_by("series").values_list("series", "value")
    ):
        kind, code, *rest = series.split(":")
        if code in ended:
            found.append(Count(code, " ".join([kind, *rest]), value, heirs.of(code)))
    return found


def count_drafts(heirs: Heirs) -> list[Count]:
    """Return how many drafts name an agency that ends."""
    rows = Application.objects.filter(state=ApplicationState.DRAFT, agency_code__in=heirs.ended)
    counted = rows.values_list("agency_code").annotate(n=Number("pk")).order_by("agency_code")
    return [Count(code, gettext_noop("Draft"), n, _only(heirs, code)) for code, n in counted]


def drafts_to_hand_on(heirs: Heirs, *, limit: int) -> list[Application]:
    """Return drafts that name an agency that ended, at most `limit`, locked."""
    rows = Application.objects.select_for_update().filter(state=ApplicationState.DRAFT, agency_code__in=heirs.movable)
    return list(rows.order_by("pk")[:limit])


def _only(heirs: Heirs, code: str) -> str:
    return "" if code in heirs.divided_set else heirs.of(code)


def unit_in(answers: Mapping[str, Any]) -> str:
    """
    Return the one commune, by its old statistics code, that the answers name as a place; empty when none or several.

    Places of other provinces are written out, and are not codes.
    """
    found = set(_units(answers))
    return found.pop() if len(found) == 1 else ""


def _units(value: object, key: str = "") -> Iterable[str]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _units(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _units(each, key)
    elif key == "unit" and isinstance(value, str) and len(value) == 5 and value.isdigit():  # noqa: PLR2004 - a commune
        yield value


def received_by_agency(first: date, last: date) -> dict[str, int]:
    """Return how many dossiers each agency received between two days, both included, as it was competent then. Two statements."""
    start, end = (datetime.combine(day, time.min, CIVIL_ZONE) for day in (first, last + timedelta(days=1)))
    span = {"received_at__gte": start, "received_at__lt": end}
    rows = Dossier.objects.filter(**span).values_list("agency_code").annotate(n=Number("pk")).order_by("agency_code")
    found = dict(rows)
    changed = AgencyChange.objects.filter(**{f"dossier__{name}": value for name, value in span.items()})
    later = changed.filter(at__gt=F("dossier__received_at")).values_list("agency_was", "agency_became")
    for was, became, n in later.annotate(n=Number("pk")).order_by("agency_was", "agency_became"):
        found[became] = found.get(became, 0) - n
        found[was] = found.get(was, 0) + n
    return {code: n for code, n in sorted(found.items()) if n}
