"""
Answers that were filed and of which some are asked again: those may change, all others stay as they were given.

A question that was not asked before, and is only because an answer changed, is open as well: somebody must answer it. So is
one that has become wrong by what was answered anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Fault
from tinhso.kernel.forms.asked import asked, prune
from tinhso.kernel.forms.definition import Field, FormDefinition
from tinhso.kernel.forms.prefill import NO_PREFILL, Prefill
from tinhso.kernel.forms.validation import validate_all
from tinhso.kernel.forms.values import show

NOT_ASKED = _("This was not asked. Only what is listed can be changed.")


@dataclass(frozen=True, slots=True)
class Reopened:
    """Which questions of a filed form are open again. Made by `reopen`."""

    kept: Mapping[str, Any]
    """The answers as they were filed."""
    pointers: frozenset[str]
    """What is asked again: questions, or groups and steps whole."""
    asked_before: frozenset[str]
    locked: frozenset[str] = frozenset()
    """What somebody is, and does not type."""

    def has(self, pointer: str) -> bool:
        """Tell whether this question may be answered: it is asked again, or was never asked."""
        if pointer in self.locked:
            return False
        return pointer not in self.asked_before or any(_within(pointer, each) for each in self.pointers)

    def has_step(self, step: str) -> bool:
        """Tell whether something in this step may be answered: it is asked again, or the step was never asked."""
        return f"/{step}" not in self.asked_before or any(each.split("/")[1] == step for each in self.pointers)


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of answering again."""

    answers: dict[str, Any]
    """The answers of the whole form: what is asked as it is given now, all others as they were."""
    beyond: list[Fault]
    """Answers that would change what was not asked."""
    faults: list[Fault]
    """What is to be mended in the steps that were answered."""
    reopened: Reopened | None = None
    """What is open: more than before where something else became wrong."""


def reopen(
    form: FormDefinition,
    kept: Mapping[str, Any],
    pointers: Iterable[str],
    *,
    on: date,
    prefill: Prefill = NO_PREFILL,
) -> Reopened:
    """
    Open the questions at these JSON pointers again; a repeated group only as a whole.

    `on` is the civil date of filing: what was asked then is what stays closed. What is locked and known by `prefill`
    stays closed in any case.
    """
    before = list(asked(form, prune(form, kept, on=on), on=on))
    locked = (each.pointer for each in before if each.field.locked and prefill.says(each.field, each.value))
    return Reopened(
        kept,
        frozenset(_whole(form, pointer) for pointer in pointers),
        frozenset(each.pointer for each in before),
        frozenset(locked),
    )


def answer_again(form: FormDefinition, reopened: Reopened, given: Mapping[str, Any], *, on: date) -> Settled:
    """Return the form with the steps given anew. What is left out of a closed question stays; of an open one it is gone."""
    answers, beyond = _settle(form, reopened, given)
    found = [(fault.pointer.split("/")[1], fault) for fault in validate_all(form, answers, on=on)]
    faults = [fault for step, fault in found if step in given or f"/{step}" not in reopened.asked_before]
    closed = frozenset(_whole(form, fault.pointer) for fault in faults if not reopened.has(fault.pointer))
    if closed <= reopened.pointers:
        return Settled(answers, beyond, faults, reopened)
    return answer_again(form, replace(reopened, pointers=reopened.pointers | closed), given, on=on)


def changes(
    form: FormDefinition, before: Mapping[str, Any], after: Mapping[str, Any], *, on: date
) -> list[dict[str, Any]]:
    """Return which answers differ: `pointer`, `was` and `now` (None: no answer), a repeated group as one."""
    was, now = (_leaves(form, answers, on) for answers in (before, after))
    places = dict.fromkeys([*was, *now])
    return [
        {"pointer": place, "was": was.get(place), "now": now.get(place)}
        for place in places
        if was.get(place) != now.get(place)
    ]


def _leaves(form: FormDefinition, answers: Mapping[str, Any], on: date) -> dict[str, Any]:
    found = {}
    for each in asked(form, prune(form, answers, on=on), on=on):
        if not each.field.is_group and _whole(form, each.pointer) == each.pointer:
            found[each.pointer] = each.value
    return found


def answer_words(form: FormDefinition, pointer: str, value: Any, *, on: date) -> str:
    """Return an answer at a JSON pointer as words in the reader's language; empty for none."""
    found = form.field_at(pointer)
    if found is None or value is None:
        return ""
    if not found.is_repeat:
        return show(found, value, on=on)
    entries = [
        ", ".join(said for child in found.children if (said := show(child, entry.get(child.key), on=on)))
        for entry in value
    ]
    return "; ".join(entries)


def _within(pointer: str, opened: str) -> bool:
    return pointer == opened or pointer.startswith(f"{opened}/")


def _whole(form: FormDefinition, pointer: str) -> str:
    """Return the pointer as far as it leads without entering a repeated group."""
    fields, keys = form.steps, pointer.split("/")[1:]
    for depth, key in enumerate(keys, 1):
        found = next((each for each in fields if each.key == key), None)
        if found is None or not found.is_group:
            return "/" + "/".join(keys[:depth])
        fields = found.children
    return pointer


def _settle(form: FormDefinition, reopened: Reopened, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    beyond: list[Fault] = []
    answers = dict(reopened.kept)
    for key, value in given.items():
        step, was = form.step(key), reopened.kept.get(key)
        if step is not None and reopened.has_step(key):
            answers[key] = value
            if isinstance(value, Mapping):
                answers[key] = _group(step, f"/{key}", value, was, reopened=reopened, beyond=beyond)
        elif value != was:
            beyond.append(Fault(f"/{key}", NOT_ASKED, "not_asked"))
    return answers, beyond


def _group(
    group: Field, pointer: str, given: Mapping[str, Any], kept: Any, *, reopened: Reopened, beyond: list[Fault]
) -> dict[str, Any]:
    before = kept if isinstance(kept, Mapping) else {}
    known = {child.key for child in group.children}
    # names that the form does not have stay, for the validator to name
    made = {key: value for key, value in given.items() if key not in known}
    for child in group.children:
        place, value, was = f"{pointer}/{child.key}", given.get(child.key), before.get(child.key)
        if child.is_group and isinstance(value if value is not None else {}, Mapping):
            value = _group(child, place, value or {}, was, reopened=reopened, beyond=beyond)
        elif not reopened.has(place):
            if value not in (None, [], was) and child.compute is None:
                beyond.append(Fault(place, NOT_ASKED, "not_asked"))
            value = was
        if value not in (None, {}):
            made[child.key] = value
    return made
