"""The CSV files of `organisation/` and what their columns hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db import models

from tinhso.kernel.organisation.models import Agency, Delegation, Kind, Level, Official, Post, Succession, Tenure
from tinhso.kernel.organisation.pack.checking import Column, as_date
from tinhso.kernel.organisation.pack.reading import Row, Table

CODE = r"[A-Z0-9]{1,10}(\.[A-Z0-9]{1,10})*"
_CODE_HINT = "H47.12.3"
_DATES = (Column("valid_from", required=True, kind="date"), Column("valid_to", kind="date"))

AGENCIES = "organisation/agencies.csv"
SUCCESSIONS = "organisation/successions.csv"
POSTS = "organisation/posts.csv"
OFFICIALS = "organisation/officials.csv"
TENURES = "organisation/tenures.csv"
DELEGATIONS = "organisation/delegations.csv"

_WRITTEN: dict[str, tuple[Column, ...]] = {
    AGENCIES: (
        Column("code", required=True, pattern=CODE, hint=_CODE_HINT),
        Column("name", required=True),
        Column("name_en", required=True),
        Column("short_name"),
        Column("kind", required=True, one_of=tuple(Kind.values)),
        Column("level", required=True, one_of=tuple(Level.values)),
        Column("parent", pattern=CODE, hint=_CODE_HINT),
        Column("unit_code", pattern=r"\d{2}|\d{3}|\d{5}", hint="49 / 503 / 20398"),
        Column("desk", pattern=CODE, hint=_CODE_HINT),
        Column("field"),
        Column("phone"),
        Column("address"),
        Column("email"),
        Column("old_code"),
        *_DATES,
        Column("decision"),
        Column("illustrative", kind="flag"),
    ),
    SUCCESSIONS: (
        Column("predecessor", required=True, pattern=CODE, hint=_CODE_HINT),
        Column("successor", required=True, pattern=CODE, hint=_CODE_HINT),
        Column("kind", required=True, one_of=("merger", "split", "rename", "transfer")),
        Column("share", pattern=r"0\.\d{1,4}", hint="0.2500"),
        *_DATES,
        Column("decision", required=True),
    ),
    POSTS: (
        Column("code", required=True),
        Column("agency", required=True, pattern=CODE, hint=_CODE_HINT),
        Column("title", required=True),
        Column("title_en", required=True),
        Column("roles"),
        Column("seats", kind="number"),
        *_DATES,
    ),
    OFFICIALS: (
        Column("staff_code", required=True),
        Column("full_name", required=True),
        Column("email"),
        Column("username", pattern=r"[a-z0-9._-]+", hint="lan.minhan"),
        Column("phone"),
        Column("demo", kind="flag"),
    ),
    TENURES: (
        Column("post", required=True),
        Column("staff_code", required=True),
        *_DATES,
        Column("decision"),
    ),
    DELEGATIONS: (
        Column("post", required=True),
        Column("by_staff_code", required=True),
        Column("to_staff_code", required=True),
        Column("roles", required=True),
        *_DATES,
        Column("decision", required=True),
    ),
}
_KEPT: dict[str, tuple[type[models.Model], dict[str, str]]] = {
    AGENCIES: (Agency, {"parent": "parent_code", "desk": "desk_code", "old_code": "code"}),
    SUCCESSIONS: (Succession, {}),
    POSTS: (Post, {"agency": "agency_code"}),
    OFFICIALS: (Official, {}),
    TENURES: (Tenure, {"post": "post_code"}),
    DELEGATIONS: (Delegation, {"post": "post_code"}),
}
"""Where each file is kept, and the fields that are called otherwise there."""


def _fitting(file: str, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Return the columns with the letters that fit the fields they are kept in."""
    model, renamed = _KEPT[file]
    fields = {field.name: field for field in model._meta.concrete_fields}  # noqa: SLF001 - Django's public way to fields
    longest = {one.name: getattr(fields.get(renamed.get(one.name, one.name)), "max_length", 0) for one in columns}
    return tuple(replace(one, longest=longest[one.name] or 0) for one in columns)


COLUMNS = {file: _fitting(file, columns) for file, columns in _WRITTEN.items()}


@dataclass(frozen=True, slots=True)
class Span:
    """A row with its two dates, read."""

    row: Row
    start: date
    end: date | None

    def holds_on(self, day: date) -> bool:
        """Tell whether it holds on a day."""
        return self.start <= day and (self.end is None or day <= self.end)


def span(row: Row) -> Span:
    """Return a checked row with its dates."""
    start = as_date(row["valid_from"])
    assert start is not None, "checked before"
    return Span(row, start, as_date(row["valid_to"]))


def by_key(table: Table, *columns: str) -> dict[tuple[str, ...], list[Span]]:
    """Return the rows of a table by key, each list by first day."""
    found: dict[tuple[str, ...], list[Span]] = defaultdict(list)
    for row in table:
        found[tuple(row[column] for column in columns)].append(span(row))
    for spans in found.values():
        spans.sort(key=lambda item: item.start)
    return dict(found)


def overlapping(spans: Iterable[Span]) -> Iterable[tuple[Span, Span]]:
    """Return neighbours that hold on the same day, of rows sorted by first day."""
    before: Span | None = None
    for item in spans:
        if before is not None and (before.end is None or item.start <= before.end):
            yield before, item
        before = item if before is None or before.end is not None else before


def on_day(spans: Iterable[Span], day: date) -> Span | None:
    """Return the row that holds on a day."""
    return next((item for item in spans if item.holds_on(day)), None)
