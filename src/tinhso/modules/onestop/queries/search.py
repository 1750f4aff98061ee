"""
Finding dossiers by what people say at the counter: a name without marks, a code, a number.

Each way is answered by an index and gives candidates; `dossiers.search_dossiers` keeps those that the reader may see.
Measured with a million dossiers: `./tinhso bench pages`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from uuid import UUID

from django.db import connection
from django.db.models import Q

from tinhso.base.text import fold
from tinhso.modules.onestop.models import Dossier

CANDIDATES = 2000
"""So many dossiers whose code begins alike are looked at; who means another types one more letter."""
DIGITS_ASKED = 4
"""So many digits are taken for a number of a person, a firm or a telephone."""
_WORD = re.compile(r"[0-9a-z]+")
_LAST = "\U0010ffff"
SQLITE = "SELECT code FROM onestop_search WHERE onestop_search MATCH %s ORDER BY rowid DESC LIMIT %s"
POSTGRESQL = (
    "SELECT code FROM onestop_dossier WHERE to_tsvector('simple', applicant_folded"
    " || ' ' || replace(replace(lower(agency_code), '.', 'x'), '-', 'x')"
    " || ' ' || replace(replace(lower(desk_code), '.', 'x'), '-', 'x')"
    " || ' ' || replace(replace(lower(office_code), '.', 'x'), '-', 'x')) @@ to_tsquery('simple', %s)"
    " ORDER BY submitted_at DESC LIMIT %s"
)
"""The expression is that of the index in migration 0002."""


def codes_by_name(text: str, agencies: Collection[str], *, limit: int) -> list[str]:
    """
    Return codes of dossiers of these agencies by the applicant's name, newest first. One statement.

    Every word must be in the name, in any order, marks or none; the last may be half typed.
    """
    words = _WORD.findall(fold(text))
    if not words or not agencies:
        return []
    seen_by = sorted(agency.lower().replace(".", "x").replace("-", "x") for agency in agencies)
    if connection.vendor == "postgresql":
        statement, asked = POSTGRESQL, f"({' | '.join(seen_by)}) & {' & '.join(words)}:*"
    else:
        named = " AND ".join(f'"{word}"' for word in words)
        scope = " OR ".join(f'"{word}"' for word in seen_by)
        statement, asked = SQLITE, f"seen_by : ({scope}) AND name : ({named}*)"
    with connection.cursor() as cursor:
        cursor.execute(statement, [asked, limit])
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


def code_begins(text: str) -> Q:
    """Return the filter for codes that begin so, as a range of the index of codes."""
    asked = text.upper()
    if connection.vendor == "postgresql":
        return Q(code__startswith=asked)
    # LIKE cannot use the index: SQLite takes it without regard to case
    return Q(code__gte=asked, code__lt=asked + _LAST)
