"""
Finding dossiers by what people say at the counter: a name without marks, a code, a number.

Each way is answered by an index and gives candidates; `dossiers.search_dossiers` keeps those that the reader may see.
Measured with a million dossiers: `./tinhso bench pages`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import connection
from django.db.models import Q

from tinhso.base.text import fold
from tinhso.modules.onestop.models import Dossier

CANDIDATES = 2000
"""So many dossiers whose code begins alike are looked at; who means another types one more letter."""
DIGITS_ASKED = 4
"""So many digits are taken for a number of a person, a firm or a telephone."""
INDEXED_LETTERS = 3
"""Beginnings of words up to so many letters have an index of their own (migration 0002)."""
_WORD = re.compile(r"[0-9a-z]+")
_LAST = "\U0010ffff"
SQLITE = "SELECT code FROM onestop_search WHERE onestop_search MATCH %s ORDER BY rowid DESC LIMIT %s"
POSTGRESQL = (
    "SELECT code FROM onestop_dossier WHERE to_tsvector('simple', applicant_folded"
    " || ' ' || replace(replace(lower(agency_code), '.', 'x'), '-', 'x')"
    " || ' ' || replace(replace(lower(desk_code), '.', 'x'), '-', 'x')"
    " || ' ' || replace(replace(lower(office_code), '.', 'x'), '-', 'x')) @@ to_tsquery('simple', %s)"
    " AND applicant_folded ~ %s ORDER BY submitted_at DESC LIMIT %s"
)
"""The expression is that of the index in migration 0002. The pattern is for a last word half typed, or matches all."""


def codes_by_name(text: str, agencies: Collection[str], *, limit: int) -> list[str]:
    """
    Return codes of dossiers of these agencies by the applicant's name, newest first. One statement, at most two.

    Every word must be in the name, in any order, marks or none. The last may be half typed; where the word as it stands fills the
    list already, longer ones are not looked for: four in ten people are called Nguyễn, and to look for all words that begin so
    takes twenty times as long.
    """
    words = _WORD.findall(fold(text))
    if not words or not agencies:
        return []
    seen_by = sorted(agency.lower().replace(".", "x").replace("-", "x") for agency in agencies)
    is_postgresql = connection.vendor == "postgresql"
    codes = _on_postgresql if is_postgresql else _on_sqlite
    stands = []
    if len(words[-1]) > INDEXED_LETTERS or (is_postgresql and len(words) == 1):
        stands = codes(words, seen_by, limit, is_begun=False)
    return stands if len(stands) >= limit else codes(words, seen_by, limit, is_begun=True)


def _on_sqlite(words: Sequence[str], seen_by: Sequence[str], limit: int, *, is_begun: bool) -> list[str]:
    """Return codes by the words of a name; `is_begun`: the last may be longer than it was typed."""
    named = " AND ".join(f'"{word}"' for word in words)
    scope = " OR ".join(f'"{word}"' for word in seen_by)
    return _read(SQLITE, [f"seen_by : ({scope}) AND name : ({named}{'*' if is_begun else ''})", limit])


def _on_postgresql(words: Sequence[str], seen_by: Sequence[str], limit: int, *, is_begun: bool) -> list[str]:
    """
    Return the same. GIN gathers all dossiers of the province in which a word begins so before it looks at any other word.

    Therefore a last word half typed is looked for in the names that the words before it have found.
    """
    scope, pattern = f"({' | '.join(seen_by)})", ""
    whole = [*words[:-1], words[-1] + ":*"] if is_begun else list(words)
    if is_begun and len(words) > 1:
        pattern, whole = rf"\m{words[-1]}", list(words[:-1])
    return _read(POSTGRESQL, [" & ".join([scope, *whole]), pattern, limit])


def _read(statement: str, values: Sequence[str | int]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]


def ids_by_number(text: str) -> list[UUID]:
    """Return ids of dossiers by the applicant's citizen number, tax code or telephone. At most one statement."""
    digits = "".join(c for c in text if c.isdigit())
    if len(digits) < DIGITS_ASKED or digits != text.replace(" ", ""):
        return []
    by_number = Dossier.objects.filter(applicant_number=digits).values_list("pk", flat=True)
    by_phone = Dossier.objects.filter(applicant_phone=digits).values_list("pk", flat=True)
    # a union is two look-ups; an OR beside the filter of what may be seen lets SQLite walk through an agency
    return list(by_number.union(by_phone)[:CANDIDATES])


def any_code_begins(text: str) -> bool:
    """Tell whether any dossier's code begins so: a name does not, and need not be looked for. One statement."""
    words, values = (
        ("LIKE %s", [_as_it_is(text.upper()) + "%"])
        if connection.vendor == "postgresql"
        else (
            "BETWEEN %s AND %s",
            [text.upper(), text.upper() + _LAST],
        )
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM onestop_dossier WHERE code {words} LIMIT 1", values)  # noqa: S608 - our own words
        return cursor.fetchone() is not None


def _as_it_is(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def code_begins(text: str) -> Q:
    """Return the filter for codes that begin so, as a range of the index of codes."""
    asked = text.upper()
    if connection.vendor == "postgresql":
        return Q(code__startswith=asked)
    # LIKE cannot use the index: SQLite takes it without regard to case
    return Q(code__gte=asked, code__lt=asked + _LAST)
