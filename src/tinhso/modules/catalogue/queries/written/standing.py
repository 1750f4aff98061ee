"""What drafts of procedures begin from, and what is shown of one while it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import yaml
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.base.refusals import NotFound, Refusal, Text
from tinhso.kernel.casework.public import Begun, DraftLine, DraftPart, DraftSource
from tinhso.modules.catalogue.models import Origin, Procedure
from tinhso.modules.catalogue.queries.search import search_procedures
from tinhso.modules.catalogue.queries.written.asked import (
    BLOCKS,
    KEPT,
    LISTS,
    ORDER,
    lists_below,
    pattern_of,
)
from tinhso.modules.catalogue.queries.written.changing import editable, rows_at
from tinhso.modules.catalogue.queries.written.comparing import summary_of, title_of, words_of
from tinhso.web.words import own

PAGE = 50
ALWAYS = date(2000, 1, 1)
"""First day of what a pack gives none: for as long as anything here goes back."""
ANNOUNCED = _("announced, not yet in force")
HERE = _("written in the designer")
SHOWN_ONLY = _("only shown: it cannot be filed here yet")
_IN_PACK = pgettext_lazy("procedure", "from the pack")


class CodeTaken(Refusal):
    """There is a procedure of this code already."""

    code = "catalogue.code_taken"
    text = _("There is a procedure {code} already. Begin a draft from it.")


def standing(text: str, on: date) -> Sequence[DraftSource]:
    """
    Return the last versions of procedures, by code or name; without a text those that are worked here.

    Two statements at most; fifty rows.
    """
    rows = Procedure.objects.filter(valid_to__isnull=True)
    if text := " ".join(text.split())[:100]:
        found = [row.code for row in search_procedures(text, on=on, limit=PAGE)]
        # the search looks among what is in force
        rows = rows.filter(Q(code__in=found) | Q(code__startswith=text, valid_from__gt=on))
    else:
        rows = rows.filter(complete=True)
    return [
        DraftSource(
            row.code,
            own(row, "name"),
            row.valid_from if row.valid_from > ALWAYS else None,
            row.valid_to,
            _note(row, on),
        )
        for row in rows.defer("facts").order_by("-complete", "code")[:PAGE]
    ]


def _note(row: Procedure, on: date) -> Text:
    if row.valid_from > on:
        return ANNOUNCED
    if row.origin == Origin.PAGE:
        return HERE
    return _IN_PACK if row.complete else SHOWN_ONLY


def last_version(code: str) -> Procedure | None:
    """Return the version of a procedure that has no end: in force, or announced. One statement."""
    return Procedure.objects.filter(code=code, valid_to__isnull=True).first()


def current(code: str) -> int:
    """Return the number of the last version, 0 for none."""
    found = last_version(code)
    return found.pk if found else 0


def begin(code: str, _on: date) -> Begun:
    """Return what a draft of a procedure begins with. Raises NotFound."""
    row = last_version(code)
    if row is None:
        raise NotFound
    return Begun(row.code, row.name[:300], {"code": row.code, **editable(row.local)}, row.pk)


def begin_new(code: str, name: str, name_en: str, _on: date) -> Begun:
    """Return what a procedure begins with that there was not: a province's own, or its own variant. Raises CodeTaken."""
    if last_version(code):
        raise CodeTaken(code=code)
    words = {"name": name, "name_en": name_en} if name_en else {"name": name}
    return Begun(code, name[:300], {"code": code, **words, "online": "none"}, 0)


def base(code: str, version: int) -> Mapping[str, Any] | None:
    """Return the document of a version; None where it never came in force and was replaced."""
    row = Procedure.objects.filter(pk=version, code=code).values_list("local", flat=True).first()
    return None if row is None else {"code": code, **editable(row)}


def facts_of(code: str) -> Mapping[str, Any]:
    """Return the national record of a procedure, of a local variant that of its code; empty where there is none."""
    national = ".".join(code.split(".")[:2])
    rows = Procedure.objects.filter(Q(code=code) | Q(code=national), valid_to__isnull=True)
    found = {row.code: row.facts for row in rows}
    return found.get(code) or found.get(national) or {}


def parts(document: Mapping[str, Any]) -> list[DraftPart]:
    """Return the page of a draft: its blocks with what is answered, its lists with their rows."""
    found = []
    for page in ORDER:
        if page in BLOCKS:
            block = BLOCKS[page]
            answers = [(ask.label, words_of(ask, document)) for ask in block.asks]
            found.append(
                DraftPart(page, block.title, False, said=tuple((label, words) for label, words in answers if words))
            )
        else:
            found.append(_list_part(page, document))
    return found


def parts_below(document: Mapping[str, Any], page: str) -> list[DraftPart]:
    """Return the lists inside of a row: the amounts, exemptions and discounts of a fee."""
    return [_list_part(path, document) for path in lists_below(page)]


def _list_part(path: str, document: Mapping[str, Any]) -> DraftPart:
    listed, rows = LISTS[pattern_of(path)], rows_at(document, path)
    lines = tuple(
        DraftLine(f"{path}/{place}", title_of(path, row), summary_of(path, row), place == 0, place == len(rows) - 1)
        for place, row in enumerate(rows)
        if isinstance(row, Mapping)
    )
    from_record = path in ("ways", "components", "results", "legal") and path not in document
    return DraftPart(path, listed.title, True, lines, add=listed.add, fills=from_record)


def kept(document: Mapping[str, Any]) -> list[str]:
    """Return what stands in a document and is asked on no page."""
    return [str(words) for key, words in KEPT.items() if key in document]


def earliest(on: date) -> date:
    """Return the day after: a dossier keeps the terms of the day on which it was filed, so they change overnight."""
    return on + timedelta(days=1)


def file_of(document: Mapping[str, Any]) -> bytes:
    """Return the document as the pack's file."""
    return yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False, width=120).encode()
