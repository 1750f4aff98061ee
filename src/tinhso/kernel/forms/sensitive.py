"""
Which answers of a form are sensitive, and taking them out of the others and putting them back.

A question that any version of a form marks (`x-sensitive`) is sensitive in all of them: a declaration begun under the version
before is kept no worse.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tinhso.kernel.forms.models import FormVersion
from tinhso.kernel.organisation.public import remembered

KEYWORD = "x-sensitive"
EACH = "*"
"""Stands for every entry of a repeated group."""

type Marks = dict[str, Marks | None]
"""What is sensitive below a place, by key: None for all that is there, marks for parts of it."""
type Taken = list[tuple[list[str | int], Any]]
"""Answers that were taken out, each with its path."""


class DoesNotFit(ValueError):  # noqa: N818 - says what is, not that we erred
    """What was taken out has no place in the answers any more: they were changed without it."""


def marks_of(code: str) -> Marks:
    """
    Return what is sensitive in a form, of all its versions; nothing for most forms.

    Remembered per version of the organisation, which publishing a form changes: what another process published is known
    here with the next request, also for rows of the versions before it.
    """
    return remembered(("forms.marks", code), lambda: _looked_up(code)) if code else {}


def _looked_up(code: str) -> Marks:
    marks: Marks = {}
    for text in FormVersion.objects.filter(code=code, schema__contains=KEYWORD).values_list("schema", flat=True):
        _merge(marks, _marked(json.loads(text)))
    return marks


def codes_marked() -> list[str]:
    """Return the codes of the forms that have sensitive questions in any of their versions. One statement."""
    found = FormVersion.objects.filter(schema__contains=f'"{KEYWORD}"').values_list("code", flat=True)
    return sorted(set(found))


def touches(marks: Marks, pointer: str) -> bool:
    """Tell whether a JSON Pointer leads to something sensitive, into it, or to a group that holds some."""
    at: Marks = marks
    for part in pointer.split("/")[1:]:
        if EACH in at and part.isdecimal():
            part = EACH  # noqa: PLW2901 - the pointer names an entry
        elif EACH in at:
            below = at[EACH]
            if below is None:
                return True
            at = below
        if part not in at:
            return False
        below = at[part]
        if below is None:
            return True
        at = below
    return True


def take_out(answers: Any, marks: Marks) -> tuple[Any, Taken]:
    """Return the answers without those that are sensitive, and these. What was given stays as it is."""
    taken: Taken = []
    return _take(answers, marks, [], taken), taken


def put_back(answers: Any, taken: Iterable[Sequence[Any]]) -> Any:
    """Put what was taken out back into its place, in the very answers given. Raises DoesNotFit."""
    for path, value in taken:
        place = answers
        try:
            for part in path[:-1]:
                place = place.setdefault(part, {}) if isinstance(place, dict) else place[part]
            place[path[-1]] = value
        except (LookupError, TypeError, AttributeError) as fault:
            raise DoesNotFit("/".join(map(str, path))) from fault
    return answers


def _take(value: Any, marks: Marks, path: list[str | int], taken: Taken) -> Any:
    if EACH in marks:
        below = marks[EACH]
        return [_take(each, below or {}, [*path, index], taken) for index, each in enumerate(value)]
    kept = dict(value)
    for key, below in marks.items():
        if key not in kept:
            continue
        if below is None or not _fits(kept[key], below):
            taken.append(([*path, key], kept.pop(key)))
        else:
            kept[key] = _take(kept[key], below, [*path, key], taken)
    return kept


def _fits(value: Any, marks: Marks) -> bool:
    """Tell whether a value has the shape that its question asks for; what was typed amiss is taken out whole."""
    if EACH in marks:
        return isinstance(value, list) and all(isinstance(each, Mapping) for each in value)
    return isinstance(value, Mapping)


def _marked(schema: Mapping[str, Any]) -> Marks:
    """Return what a schema marks."""
    found: Marks = {}
    for key, node in schema.get("properties", {}).items():
        if KEYWORD in node:
            found[key] = None
            continue
        items = node.get("items", {})
        inner = {EACH: _marked(items)} if items.get("type") == "object" else _marked(node)
        if inner and inner.get(EACH, True) != {}:
            found[key] = dict(inner)
    return found


def _merge(marks: Marks, more: Marks) -> None:
    for key, below in more.items():
        there = marks.setdefault(key, below)
        if below is None:
            marks[key] = None
        elif there is not None and there is not below:
            _merge(there, below)
