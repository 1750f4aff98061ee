"""Pages by key: the next begins after the last row of this one, whatever came in or went out meanwhile."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from tinhso.base.refusals import NotFound

PAGE = 50
Keys = Mapping[str, Callable[[str], Any]]
"""What rows are sorted by, in order, each with what reads it back from a cursor. The last is unique."""


@dataclass(frozen=True, slots=True)
class Page[Row]:
    """A page of rows and the cursor of the next one; empty: there is none."""

    rows: list[Row]
    after: str = ""


def moment(text: str) -> datetime:
    """Read a moment back. Raises ValueError for one that does not say its zone, OverflowError for one too far away."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.astimezone(UTC)


BY_FILING: Keys = {"submitted_at": moment, "id": UUID}


def page_of[Row: Model](
    rows: QuerySet[Row], keys: Keys, *, after: str, limit: int = PAGE, newest: bool = False
) -> Page[Row]:
    """Return the rows that come after a cursor, smallest keys first, or largest (`newest`). Raises NotFound for a false cursor."""
    if after:
        rows = rows.filter(_beyond(keys, after, "lt" if newest else "gt"))
    found = list(rows.order_by(*(f"-{name}" if newest else name for name in keys))[: limit + 1])
    return Page(found[:limit], _cursor(keys, found[limit - 1]) if len(found) > limit else "")


def _beyond(keys: Keys, cursor: str, way: str) -> Q:
    last = _read(keys, cursor)
    beyond, same = Q(pk__in=[]), Q()
    for name, value in last.items():
        beyond |= same & Q(**{f"{name}__{way}": value})
        same &= Q(**{name: value})
    return beyond


def _cursor(keys: Keys, row: Model) -> str:
    values = [getattr(row, name) for name in keys]
    text = "|".join(value.isoformat() if isinstance(value, datetime) else str(value) for value in values)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(keys: Keys, cursor: str) -> dict[str, Any]:
    try:
        parts = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode().split("|")
        return {name: read(part) for (name, read), part in zip(keys.items(), parts, strict=True)}
    except (ValueError, OverflowError, binascii.Error) as error:
        raise NotFound from error
