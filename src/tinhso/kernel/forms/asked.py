"""
Which questions are asked, given the answers so far; and the answers without those to questions that are not asked.

A draft keeps everything that was typed. What is submitted keeps only the answers to questions that are asked.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tinhso.kernel.forms.definition import Field, FormDefinition
from tinhso.kernel.forms.expressions import Expression

Answers = Mapping[str, Any]
_ROUNDS: Final = 6


def clean_text(text: str, *, lines: bool = False) -> str:
    """Return the text composed (NFC), without control characters, with plain spaces; line breaks kept on request."""
    whole = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    parts = whole.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    clean = [" ".join("".join(c if c.isprintable() else " " for c in part).split()) for part in parts]
    return "\n".join(clean).strip() if lines else " ".join(part for part in clean if part)


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression can see from where it stands."""

    form: FormDefinition
    answers: Answers
    on: date
    this: Answers
    item: Answers

    def value(self, expression: Expression) -> Any:
        """Return the value of an expression, UNKNOWN when it asks about what is not answered."""
        # only what the expression reads is handed over: whole forms are large, and conditions are asked often
        read = expression.members()
        return expression.evaluate({name: self._named(name, members) for name, members in read.items()})

    def _named(self, name: str, members: frozenset[str] | None) -> Any:
        if name == "today":
            return self.on.isoformat()
        known = {"this": self.this, "item": self.item}.get(name)
        if known is None:
            known = _as_object(self.answers.get(name))
        if members is None:
            return dict(known)
        return {member: known[member] for member in members if member in known}

    def within(self, this: Any, *, item: bool = False) -> Scope:
        """Return the scope inside a group, or inside one entry of a repeated group."""
        inner = _as_object(this)
        return Scope(self.form, self.answers, self.on, inner, inner if item else self.item)

    def allows(self, when: Expression | None) -> bool:
        """Tell whether a question with this condition is asked: not while what it depends on is unanswered."""
        return when is None or self.value(when) is True


def root_scope(form: FormDefinition, answers: Answers, on: date) -> Scope:
    """Return the scope of the form itself."""
    return Scope(form, answers, on, answers, {})


def _as_object(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def prune(form: FormDefinition, data: Any, *, on: date) -> dict[str, Any]:
    """
    Return the answers to the questions that are asked: text cleaned, empties gone, computed answers filled in.

    Groups that are asked and required are there even when empty, so that a missing answer is found at its question.
    Unknown keys stay, for the validator to name. Conditions are judged on what remains, until nothing changes.
    """
    if not isinstance(data, Mapping):
        return {}
    seen = _as_object(data)
    for _ in range(_ROUNDS):
        scope = root_scope(form, seen, on)
        kept = _members(form.steps, data, scope, settle=False)
        if kept == seen:
            break
        seen = kept
    return seen


def _members(
    fields: tuple[Field, ...], data: Mapping[str, Any], scope: Scope, *, item: bool = False, settle: bool = True
) -> dict[str, Any]:
    """Return what remains of one object; with `settle`, conditions within it are judged until nothing changes."""
    seen = _as_object(data)
    for _ in range(_ROUNDS if settle else 1):
        kept = _once(fields, data, scope.within(seen, item=item) if settle else scope)
        if kept == seen:
            break
        seen = kept
    return seen


def _once(fields: tuple[Field, ...], data: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    known = {field.key for field in fields}
    asked_now = [field for field in fields if scope.allows(field.when)]
    kept: dict[str, Any] = {}
    for field in asked_now:
        if (value := _answer(field, data.get(field.key), scope)) is not None:
            kept[field.key] = value
    for key, value in data.items():
        if key not in known and value is not None:
            kept[clean_text(str(key))] = value
    for field in asked_now:
        if field.compute is not None:
            _compute(field, field.compute, kept, scope)
    return kept


def _compute(field: Field, formula: Expression, kept: dict[str, Any], scope: Scope) -> None:
    inner = Scope(scope.form, scope.answers, scope.on, kept, kept if scope.item is scope.this else scope.item)
    kept.pop(field.key, None)
    if (value := computed(formula, inner)) is not None:
        kept[field.key] = value


def computed(formula: Expression, scope: Scope) -> str | int | float | None:
    """Return what a computed question answers from where it stands; None while something it needs is missing."""
    value = scope.value(formula)
    if isinstance(value, float):
        return round(value, 6)
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def _answer(field: Field, value: Any, scope: Scope) -> Any:
    if field.is_group:
        if value is not None and not isinstance(value, Mapping):
            return value
        kept = _members(field.children, value or {}, scope)
        return kept if kept or field.required else None
    if field.is_repeat and isinstance(value, list):
        entries = [_entry(field, entry, scope) for entry in value[: field.max_items + 1]]
        return [entry for entry in entries if entry != {}] or ([] if field.required else None)
    if isinstance(value, str):
        return clean_text(value, lines=field.widget == "textarea") or None
    if isinstance(value, list):
        return [clean_text(each) if isinstance(each, str) else each for each in value] or None
    return value


def _entry(field: Field, value: Any, scope: Scope) -> Any:
    return _members(field.children, value, scope, item=True) if isinstance(value, Mapping) else value


@dataclass(frozen=True, slots=True)
class Asked:
    """One question that is asked, with its answer (None: none) and where it stands."""

    pointer: str
    field: Field
    value: Any
    scope: Scope


def asked(form: FormDefinition, data: Answers, *, on: date) -> Iterator[Asked]:
    """Yield the questions that are asked, entry by entry, in the order of the form. `data` is pruned."""
    scope = root_scope(form, data, on)
    for step in form.steps:
        yield from _asked(step, data.get(step.key), f"/{step.key}", scope)


def _asked(field: Field, value: Any, pointer: str, scope: Scope) -> Iterator[Asked]:
    if not scope.allows(field.when):
        return
    yield Asked(pointer, field, value, scope)
    if field.is_group:
        inner = scope.within(value)
        for child in field.children:
            yield from _asked(child, inner.this.get(child.key), f"{pointer}/{child.key}", inner)
    elif field.is_repeat and isinstance(value, list):
        for index, entry in enumerate(value):
            inner = scope.within(entry, item=True)
            for child in field.children:
                yield from _asked(child, inner.this.get(child.key), f"{pointer}/{index}/{child.key}", inner)


def steps_asked(form: FormDefinition, data: Answers, *, on: date) -> tuple[Field, ...]:
    """Return the steps that are asked, in order. `data` need not be pruned."""
    scope = root_scope(form, prune(form, data, on=on), on)
    return tuple(step for step in form.steps if scope.allows(step.when))
