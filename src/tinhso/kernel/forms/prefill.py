"""Ask once: answers that are already known are filled in, marked with where they come from, and locked where they must be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Fault, Text
from tinhso.kernel.forms.asked import Scope, asked, root_scope
from tinhso.kernel.forms.definition import Field, FormDefinition

SOURCES: Final[dict[str, Text]] = {
    "person": _("From the national population database"),
    "business": _("From the national business register"),
    "earlier": _("From an application you sent before"),
    "account": _("From your account"),
}


@dataclass(frozen=True, slots=True)
class Prefill:
    """
    What is known about the applicant, by source: `{"person": {"full_name": …}, "earlier": {…}}`.

    `sources` names each in words; those of SOURCES where it says nothing.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, Text] = field(default_factory=dict)

    def value(self, question: Field) -> Any:
        """Return the known answer to a question, or None."""
        return self.at(question.prefill) if question.prefill else None

    def at(self, path: str) -> Any:
        """Return what is known under a dotted path, or None."""
        found: Any = self.values
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return None if found in ("", [], {}) else found

    def source(self, question: Field) -> Text:
        """Return where the answer to a question comes from, in words."""
        root = question.prefill.split(".", 1)[0]
        return self.sources.get(root) or SOURCES.get(root, "")

    def says(self, question: Field, value: Any) -> bool:
        """Tell whether an answer is still the one that was filled in."""
        return value is not None and bool(question.prefill) and self.value(question) == value


NO_PREFILL: Final = Prefill()


def fill(
    form: FormDefinition, data: Mapping[str, Any], prefill: Prefill = NO_PREFILL, *, on: date = date.min
) -> dict[str, Any]:
    """
    Return the answers with what is known, and the form's defaults, put into the steps that hold nothing yet.

    A step that was answered is left as it is, so that what was emptied stays empty; only locked answers follow what
    is known. A step that holds no more than was filled in at the beginning is still filled in, as earlier answers may
    have told by now whom it is about (`x-prefill-when`).
    """
    scope, empty = root_scope(form, data, on), root_scope(form, {}, on)
    filled = {}
    for step in form.steps:
        kept = data.get(step.key)
        untouched = step.key not in data or kept == _fill(step, None, prefill, empty, fresh=True)
        filled[step.key] = _fill(step, kept, prefill, scope, fresh=untouched)
    return {**data, **{key: value for key, value in filled.items() if value not in (None, {})}}


def relock(form: FormDefinition, data: Mapping[str, Any], prefill: Prefill, *, on: date) -> dict[str, Any]:
    """Return the answers with the locked ones as they are known (`x-locked`): what somebody is, they do not type."""
    scope = root_scope(form, data, on)
    locked = {step.key: _relock(step, data.get(step.key), prefill, scope) for step in form.steps}
    return {**data, **{key: value for key, value in locked.items() if value not in (None, {})}}


def _relock(question: Field, value: Any, prefill: Prefill, scope: Scope) -> Any:
    if not scope.allows(question.prefill_when):
        return value
    if question.is_group and (value is None or isinstance(value, Mapping)):
        known = value or {}
        locked = {child.key: _relock(child, known.get(child.key), prefill, scope) for child in question.children}
        return {**known, **{key: each for key, each in locked.items() if each is not None}}
    given = prefill.value(question) if question.locked else None
    return value if given is None else given


def changed_locked(form: FormDefinition, data: Mapping[str, Any], prefill: Prefill, *, on: date) -> list[Fault]:
    """Return a fault for each locked answer that is given otherwise than it is known."""
    kept = relock(form, data, prefill, on=on)
    was = {each.pointer: each.value for each in asked(form, data, on=on)}
    return [
        Fault(
            each.pointer, _("This is taken from your identity and is not typed. Leave it out, or as it is."), "locked"
        )
        for each in asked(form, kept, on=on)
        if each.field.locked and was.get(each.pointer) not in (None, each.value)
    ]


def _fill(question: Field, value: Any, prefill: Prefill, scope: Scope, *, fresh: bool) -> Any:
    if not scope.allows(question.prefill_when):
        prefill = NO_PREFILL
    if question.is_group:
        known = value if isinstance(value, Mapping) else {}
        filled = {
            child.key: _fill(child, known.get(child.key), prefill, scope, fresh=fresh) for child in question.children
        }
        return {**known, **{key: each for key, each in filled.items() if each not in (None, {})}}
    if question.is_repeat:
        return value
    given = prefill.value(question)
    if given is not None and (question.locked or (fresh and value is None)):
        return given
    return question.schema.get("default") if fresh and value is None else value
