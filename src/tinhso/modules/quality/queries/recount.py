"""The sums counted anew by the database itself, from the measured rows: another way than the one in which they are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import CharField, F, Max, Sum, Value
from django.db.models.functions import Cast, TruncMonth

from tinhso.law.quality.measured import KEPT
from tinhso.modules.quality.models import MARKS, Case
from tinhso.modules.quality.queries.measuring import DAY, MONTH

COLUMNS = ("span", "first", "agency_code", "service_code", "field", *KEPT)
"""Columns of a sum, in the order in which `grains` gives them."""
OF_OFFICIALS = ("received", "early", "same_day", "overdue", "asked_once", "asked_again")

type Place = tuple[date, str, str]
"""Month, agency and official."""


def grains() -> list[Any]:
    """Return the three questions whose rows are all sums: by day and procedure, by month and procedure, by month."""
    by_day = Case.objects.annotate(span_=_text(DAY), first_=F("day"), service_=F("service_code"))
    by_month = Case.objects.annotate(span_=_text(MONTH), first_=TruncMonth("day"), service_=F("service_code"))
    in_all = Case.objects.annotate(span_=_text(MONTH), first_=TruncMonth("day"), service_=_text(""))
    return [_summed(by_day, Max("field")), _summed(by_month, Max("field")), _summed(in_all, Max(_text("")))]


def _text(words: str) -> Any:
    return Cast(Value(words), CharField(max_length=40))


def _summed(rows: Any, field: Any) -> Any:
    sums = {f"n_{name}": Sum("elapsed_seconds") if name == "elapsed_seconds" else Sum(_bit(name)) for name in KEPT}
    grouped = rows.order_by().values("span_", "first_", "agency_code", "service_").annotate(field_=field, **sums)
    return grouped.values_list("span_", "first_", "agency_code", "service_", "field_", *sums)


def _bit(name: str) -> Any:
    """Return one where a dossier bears a mark, else nothing: the bit, brought down to one."""
    return F("marks").bitand(MARKS[name]) / MARKS[name]


def worked_anew() -> dict[Place, tuple[str, Counter[str]]]:
    """Return the sums of officials, counted over every settled dossier."""
    found: dict[Place, tuple[str, Counter[str]]] = {}
    for month, marks, officials in _settled():
        marked = [name for name in OF_OFFICIALS if marks & MARKS[name]]
        for key, name, agency in officials:
            found.setdefault((month, agency, key), (name, Counter()))[1].update(marked)
    return found


def _settled() -> Iterator[tuple[date, int, list[list[str]]]]:
    rows = Case.objects.filter(ended_on__isnull=False).order_by("code").values_list("ended_on", "marks", "officials")
    for ended_on, marks, officials in rows.iterator(chunk_size=5000):
        assert ended_on is not None
        yield ended_on.replace(day=1), marks, officials
