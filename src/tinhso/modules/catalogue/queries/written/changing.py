"""Answers read from a document and written into a new one. Pure: the document that was given stays as it was."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import NotFound, Refusal
from tinhso.modules.catalogue.queries.procedures import national_components
from tinhso.modules.catalogue.queries.written.asked import BLOCKS, LISTS, Ask, asks_of, list_of, pattern_of

type Content = Mapping[str, Any]
_ROW = re.compile(r"(?P<list>.+)/(?P<index>\d+)")
EMPTY_SAYS_NONE = ("components",)
"""Lists of which an empty one is not the same as none."""
_SHORT_FEE = ("name", "name_en", "kind", "set_by")


MOST_ROWS = 300


class ListFull(Refusal):
    """No procedure has so many rows; whoever sends them by a program is stopped."""

    code = "catalogue.list_full"
    text = _("This list has {most} rows already. Take one out first.")


def editable(document: Content) -> dict[str, Any]:
    """
    Return a document as it is edited: the fee in its long form, without a first day (that is the approval's to say).

    It says the same: `law.fee_rules` reads both forms alike.
    """
    made = copy.deepcopy(dict(document))
    made.pop("valid_from", None)
    if "fee" in made:
        made["fee"] = long_fee(made["fee"])
    return made


def long_fee(fee: Content) -> dict[str, Any]:
    """Return a fee rule in the form that lists its items (`law.fee_rules.read_fee_rule` names the short ones)."""
    if "items" in fee or not ({"free", "amount"} & set(fee) or fee.get("set_by") == "council"):
        return dict(fee)
    given = dict(fee)
    rest = {name: given.pop(name) for name in ("not_given_back", "later") if given.get(name)}
    if given.pop("free", False):
        given["amount"] = 0
    item = {"code": "fee", "name": "Phí, lệ phí", "name_en": "Fee"}
    item |= {name: given.pop(name) for name in _SHORT_FEE if name in given}
    made: dict[str, Any] = {"items": [{**item, "amounts": [given] if "amount" in given else []}]}
    return made | rest


def value_at(document: Any, path: str) -> Any:
    """Return what stands at a place such as `fee/items/0`, None for nothing."""
    found = document
    for part in path.split("/"):
        if isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        elif isinstance(found, Mapping) and part in found:
            found = found[part]
        else:
            return None
    return found


def rows_at(document: Content, path: str) -> list[Any]:
    """Return the rows of a list, none where it is not there."""
    found = value_at(document, path)
    return found if isinstance(found, list) else []


def holder_of(document: Content, page: str) -> Content:
    """Return what the questions of a page are about: the document for a block, else the row. Raises NotFound."""
    if page in BLOCKS:
        return document
    found = value_at(document, page) if list_of(page) else None
    if not isinstance(found, Mapping):
        raise NotFound
    return found


def answers_of(document: Content, page: str) -> dict[str, Any]:
    """Return the answers that stand on a page, by the keys of its questions. Raises NotFound."""
    holder = holder_of(document, page)
    return {ask.key: said(holder, ask) for ask in asks_of(page) or ()}


def said(holder: Content, ask: Ask) -> Any:
    """Return the answer to a question, or what its absence means."""
    found = value_at(holder, ask.key)
    return ask.default if found is None else found


def changed(document: Content, page: str, answers: Content) -> dict[str, Any]:
    """Return the document with other answers on a page; what the page does not ask about stays. Raises NotFound."""
    holder_of(document, page)
    made = copy.deepcopy(dict(document))
    holder = made if page in BLOCKS else value_at(made, page)
    for ask in asks_of(page) or ():
        if ask.key in answers:
            _write(holder, ask, answers[ask.key])
    return made


def put_in(document: Content, path: str, answers: Content) -> tuple[dict[str, Any], str]:
    """Return the document with another row at the end of a list, and the place of the row. Raises NotFound."""
    if pattern_of(path) not in LISTS or (
        "*" in pattern_of(path) and value_at(document, path.rpartition("/")[0]) is None
    ):
        raise NotFound
    made = copy.deepcopy(dict(document))
    holder: Any = made
    *above, last = path.split("/")
    for part in above:
        holder = holder[int(part)] if isinstance(holder, list) else holder.setdefault(part, {})
    rows = holder.setdefault(last, [])
    if len(rows) >= MOST_ROWS:
        raise ListFull(most=MOST_ROWS)
    row: dict[str, Any] = {}
    for ask in LISTS[pattern_of(path)].asks:
        _write(row, ask, answers.get(ask.key))
    if pattern_of(path) == "fee/items":
        row["amounts"] = []
    rows.append(row)
    return made, f"{path}/{len(rows) - 1}"


def taken_out(document: Content, page: str) -> dict[str, Any]:
    """
    Return the document without a row; a list that is empty then is gone, and so is a fee without items. Raises NotFound.

    Papers stay as an empty list: without one, those of the national record would be asked for.
    """
    holder_of(document, page)
    made = copy.deepcopy(dict(document))
    path, index = _row(page)
    rows = value_at(made, path)
    del rows[index]
    if not rows and path not in EMPTY_SAYS_NONE and "*" not in pattern_of(path):
        _drop(made, path)
    return made


def shifted(document: Content, page: str, by: int) -> tuple[dict[str, Any], str]:
    """Return the document with a row moved among its neighbours, and where it stands now. Raises NotFound."""
    holder_of(document, page)
    made = copy.deepcopy(dict(document))
    path, index = _row(page)
    rows = value_at(made, path)
    place = min(max(index + by, 0), len(rows) - 1)
    rows.insert(place, rows.pop(index))
    return made, f"{path}/{place}"


def filled(document: Content, path: str, facts: Content) -> dict[str, Any]:
    """Return the document with the rows of the national record in a list that says nothing of its own yet."""
    made = copy.deepcopy(dict(document))
    if path not in made:
        made[path] = national_rows(path, facts)
    return made


def national_rows(path: str, facts: Content) -> list[dict[str, Any]]:
    """Return what the national record says, as rows of the local file; what it leaves open is left open."""
    if path == "components":
        return [
            _without_empty(
                {
                    "code": one.code, "name": one.name, "originals": one.originals, "copies": one.copies, "required": False,
                    "group": one.group_heading, "form_file": one.form_file,
                }
            )
            for one in national_components(facts)
        ]  # fmt: skip
    keys = {"ways": ("way", "amount", "unit", "note"), "results": ("code", "name"), "legal": ("number", "name")}
    return [_without_empty({key: row.get(key) for key in keys[path]}) for row in facts.get(path, []) if path in keys]


def _without_empty(row: Content) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value not in (None, "")}


def _row(page: str) -> tuple[str, int]:
    found = _ROW.fullmatch(page)
    if found is None:
        raise NotFound
    return found["list"], int(found["index"])


def _write(holder: dict[str, Any], ask: Ask, answer: Any) -> None:
    """Write an answer; one that says what its absence says is left out, unless it stood there before."""
    if isinstance(answer, Decimal):
        answer = int(answer) if answer == answer.to_integral_value() else float(answer)
    if isinstance(answer, date):
        answer = answer.isoformat()
    is_empty = answer in (None, "", [], {})
    *above, last = ask.key.split("/")
    if is_empty or (answer == ask.default and value_at(holder, ask.key) is None):
        if value_at(holder, ask.key) is not None or is_empty:
            _drop(holder, ask.key)
        return
    for part in above:
        holder = holder.setdefault(part, {})
    holder[last] = answer


def _drop(holder: dict[str, Any], path: str) -> None:
    """Take out what stands at a place, and the blocks above it that are empty then."""
    above, _slash, last = path.rpartition("/")
    block = value_at(holder, above) if above else holder
    if isinstance(block, dict) and last in block:
        del block[last]
        if above and not block:
            _drop(holder, above)
