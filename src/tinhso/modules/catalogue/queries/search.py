"""
Search in people's own words: marks or none, everyday words, a half-typed last word.

Text is folded by us (`base.text.fold`); SQLite answers by FTS5, PostgreSQL by tsvector, behind one function.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q

from tinhso.base.replica import from_replica, reading
from tinhso.base.text import fold, nfc
from tinhso.law.codes import MalformedProcedureCode, procedure_code
from tinhso.modules.catalogue.models import Procedure, Synonym

WORD = re.compile(r"[0-9a-z]+")
FILLER = frozenset(
    [
        "xin",
        "lam",
        "toi",
        "muon",
        "can",
        "cho",
        "o",
        "tai",
        "dau",
        "the",
        "nao",
        "nhu",
        "gi",
        "la",
        "va",
        "de",
        "thu",
        "tuc",
        "giay",
        "to",
        "cach",
        "hoi",
        "ve",
        "bi",
        "cua",
        "em",
        "anh",
        "chi",
        "con",
        "the",
        "?",
        "how",
        "to",
        "i",
        "want",
        "a",
        "an",
        "of",
        "for",
        "my",
        "apply",
        "get",
    ]
)
"""
Words that say nothing about which procedure is meant; kept when nothing else is left.

An everyday word that is one of them without marks (“đẻ”, “để”) is understood where it stands alone.
"""
LIKE_TYPED, LIKE_WORDS, LIKE_BEGINNING = 500, 40, 10
"""How many places a procedure rises whose name holds what was typed: letter by letter, without marks, as a beginning."""
MOST_ASKED = 8
LIKE_HERE = 10
"""How much more it counts among those that a procedure can be done here."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, split into words that must be there; each may be said in other words."""

    groups: tuple[tuple[str, ...], ...]

    @property
    def meant(self) -> Question | None:
        """Return the part that everyday words stand for, when there are others beside: "mở quán" of "mở quán cà phê"."""
        known = tuple(group for group in self.groups if len(group) > 1)
        return Question(known) if known and len(known) < len(self.groups) else None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was asked."""
        return not self.groups


def understand(text: str, synonyms: dict[str, list[str]]) -> Question:
    """Return the question behind the words: synonyms replace what they stand for, fillers fall away."""
    words = WORD.findall(fold(text))
    groups: list[tuple[str, ...]] = []
    plain: list[str] = []
    index = 0
    longest = max((len(said.split()) for said in synonyms), default=0)
    while index < len(words):
        for size in range(min(longest, len(words) - index), 0, -1):
            said = " ".join(words[index : index + size])
            if said in synonyms and not (said in FILLER and len(words) > 1):
                groups.append((*(() if said in FILLER else (said,)), *synonyms[said]))
                index += size
                break
        else:
            plain.append(words[index])
            index += 1
    kept = [word for word in plain if word not in FILLER]
    if not kept and not groups:
        kept = plain
    # only the word that may still be typed is a beginning; the others are whole
    last = words[-1] if words and not text.endswith(" ") else ""
    return Question((*groups, *((f"{word}*" if word == last else word,) for word in kept)))


@from_replica
def search_procedures(
    text: str = "",
    *,
    on: date,
    field: str = "",
    level: str = "",
    subject: str = "",
    codes: list[str] | None = None,
    limit: int = 20,
    offset: int = 0,
) -> list[Procedure]:
    """
    Return procedures in force on a day, best first: all words, else (none found) any of them.

    `field`, `level`, `subject`, `codes` narrow. A code finds its procedure, with or without local suffix. Three
    statements, up to six when the first finds nothing.
    """
    rows = Procedure.objects.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    if field:
        rows = rows.filter(field_slug=field)
    if level:
        rows = rows.filter(levels__contains=f" {level} ")
    if subject:
        rows = rows.filter(subjects__contains=f" {subject} ")
    if codes is not None:
        rows = rows.filter(code__in=codes)
    rows = rows.defer("facts") if not text else rows
    if not text.strip():
        return list(rows.order_by("-complete", "name")[offset : offset + limit])
    if by_code := _by_code(text):
        return list(rows.filter(by_code).order_by("code")[:limit])
    question = understand(text, dict(Synonym.objects.values_list("said", "meant")))
    if question.is_empty:
        return []
    ids = _match(question)
    found = {row.pk: row for row in rows.filter(pk__in=ids[:500])}
    return _by_rank(ids, found, text)[offset : offset + limit]


def _by_code(text: str) -> Q | None:
    """Return the filter for a procedure code, with or without local suffix; None when the text is not one."""
    try:
        code = procedure_code(text)
    except MalformedProcedureCode:
        return None
    return Q(code=str(code)) if code.suffix else Q(code=code.national) | Q(national_code=code.national)


def _by_rank(ids: list[int], found: dict[int, Procedure], text: str) -> list[Procedure]:
    """Order by rank, lifting what is called just as it was typed, what can be done here, and what is often asked."""
    score: dict[int, int] = {}
    for place, pk in enumerate(ids):
        if row := found.get(pk):
            like = _likeness(row, text)
            # the most asked first among its like: whoever types “khai sinh” mostly registers a birth
            here = (8 if row.complete else 0) + (max(1, MOST_ASKED - row.popular) if row.popular else 0)
            score[pk] = place - like - here * (LIKE_HERE if like >= LIKE_WORDS else 1)
    return sorted(found.values(), key=lambda row: score[row.pk])


def _likeness(row: Procedure, text: str) -> int:
    """
    Return how much the names of a procedure are what was typed, marks and all.

    The index knows no marks and takes the last word for a beginning: to it, “khai tử” is “khai tuyến” as well.
    """
    names = [row.name, *row.local.get("keywords", [])]
    typed, bare = nfc(text).casefold(), fold(text)
    found = 0
    for name in names:
        said, plain = f" {nfc(name).casefold()} ", f" {fold(name)} "
        if f" {bare} " in plain:
            found = max(found, LIKE_WORDS)
        if typed != bare and f" {typed} " in said:
            return LIKE_TYPED
        if f" {bare}" in plain:
            found = max(found, LIKE_BEGINNING)
    return found


def _match(question: Question) -> list[int]:
    """
    Return the versions that fit, by rank, from the first attempt that finds any.

    In order: all words in names; what everyday words stand for, in names; all words anywhere; any of them anywhere.
    """
    attempts = [(question, "names", True), (question, "all", True), (question, "all", False)]
    if question.meant:
        attempts.insert(1, (question.meant, "names", True))
    build = _postgresql if connection.vendor == "postgresql" else _sqlite
    for asked, where, strict in attempts:
        statement, argument = build(asked, names_only=where == "names", strict=strict)
        with reading().cursor() as cursor:
            cursor.execute(statement, [argument])
            if found := [row[0] for row in cursor.fetchall()]:
                return found
    return []


SQLITE = (
    "SELECT rowid FROM catalogue_search WHERE catalogue_search MATCH %s"
    " ORDER BY bm25(catalogue_search, 10.0, 4.0, 1.0), rowid LIMIT 500"
)
POSTGRESQL = (
    "SELECT id FROM catalogue_search, to_tsquery('simple', %s) asked WHERE document @@ asked"
    " ORDER BY ts_rank_cd('{0.1,0.2,0.4,1.0}', document, asked, 1) DESC, id LIMIT 500"
)


def _sqlite(question: Question, *, names_only: bool, strict: bool) -> tuple[str, str]:
    def phrase(said: str) -> str:
        return f'"{said.removesuffix("*")}"*' if said.endswith("*") else f'"{said}"'

    joined = (" AND " if strict else " OR ").join(
        "(" + " OR ".join(phrase(said) for said in group) + ")" for group in question.groups
    )
    return SQLITE, f"{{title words}} : ({joined})" if names_only else joined


def _postgresql(question: Question, *, names_only: bool, strict: bool) -> tuple[str, str]:
    weights = "AB" if names_only else ""

    def phrase(said: str) -> str:
        if said.endswith("*"):
            return f"{said.removesuffix('*')}:*{weights}"
        return "(" + " <-> ".join(f"{word}:{weights}" if weights else word for word in said.split()) + ")"

    joined = (" & " if strict else " | ").join(
        "(" + " | ".join(phrase(said) for said in group) + ")" for group in question.groups
    )
    return POSTGRESQL, joined
