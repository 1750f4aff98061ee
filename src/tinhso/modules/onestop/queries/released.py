"""
Dossiers as statistics may have them: no name, number, telephone or address; days, not moments; a key of this release only.

A record is left out when fewer than five share its agency, service and month of filing (`law.disclosure`).
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_noop as _

from tinhso.base.clock import CIVIL_ZONE, civil_date
from tinhso.modules.onestop.models import Dossier

BATCH = 2000
_KEY_LETTERS = 24

type Cell = tuple[str, str, str]
"""Agency, service, month of filing (`2026-03`)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the release, with what it means."""

    name: str
    kind: str
    about: str
    """English msgid."""


COLUMNS = (
    Column("key", "text", _("Stands for the dossier in this release only: keyed hash whose key nobody keeps")),
    Column("agency_code", "text", _("Competent agency, identifier")),
    Column("service_code", "text", _("Procedure, national code")),
    Column("field", "text", _("Field of work of the procedure")),
    Column("way", "direct | online | post", _("How it came in")),
    Column("result_way", "direct | online | post", _("How the result is taken")),
    Column("state", "1-10", _("National state of dossiers")),
    Column("money", "none | due | paid | back | refunded", _("Where the fee stands")),
    Column("fee_vnd", "number", _("Fee in đồng")),
    Column("filed_on", "date", _("Civil day of filing")),
    Column("received_on", "date", _("Civil day of acceptance; empty: not accepted")),
    Column("due_on", "date", _("Civil day on which the result is due, as it stands now")),
    Column("finished_on", "date", _("Civil day on which it was settled; empty: not yet")),
    Column("returned_on", "date", _("Civil day on which the result was handed over")),
    Column("is_postponed", "0 | 1", _("A new date was set, with an apology")),
    Column("supplements", "number", _("How often papers were asked for")),
    Column("score", "1-5", _("Rating by the applicant; empty: none")),
)
_VALUES = (
    "agency_code", "service_code", "field", "way", "result_way", "state", "money", "fee_vnd", "submitted_at",
    "received_at", "due_at", "finished_at", "returned_at", "postponed_at", "rating__score",
)  # fmt: skip


def rows_between(first: date, after: date) -> QuerySet[Dossier]:
    """Return the dossiers filed from `first` until before `after`, civil days."""
    begin, end = (datetime.combine(day, time(), CIVIL_ZONE) for day in (first, after))
    return Dossier.objects.filter(submitted_at__gte=begin, submitted_at__lt=end)


def count_cells(first: date, after: date) -> Counter[Cell]:
    """Return how many dossiers each cell has. One statement, read piece by piece."""
    found = rows_between(first, after).values_list("agency_code", "service_code", "submitted_at")
    return Counter(cell_of(*row) for row in found.iterator(BATCH))


def cell_of(agency_code: str, service_code: str, submitted_at: datetime) -> Cell:
    """Return the cell of a dossier."""
    return agency_code, service_code, f"{civil_date(submitted_at):%Y-%m}"


def records(first: date, after: date, kept: frozenset[Cell], *, key: bytes) -> Iterator[list[str]]:
    """Return the records of the cells that are kept, sorted by key within a batch: the order of filing is not told."""
    found = rows_between(first, after).annotate(asked=Count("supplements")).order_by("id")
    batch: list[list[str]] = []
    for code, asked, *values in found.values_list("code", "asked", *_VALUES).iterator(BATCH):
        row = dict(zip(_VALUES, values, strict=True))
        if cell_of(row["agency_code"], row["service_code"], row["submitted_at"]) not in kept:
            continue
        batch.append(_record(code, asked, row, key))
        if len(batch) == BATCH:
            yield from sorted(batch)
            batch = []
    yield from sorted(batch)


def _record(code: str, asked: int, row: Mapping[str, Any], key: bytes) -> list[str]:
    digest = hmac.new(key, code.encode(), hashlib.sha256).hexdigest()[:_KEY_LETTERS]
    told: dict[str, Any] = {
        **row,
        "key": digest,
        "filed_on": _day(row["submitted_at"]),
        "is_postponed": int(row["postponed_at"] is not None),
        "supplements": asked,
        "score": row["rating__score"],
        **{f"{name}_on": _day(row[f"{name}_at"]) for name in ("received", "due", "finished", "returned")},
    }
    return ["" if told[column.name] is None else str(told[column.name]) for column in COLUMNS]


def _day(moment: datetime | None) -> str:
    return civil_date(moment).isoformat() if moment else ""


def dictionary(say: Callable[[str], str] = str) -> list[dict[str, str]]:
    """Return the data dictionary: name, kind and meaning of each column, in the language of `say`."""
    return [{"name": column.name, "kind": column.kind, "about": say(column.about)} for column in COLUMNS]
